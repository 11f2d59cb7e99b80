import dataclasses
import hashlib
import os
import shutil
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from xrpdsim.io import write_pattern
from xrpdsim.patterns import Pattern
from xrpdsim.sorting import Screen, read_screen


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


ROWS = "2theta counts\n10.00 120\n10.02 118\n10.04 131\n"


@pytest.mark.parametrize("written", ["p/Größe.xy", "p\\Größe.xy", "./p/Größe.xy"])
@pytest.mark.parametrize("stored", ["NFC", "NFD"])
def test_what_labels_state_holds_however_the_name_is_written(tmp_path, written, stored):
    name = unicodedata.normalize(stored, "p/Größe.xy")
    (tmp_path / "p").mkdir()
    for each in (name, "b.xy"):
        (tmp_path / each).write_text(ROWS)
    table = f"file,wavelength,form\n{written},0.7093,II\n"
    (tmp_path / "labels.csv").write_text(table, encoding="utf-8")
    found = read_screen(tmp_path, wavelength="CuKa1")
    assert dict(zip(found.files, found.wavelengths, strict=True)) == {name: 0.7093, "b.xy": 1.5406}
    assert found.forms[found.files.index(name)] == "II"
    assert found.skipped == []


def test_no_other_wavelength_is_taken_for_one_that_is_stated_for_a_mistyped_name(tmp_path):
    for name in ("a.xy", "plate_01.xy"):
        (tmp_path / name).write_text(ROWS)
    table = tmp_path / "labels.csv"
    table.write_text("file,wavelength\na.xy,CuKa1\nplate-01.xy,0.7093\n")
    with pytest.raises(
        ValueError,
        match=r"row 3 states a wavelength for 'plate-01\.xy', which is not there, while "
        r"'plate_01\.xy' has none but",
    ):
        read_screen(tmp_path, wavelength="CuKa1")
    table.write_text("file,wavelength\na.xy,CuKa1\nA.XY,0.7093\nplate-01.xy,\n")
    with pytest.raises(ValueError, match=r"row 3 states a wavelength for 'A\.XY', which is"):
        read_screen(tmp_path, wavelength="CuKa1")
    # nothing is lost where each file has a wavelength of its own, or only the well is stated
    table.write_text("file,wavelength\na.xy,CuKa1\nplate_01.xy,0.7093\ngone.xy,MoKa1\n")
    assert read_screen(tmp_path, wavelength=1.0).wavelengths.tolist() == [1.5406, 0.7093]
    table.write_text("file,wavelength,well\na.xy,CuKa1,A1\ngone.xy,,A2\n")
    assert read_screen(tmp_path, wavelength=1.0).wavelengths.tolist() == [1.5406, 1.0]


def test_a_name_in_other_capitals_is_refused_for_a_single_file_too(tmp_path):
    (tmp_path / "a.xy").write_text(ROWS)
    (tmp_path / "labels.csv").write_text("file,wavelength\nA.XY,0.7093\n")
    with pytest.raises(ValueError, match=r"row 2: there is no file 'A\.XY'; if 'a\.xy' is meant"):
        read_screen(tmp_path, wavelength="CuKa1", only=["a.xy"])


def test_a_table_in_a_subfolder_is_skipped_with_what_to_do(tmp_path):
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "a.xy").write_text(ROWS)
    (tmp_path / "p" / "labels.csv").write_text("file,wavelength\na.xy,0.7093\n")
    found = read_screen(tmp_path, wavelength="CuKa1")
    ((name, why),) = found.skipped
    assert name == "p/labels.csv"
    assert why == (
        "only the labels.csv of the folder itself is used; write these rows into "
        f"{tmp_path / 'labels.csv'}, with p/ in front of the names"
    )
    # so it is read
    (tmp_path / "labels.csv").write_text("file,wavelength\np/a.xy,0.7093\n")
    assert read_screen(tmp_path, wavelength="CuKa1").wavelengths.tolist() == [0.7093]


def test_a_given_wavelength_fills_in_but_does_not_overrule(tmp_path):
    (tmp_path / "a.xy").write_text("2theta counts\n10.00 120\n10.02 118\n10.04 131\n")
    write_pattern(Pattern([10.0, 10.02, 10.04], [1, 2, 3], wavelength=0.7), tmp_path / "b.xy")
    found = read_screen(tmp_path, wavelength="CuKa1")
    np.testing.assert_allclose(found.wavelengths, [1.5406, 0.7])


def test_an_unknown_wavelength_is_never_guessed(tmp_path):
    (tmp_path / "a.xy").write_text("2theta counts\n10.00 120\n10.02 118\n10.04 131\n")
    with pytest.raises(
        ValueError, match=r"a\.xy does not name its wavelength.*--wavelength.*labels\.csv"
    ):
        read_screen(tmp_path)


def test_a_folder_without_patterns_says_what_it_holds(tmp_path):
    (tmp_path / "a.txt").write_text("nothing\n")
    with pytest.raises(ValueError, match=r"no powder pattern that can be read \(a\.txt"):
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


