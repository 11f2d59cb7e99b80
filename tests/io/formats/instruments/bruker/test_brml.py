import pytest

from xrpdsim.io import PatternFileError


def test_what_the_file_tells(encode, read):
    pattern = read(encode["brml"]())
    assert (pattern.sample, pattern.date) == ("SAMPLE", "2025-02-26")
    assert pattern.metadata["scan"] == "Coupled TwoTheta/Theta"


def test_2theta_is_found_by_its_description(encode, read):
    pattern = read(encode["brml"](axes=("Theta", "TwoTheta")))
    assert pattern.two_theta[0] == 2.5


def test_other_axes_are_refused(encode, read):
    with pytest.raises(PatternFileError, match="moves Phi, Chi, not 2theta"):
        read(encode["brml"](axes=("Phi", "Chi")))


def test_missing_points_are_noticed(encode, read):
    with pytest.raises(PatternFileError, match="announces 70 points but holds 61"):
        read(encode["brml"](n_declared=70))


def test_an_archive_without_points(encode, read):
    content = encode["archive"]({"Experiment0/RawData0.xml": "<RawData><DataRoutes/></RawData>"})
    with pytest.raises(PatternFileError, match="no measured points"):
        read(content)
