import shutil
from pathlib import Path

import numpy as np
import pytest

from xrpdsim.sorting import Screen, add_to_screen, read_screen

TEXT = "2theta counts\n5.00 {}\n5.02 118\n5.04 131\n"


@pytest.fixture
def places(tmp_path):
    """A screen of two files and a folder `new` with two others, one of them of the same name."""
    names = ("screen/a.xy", "screen/b.xy", "new/a.xy", "new/c_B2.xy")
    for counts, name in enumerate(names, start=1):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(TEXT.format(counts))
    (tmp_path / "new" / "notes.txt").write_text("none")
    return tmp_path


def added(places, *names):
    screen = read_screen(places / "screen", wavelength="CuKa1")
    return add_to_screen(screen, [places / name for name in names], wavelength="CuKa1")


def test_a_folder_is_added_under_its_name(places):
    found = added(places, "new")
    assert found.files == ["a.xy", "b.xy", "new/a.xy", "new/c_B2.xy"]
    assert [name for name, _ in found.skipped] == ["new/notes.txt"]
    assert found.wells == ["", "", "", "B2"]
    assert len(found.hashes) == len(set(found.hashes)) == len(found.wavelengths) == 4
    column = np.abs(found.two_theta - 5).argmin()
    np.testing.assert_array_equal(found.X[:, column], [1, 2, 3, 4])
    assert [each[0] for each in found.added] == ["new"]
    assert found.added[0].all_files


def test_files_are_added_to_a_screen_of_which_only_patterns_are_known(places):
    known = read_screen(places / "screen", wavelength="CuKa1")
    bare = Screen(known.X, known.two_theta, known.files)
    found = add_to_screen(bare, [places / "new"], wavelength="CuKa1")
    assert len(found.X) == len(found.files) == 4
    assert found.hashes == found.steps == []
    assert known.steps == pytest.approx([0.02, 0.02])


def test_single_files_are_added_without_their_neighbours(places):
    found = added(places, "new/a.xy")
    assert found.files == ["a.xy", "b.xy", "new/a.xy"]
    assert not found.added[0].all_files


def test_what_is_there_already_is_not_added_again(places):
    assert added(places, "screen", "screen/a.xy").files == ["a.xy", "b.xy"]
    assert added(places, "new", "new", "new/a.xy").files == added(places, "new").files


def test_folders_of_one_name_are_told_apart(places):
    shutil.copytree(places / "new", places / "second" / "new")
    found = added(places, "new", "second/new")
    assert found.files[2:] == ["new/a.xy", "new/c_B2.xy", "second/new/a.xy", "second/new/c_B2.xy"]


def test_what_cannot_be_added_is_named(places):
    with pytest.raises(FileNotFoundError, match=r"no file or folder '.*none' to add"):
        added(places, "none")
    with pytest.raises(ValueError, match=r"holds the folder '.*screen', which is sorted already"):
        added(places, ".")
    (places / "empty").mkdir()
    with pytest.raises(ValueError, match="holds no file"):
        added(places, "empty")


def test_a_file_that_is_named_is_added_without_a_look_at_its_folder(places, monkeypatch):
    screen = read_screen(places / "screen", wavelength="CuKa1")
    (places / "new" / "a.xy").rename(places / "new" / ".a.xy")
    monkeypatch.setattr(Path, "rglob", None)
    found = add_to_screen(screen, [places / "new" / ".a.xy"], wavelength="CuKa1")
    assert found.files == ["a.xy", "b.xy", "new/.a.xy"]
