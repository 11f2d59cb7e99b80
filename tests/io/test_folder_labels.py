import unicodedata

import pytest

from xrpdsim.io._folder_labels import read_labels

FILES = ["a.xy", "p/b.xy", "plate.ras", "x#1"]


def labels_of(folder, rows, files=FILES, **options):
    path = folder / "labels.csv"
    path.write_text("file,form\n" + rows, encoding="utf-8")
    return read_labels(path, files, **options)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("a.xy", "a.xy"), ("./a.xy", "a.xy"), (".\\a.xy", "a.xy"), ("p\\b.xy", "p/b.xy"),
        ("./p/b.xy", "p/b.xy"), ("plate.ras#2", "plate.ras#2"), ("x#1", "x#1"),
        ("./plate.ras#2", "plate.ras#2"), ("x#1#0", "x#1#0"), ("./x#1", "x#1"), ("b.xy", "b.xy"),
    ],
)  # fmt: skip
def test_rows_have_the_names_of_the_files_that_they_mean(tmp_path, written, name):
    labels = labels_of(tmp_path, f"{written},I\n")
    assert labels.stated("form") == {name: "I"}
    assert labels.places[name].endswith("labels.csv, row 2")


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["NFC", "NFD"])
def test_accents_may_be_stored_in_either_way(tmp_path, stored, typed):
    name = unicodedata.normalize(stored, "Größe/ä.xy")
    labels = labels_of(tmp_path, unicodedata.normalize(typed, "Größe/ä.xy,I\n"), [name])
    assert labels.stated("form") == {name: "I"}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("A.XY", "a.xy"), ("P\\b.xy", "p/b.xy"), ("a", "a.xy"), ("p/B", "p/b.xy"),
        ("plate#1", "plate.ras"), ("X#1", "x#1"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("all_files", [False, True])
def test_a_row_that_nearly_names_a_file_is_refused(tmp_path, written, name, all_files):
    rows = f"c.xy,II\n{written},I\n"
    message = rf"labels\.csv, row 3: there is no file .*; if {name!r} is meant, write its name"
    with pytest.raises(ValueError, match=message):
        labels_of(tmp_path, rows, [*FILES, "c.xy"], all_files=all_files)


def test_a_file_with_a_row_of_its_own_is_not_meant_by_another(tmp_path):
    labels = labels_of(tmp_path, "a.xy,I\nA.xy,II\na,III\n")
    assert labels.stated("form") == {"a.xy": "I", "A.xy": "II", "a": "III"}


def test_two_rows_for_one_file_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"row 3: '\./a\.xy' is 'a\.xy', which .*row 2 lists"):
        labels_of(tmp_path, "a.xy,I\n./a.xy,II\n")


def test_a_table_that_lists_no_file_of_its_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"lists no file of its folder, but 'c\.xy'"):
        labels_of(tmp_path, "c.xy,I\n", all_files=True)
    assert labels_of(tmp_path, "c.xy,I\n").stated("form") == {"c.xy": "I"}
    assert read_labels(tmp_path / "none.csv", FILES, all_files=True).rows == {}
