import gzip
import shutil
from pathlib import Path

import numpy as np
import pytest

from xrpdsim.io import write_pattern
from xrpdsim.patterns import Pattern
from xrpdsim.simulation import simulate_patterns, thermal_expansion
from xrpdsim.sorting import Screen, read_references, read_screen, sort_screen
from xrpdsim.sorting.cif_references import read_structure
from xrpdsim.sorting.results import references_found

TWO_THETA = 3 + 0.02 * np.arange(1950)


def write(path, seed=0, wavelength=1.5406, start=3.0):
    """A pattern of ten lines from `start` degrees on."""
    places = np.random.RandomState(seed).uniform(start + 2, 40, 10)
    two_theta = TWO_THETA[start <= TWO_THETA]
    counts = 50 + sum(1000 * np.exp(-(((two_theta - place) / 0.08) ** 2)) for place in places)
    write_pattern(Pattern(two_theta, counts, wavelength=wavelength), path)


@pytest.fixture
def known(tmp_path, structure_file):
    """Patterns and structures mixed: forms in folders, by file, and by labels.csv."""
    folder = tmp_path / "known"
    (folder / "Form I (hydrate)").mkdir(parents=True)
    write(folder / "Form I (hydrate)" / "a.xy", 1)
    shutil.copy(structure_file, folder / "Form I (hydrate)" / "b.CIF")
    shutil.copy(structure_file, folder / "β [2].cif")
    shutil.copy(structure_file, folder / "c.cif")
    (folder / "labels.csv").write_text("file,form\nc.cif,δ\n", encoding="utf-8")
    (folder / "notes.txt").write_text("measured on Friday\n")
    return folder


def test_patterns_and_structures_are_read_from_one_folder(known):
    found = read_references(known)
    forms = dict(zip(found.files, found.forms, strict=True))
    assert forms == {
        "Form I (hydrate)/a.xy": "Form I (hydrate)",
        "Form I (hydrate)/b.CIF": "Form I (hydrate)",
        "β [2].cif": "β [2]",
        "c.cif": "δ",
    }
    measured = found.files.index("Form I (hydrate)/a.xy")
    assert found.structures[measured] is None
    assert found.cells[measured] == ""
    assert sum(cell.startswith("CIF at 100 K, expanded") for cell in found.cells) == 3
    assert [name for name, _ in found.skipped] == ["notes.txt"]
    assert len(found.hashes) == 4
    assert np.isfinite(found.X[1:]).all()


def test_a_compressed_structure_is_a_reference(known, structure_file):
    (known / "II.cif.gz").write_bytes(gzip.compress(structure_file.read_bytes()))
    (known / "no.cif.gz").write_bytes(gzip.compress(b"data_a\n"))
    found = read_references(known)
    assert dict(zip(found.files, found.forms, strict=True))["II.cif.gz"] == "II"
    assert [name for name, _ in found.refused] == ["no.cif.gz"]


def test_several_folders_and_files_are_read_once_each(known, tmp_path, structure_file):
    other = tmp_path / "other"
    other.mkdir()
    write(other / "c.xy", 2)
    shutil.copy(structure_file, other / "c.cif")
    found = read_references([known, known / "c.cif", other / "c.cif", other])
    assert len(found.files) == len(set(found.files)) == 6
    assert {f"{known}/c.cif", f"{other}/c.cif", "c.xy"} <= set(found.files)
    # a file says its form as in its folder
    assert read_references(known / "c.cif").forms == ["δ"]


def test_a_structure_without_coordinates_is_refused_with_the_reason(
    known, structure_text, tmp_path
):
    (known / "empty.cif").write_text(structure_text(atoms=False))
    found = read_references(known)
    assert found.refused == [
        ("empty.cif", "no atoms with fractional coordinates (_atom_site_fract_x)")
    ]
    assert "empty.cif" not in found.files
    with pytest.raises(ValueError, match=r"empty\.cif holds no reference.*no atoms") as caught:
        read_references(known / "empty.cif")
    assert str(caught.value).count("no atoms") == 1
    with pytest.raises(FileNotFoundError, match="no folder or file"):
        read_references(tmp_path / "nowhere")