def test_each_file_is_read_once(tmp_path, monkeypatch):
    """What is hashed is what was read, even if the file changes meanwhile."""
    for name in ("a.xy", "b.xy"):
        (tmp_path / name).write_text(f"2theta counts\n10.00 {ord(name[0])}\n10.02 1\n10.04 2\n")
    (tmp_path / "notes.txt").write_text("measured on Friday")
    expected = [hashlib.sha256((tmp_path / n).read_bytes()).hexdigest() for n in ("a.xy", "b.xy")]
    reads = []

    def read_and_spoil(path):
        with path.open("rb") as file:
            content = file.read()
        reads.append(path.name)
        path.write_bytes(b"changed")
        return content

    monkeypatch.setattr(Path, "read_bytes", read_and_spoil)
    found = read_screen(tmp_path, wavelength=1.54)
    assert sorted(reads) == ["a.xy", "b.xy", "notes.txt"]
    assert found.hashes == expected


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux")
def test_names_that_are_not_utf8_are_written_readably(tmp_path):
    text = "2theta counts\n10.00 120\n10.02 118\n10.04 131\n"
    for name in (b"caf\xe9_A1.xy", b"no\xffte.txt"):
        content = text if name.endswith(b"xy") else "measured on Friday"
        with open(os.path.join(os.fsencode(tmp_path), name), "w") as file:  # noqa: PTH118, PTH123
            file.write(content)
    (tmp_path / "labels.csv").write_text("file,form\ncaf\\xe9_A1.xy,I\n")
    found = read_screen(tmp_path, wavelength=1.54)
    assert (found.files, found.forms, found.wells) == (["caf\\xe9_A1.xy"], ["I"], ["A1"])
    assert [name for name, _ in found.skipped] == ["no\\xffte.txt"]
    (tmp_path / "caf\\xe9_A1.xy").write_text(text)
    with pytest.raises(ValueError, match="two files are both written as"):
        read_screen(tmp_path, wavelength=1.54)


def test_a_screen_is_whole_and_does_not_change():
    X, two_theta = np.ones((2, 5)), np.arange(5.0)
    screen = Screen(X, two_theta, ["a", "b"])
    with pytest.raises(dataclasses.FrozenInstanceError):
        screen.files = []
    with pytest.raises(ValueError, match="there are 2 patterns, but 1 files"):
        Screen(X, two_theta, ["a"])
    with pytest.raises(ValueError, match="there are 2 patterns, but 3 forms"):
        Screen(X, two_theta, ["a", "b"], forms=["I", "II", "III"])
    with pytest.raises(ValueError, match=r"two patterns are called 'a\.xy'"):
        Screen(np.ones((2, 5)), np.arange(5), ["a.xy", "a.xy"])


@pytest.fixture
def plate(tmp_path):
    """Two patterns in one file, its copy, and a table that knows one of them."""
    rows = "".join(f"{5 + 0.02 * k:.2f},{100 + k % 7},{200 + k % 9}\n" for k in range(500))
    (tmp_path / "plate.csv").write_text("2theta,A1,B2\n" + rows)
    shutil.copy(tmp_path / "plate.csv", tmp_path / "copy.csv")
    (tmp_path / "labels.csv").write_text("file,form\nplate.csv#1,beta\nplate.csv,alpha\n")
    return tmp_path


def test_scans_of_one_file_are_patterns_of_their_own_if_asked(plate):
    with pytest.raises(ValueError, match="no powder pattern"):
        read_screen(plate, wavelength="CuKa1")
    screen = read_screen(plate, wavelength="CuKa1", all_scans=True)
    assert screen.files == ["copy.csv#0", "copy.csv#1", "plate.csv#0", "plate.csv#1"]
    assert [screen.file_of(row) for row in (1, 2)] == ["copy.csv", "plate.csv"]
    assert screen.wells == ["A1", "B2", "A1", "B2"]
    assert screen.forms == ["copy", "copy", "alpha", "beta"]
    assert screen.skipped == []
    # copies are scans of two files, not two scans of one
    assert screen.duplicates() == [[0, 2], [1, 3]]


def test_each_scan_has_the_wavelength_that_the_table_states(plate):
    table = "file,wavelength\nplate.csv#0,MoKa1\nplate.csv#1,CoKa1\n"
    (plate / "labels.csv").write_text(table)
    screen = read_screen(plate, wavelength="CuKa1", all_scans=True)
    np.testing.assert_allclose(screen.wavelengths, [1.5406, 1.5406, 0.709317, 1.788996])
    assert screen.wavelengths_from == ["given", "given", "labels.csv", "labels.csv"]
    # a scan that the file does not have must be meant for another
    (plate / "labels.csv").write_text(table.replace("#1", "#2"))
    with pytest.raises(ValueError, match=r"row 3 states a wavelength for 'plate\.csv#2'"):
        read_screen(plate, wavelength="CuKa1", all_scans=True)
    # a scan without a row of its own has what is stated of its file
    (plate / "labels.csv").write_text(table.replace("plate.csv#0", "plate.csv"))
    screen = read_screen(plate, wavelength="CuKa1", all_scans=True)
    np.testing.assert_allclose(screen.wavelengths[2:], [0.709317, 1.788996])


def test_files_that_are_named_are_read_though_hidden_and_no_other_is_looked_at(
    tmp_path, monkeypatch
):
    for name in (".a.xy", "b.xy"):
        (tmp_path / name).write_text("2theta counts\n10.00 120\n10.02 118\n10.04 131\n")
    monkeypatch.setattr(Path, "rglob", None)
    assert read_screen(tmp_path, wavelength=1.54, only=[".a.xy"]).files == [".a.xy"]
