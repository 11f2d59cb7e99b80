import pytest

from xrpdsim.io import PatternFileError


@pytest.mark.parametrize("name", ["ras", "rasx"])
def test_sample_and_axis(name, encode, read):
    pattern = read(encode[name]())
    assert pattern.sample == "SAMPLE"
    assert pattern.scan_axis.startswith("TwoTheta")


@pytest.mark.parametrize("name", ["ras", "rasx"])
def test_other_axes_are_refused(name, encode, read):
    with pytest.raises(PatternFileError, match="'Omega', not 2theta"):
        read(encode[name](axis="Omega"))


def test_missing_points_are_noticed(encode, read):
    with pytest.raises(PatternFileError, match="announces 62 points but holds 61"):
        read(encode["ras"](n_declared=62))
    with pytest.raises(PatternFileError, match="announces 62 points but holds 61"):
        read(encode["old_rigaku"]().replace(b"*COUNT = 61", b"*COUNT = 62"))


def test_conditions_must_lie_beside_the_profile(encode, read):
    with pytest.raises(PatternFileError, match="lacks the conditions"):
        read(encode["archive"]({"Data0/Profile0.txt": "5 1 1\n6 2 1\n7 3 1\n"}))


def test_two_scans_in_one_file(encode, read):
    content = encode["ras"]().replace(b"*RAS_DATA_END\r\n", b"")
    later = encode["ras"]().replace(b"*RAS_DATA_START\r\n", b"")
    with pytest.raises(PatternFileError, match="2 scans that overlap"):
        read(content + later)


def test_old_groups_need_their_entries(encode, read):
    with pytest.raises(PatternFileError, match="lacks STEP"):
        read(encode["old_rigaku"]().replace(b"*STEP", b"*STOP"))


def test_a_missing_end_mark_is_forgiven_where_the_count_is_right(encode, expected, read):
    content = encode["ras"]().replace(b"*RAS_INT_END\r\n*RAS_DATA_END\r\n", b"")
    assert read(content).intensity.tolist() == expected[1].tolist()
    with pytest.raises(PatternFileError, match="cut off"):
        read(content[: content.rindex(b"\r\n", 0, -2) + 2])
    with pytest.raises(PatternFileError, match="cut off"):
        read(content[:-3])
