"""Formats that state start, end and step: all three must fit the points that were read."""

import pytest

from xrpdsim.io import PatternFileError


@pytest.mark.parametrize("name", ["udf", "cpi", "old_rigaku", "pdcif"])
@pytest.mark.parametrize("end", [b"8.02", b"8.025", b"7.98", b"7.99"])
def test_a_last_angle_within_a_step_of_the_last_point_is_refused(name, end, encode, read):
    content = encode[name]()
    at = content.rindex(b"8.0")
    length = 4 if name == "cpi" else 6 if content[at : at + 6] == b"8.0000" else 3
    with pytest.raises(PatternFileError, match=r"end at 8, but the file says (8|7)\.\d+"):
        read(content[:at] + end + content[at + length :])


@pytest.mark.parametrize("name", ["udf", "cpi"])
def test_the_number_of_points_follows_from_the_range(name, encode, read):
    content = encode[name]()
    with pytest.raises(PatternFileError, match="announces 81 points but holds 61"):
        read(content.replace(b"8.0000", b"9.0000").replace(b"8.00", b"9.00"))


def test_the_stop_of_rigaku_is_needed(encode, read):
    with pytest.raises(PatternFileError, match="lacks STOP"):
        read(encode["old_rigaku"]().replace(b"*STOP", b"*SLOW"))


@pytest.mark.parametrize("name", ["udf", "cpi"])
@pytest.mark.parametrize("damage", [b"1e308", b"-1e308", b"1e-320", b"0", b"-0.05"])
def test_impossible_steps_and_ends_are_damage(name, damage, encode, read):
    content = encode[name]()
    for field in (b"8.0000", b"8.00", b" 0.05", b"\n0.05"):
        if field in content:
            with pytest.raises(PatternFileError):
                read(content.replace(field, field[:1].strip(b"8") + damage))
