import hashlib
import shutil

import numpy as np
import pytest

from xrpdsim.io import write_pattern
from xrpdsim.patterns import CU_KALPHA1, Pattern
from xrpdsim.sorting import read_corrections, read_screen, sort_screen


@pytest.fixture(scope="module")
def folder(tmp_path_factory, mixed_screen):
    """The mixed screen as files on a plate, with a copy, a note and a file of another anode."""
    folder = tmp_path_factory.mktemp("screen")
    for row, counts in enumerate(mixed_screen.X):
        measured = ~np.isnan(counts)
        pattern = Pattern(mixed_screen.two_theta[measured], counts[measured], wavelength=CU_KALPHA1)
        write_pattern(pattern, folder / f"plate1_{chr(65 + row // 12)}{row % 12 + 1:02d}.xy")
    shutil.copy(folder / "plate1_A01.xy", folder / "copy.xy")
    (folder / "notes.txt").write_text("measured on Friday\n")
    (folder / ".hidden").write_text("1 2\n3 4\n5 6\n")
    return folder


@pytest.fixture(scope="module")
def screen(folder):
    return read_screen(folder)


def test_patterns_are_read_and_the_rest_is_listed(screen, folder, mixed_screen):
    assert len(screen.files) == 61
    np.testing.assert_allclose(screen.X[1:], mixed_screen.X)
    assert screen.files[:2] == ["copy.xy", "plate1_A01.xy"]
    assert screen.wells[:2] == ["", "A1"]
    assert [name for name, _ in screen.skipped] == ["notes.txt"]
    assert screen.hashes[0] == hashlib.sha256((folder / "copy.xy").read_bytes()).hexdigest()
    assert screen.duplicates() == [[0, 1]]


def test_labels_give_wavelengths_wells_and_forms(tmp_path):
    for name in ("a.xy", "b.xy"):
        (tmp_path / name).write_text("2theta counts\n10.00 120\n10.02 118\n10.04 131\n")
    (tmp_path / "labels.csv").write_text(
        "file,wavelength,well,form\na.xy,CoKa1,B3,I\nb.xy,1.5406,,\nc.xy,1.5406,,\n"
    )
    found = read_screen(tmp_path)
    np.testing.assert_allclose(found.wavelengths, [1.788996, 1.5406])
    assert (found.wells, found.forms) == (["B3", ""], ["I", "b"])
    assert found.skipped == [("c.xy", "listed in labels.csv, but not there")]


def test_a_given_wavelength_fills_in_but_does_not_overrule(tmp_path):
    (tmp_path / "a.xy").write_text("2theta counts\n10.00 120\n10.02 118\n10.04 131\n")
    write_pattern(Pattern([10.0, 10.02, 10.04], [1, 2, 3], wavelength=0.7), tmp_path / "b.xy")
    found = read_screen(tmp_path, wavelength="CuKa1")
    np.testing.assert_allclose(found.wavelengths, [1.5406, 0.7])


def test_an_unknown_wavelength_is_never_guessed(tmp_path):
    (tmp_path / "a.xy").write_text("2theta counts\n10.00 120\n10.02 118\n10.04 131\n")
    with pytest.raises(ValueError, match=r"1 file\(s\).*a\.xy.*--wavelength CuKa1"):
        read_screen(tmp_path)


def test_a_folder_without_patterns_says_what_it_holds(tmp_path):
    (tmp_path / "a.txt").write_text("nothing\n")
    with pytest.raises(ValueError, match=r"no powder pattern that can be read\. a\.txt"):
        read_screen(tmp_path)
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        read_screen(tmp_path / "missing")


@pytest.mark.parametrize(
    ("name", "well"),
    [
        ("plate2_A01.xy", "A1"), ("h12.xy", "H12"), ("x/P24 rerun.xy", "P24"),
        ("sampleA1.xy", ""), ("B12x.xy", ""), ("C25.xy", ""), ("Q1.xy", ""),
    ],
)  # fmt: skip
def test_positions_are_read_from_names(name, well, tmp_path):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("2theta counts\n10.00 120\n10.02 118\n10.04 131\n")
    assert read_screen(tmp_path, wavelength=1.54).wells == [well]


def test_every_file_gets_a_row_and_a_reason_where_it_is_unsure(screen):
    found = sort_screen(screen)
    table = found.table()
    assert table["file"] == screen.files
    amorphous = [row for row, flags in enumerate(table["flags"]) if "amorphous" in flags]
    assert amorphous
    assert all(table["group"][row] == "amorphous" for row in amorphous)
    assert "byte for byte the same file as copy.xy" in table["doubts"][1]
    assert sum(found.summary()["patterns"]) == 61


def test_mixtures_are_explained_by_the_groups(screen, mixed_screen):
    found = sort_screen(screen)
    form = ["", *mixed_screen.form]
    majority = {}
    for group, name in enumerate(found.group_names):
        members = np.flatnonzero(found.clusterer.labels_ == group)
        names, counts = np.unique([form[row] for row in members], return_counts=True)
        majority[name] = names[counts.argmax()]
    mixed = [row for row, name in enumerate(form) if "+" in name]
    right = [
        {majority[name] for name in found.explanations[row].forms} == set(form[row].split(" + "))
        for row in mixed
        if row in found.explanations
    ]
    assert len(right) >= len(mixed) - 1
    assert np.mean(right) >= 0.8


def test_references_name_groups(screen, mixed_screen, tmp_path):
    form = mixed_screen.form.astype(str)
    for name in ("I", "II"):
        (tmp_path / name).mkdir()
        row = np.flatnonzero(form == name)[0]
        shutil.copy(f"{screen.folder}/{screen.files[row + 1]}", tmp_path / name / "reference.xy")
    found = sort_screen(screen, references=read_screen(tmp_path))
    assert {"I", "II"} <= set(found.group_names)
    named = np.array(found.table()["group"][1:])
    pure = np.isin(form, ["I", "II"])
    assert (named[pure] == form[pure]).mean() > 0.9
    assert found.table()["reference"][1].endswith("/reference.xy")


def test_corrections_name_groups_and_are_kept(screen, tmp_path):
    before = sort_screen(screen)
    row = int(before.clusterer.medoid_indices_[0])
    path = tmp_path / "corrections.csv"
    path.write_text(f"file,relation,other\n{screen.files[row]},form,alpha\n")
    found = sort_screen(screen, corrections=read_corrections(path, screen.files))
    assert found.group_of(row) == "alpha"


def test_one_pattern_is_no_screen(tmp_path):
    (tmp_path / "a.xy").write_text("2theta counts\n10.00 120\n10.02 118\n10.04 131\n")
    with pytest.raises(ValueError, match="one pattern cannot be sorted"):
        sort_screen(read_screen(tmp_path, wavelength=1.54))