def test_labels_of_references_are_not_lost_where_a_name_is_written_otherwise(known):
    table = known / "labels.csv"
    table.write_text("file,form\nForm I (hydrate)\\b.CIF,II\n./c.cif,δ\n", encoding="utf-8")
    found = read_references(known)
    forms = dict(zip(found.files, found.forms, strict=True))
    assert (forms["Form I (hydrate)/b.CIF"], forms["c.cif"]) == ("II", "δ")
    table.write_text("file,form\nnotes.txt,I\nC.cif,δ\n", encoding="utf-8")
    for path in (known, known / "c.cif"):
        with pytest.raises(ValueError, match=r"row 3: there is no file 'C\.cif'; if 'c\.cif' is"):
            read_references(path)
    table.write_text("file,form\nd.cif,δ\nnotes.txt,I\n", encoding="utf-8")
    assert ("d.cif", "listed in labels.csv, but not there") in read_references(known).skipped
    assert read_references(known / "c.cif").skipped == []
    table.write_text("file,form\nd.cif,δ\n", encoding="utf-8")
    with pytest.raises(ValueError, match="lists no file of its folder"):
        read_references(known)


def test_references_within_the_screen_are_no_samples(known, tmp_path):
    screen = tmp_path / "screen"
    shutil.copytree(known, screen / "known")
    for seed in range(3):
        write(screen / f"{seed}.xy", seed)
    found = read_screen(screen, without=[screen / "known", screen / "2.xy"])
    assert found.files == ["0.xy", "1.xy"]
    skipped = dict(found.skipped)
    assert skipped["known/c.cif"] == skipped["2.xy"] == "a reference, no sample"
    with pytest.raises(ValueError, match="a reference, no sample"):
        read_screen(screen, without=[screen])


@pytest.fixture
def warm_screen(structure_file):
    """Patterns of the structure at room temperature, as a synchrotron file would come."""
    lines = read_structure(structure_file, TWO_THETA).lines
    warm = lines.strained(thermal_expansion(random_state=2) * 198)
    X = simulate_patterns(warm.up_to(43), 6, preset="bragg-brentano", random_state=0)
    return Screen(X, TWO_THETA, [f"{k}.xy" for k in range(6)], wavelengths=np.full(6, 0.7093))


def test_every_reference_is_accounted_for_with_its_cell(warm_screen, known, structure_text):
    (known / "other.cif").write_text(structure_text(seed=7))
    (known / "empty.cif").write_text(structure_text(atoms=False))
    for name in ("β [2].cif", "Form I (hydrate)/b.CIF"):
        (known / name).unlink()
    references = read_references(known)
    before = references.X.copy()
    found = sort_screen(warm_screen, references=references)
    assert "δ" in found.group_names
    rows = {row["reference"]: row for row in references_found(found).rows()}
    assert rows["c.cif"]["found"] == "yes"
    assert rows["c.cif"]["patterns"] >= 5
    assert rows["c.cif"]["remark"].startswith("CIF at 100 K, expanded by ")
    assert "as expected" not in rows["c.cif"]["remark"]
    assert rows["other.cif"]["found"] == "not found"
    assert rows["other.cif"]["best_probability"] < 0.5
    assert rows["Form I (hydrate)/a.xy"]["remark"] == ""
    assert rows["empty.cif"]["found"] == "refused"
    assert "no atoms" in rows["empty.cif"]["remark"]
    # what was read is not changed
    np.testing.assert_array_equal(references.X, before)


def test_a_reference_of_another_range_is_not_found(warm_screen, tmp_path):
    # measured with molybdenum from 19 degrees on: beyond the end of the grid at copper
    write(tmp_path / "short.xy", wavelength=0.7093, start=19.0)
    with pytest.raises(ValueError, match=r"short\.xy"):
        read_references(tmp_path)


def test_a_file_that_is_named_is_read_without_a_look_at_its_folder(known, monkeypatch):
    (known / "c.cif").rename(known / ".c.cif")
    monkeypatch.setattr(Path, "rglob", None)
    assert read_references(known / ".c.cif").files == [".c.cif"]
