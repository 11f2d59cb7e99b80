import unicodedata

import pytest

from xrpdsim.sorting.screens.corrections.names_of_files import NamesOfFiles

FILES = ["a.xy", "day1/b.xy", "day2/b.xy", "c.xy.gz", "d.1.xy", "e.ras#0", "e.ras#1", "f", "f.xy"]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("a.xy", 0), ("a", 0), ("x/y/a", 0), ("C:\\screen\\a.xy", 0), ("./a.xy", 0),
        ("day1/b", 1), ("/data/day2/b.xy", 2), ("day2\\b", 2), ("c.xy", 3), ("c", 3),
        ("d.1", 4), ("e#1", 6), ("e.ras#0", 5), ("f", 7), ("f.xy", 8),
    ],
)  # fmt: skip
def test_names_with_and_without_ending_and_folder(name, row):
    assert NamesOfFiles(FILES).row(name) == row


@pytest.mark.parametrize("name", ["a.raw", "b.x", "day3/b.xy", "e.ras", "xa.xy", "", "d", "A.xy"])
def test_other_names_are_no_files_of_the_screen(name):
    with pytest.raises(ValueError, match="the screen has no file"):
        NamesOfFiles(FILES).row(name)


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["Größe.xy", "größte/Größe", "Größe"])
def test_accents_may_be_stored_in_either_way(stored, typed, name):
    files = ["a.xy", unicodedata.normalize(stored, "größte/Größe.xy")]
    assert NamesOfFiles(files).row(unicodedata.normalize(typed, name)) == 1


def test_a_name_that_is_exactly_that_of_a_file_means_this_file():
    files = [unicodedata.normalize(form, "Größe.xy") for form in ("NFC", "NFD")]
    assert [NamesOfFiles(files).row(name) for name in files] == [0, 1]


def test_several_that_may_be_meant_are_named():
    with pytest.raises(ValueError, match=r"'b' may be 'day1/b\.xy' or 'day2/b\.xy'; write"):
        NamesOfFiles(FILES).row("b")
    many = [f"{k}/b.xy" for k in range(6)]
    with pytest.raises(ValueError, match=r"'2/b\.xy' or 3 more"):
        NamesOfFiles(many).row("b.xy")
