"""Bytes to text."""

import pytest

from xrpdsim.io import PatternFileError
from xrpdsim.io._text import MAX_LINES, Content, check_last_line


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_head_and_text_do_not_depend_on_where_a_file_was_written(encoding, line_end):
    content = Content(line_end.join(["Prüfung", "5 1", ""]).encode(encoding))
    assert content.lines == ["Prüfung", "5 1", ""]
    assert content.head.endswith("\n5 1\n")


def test_a_head_cut_inside_a_character_is_still_a_head():
    content = Content("é".encode("utf-16-le").join([b"\xff\xfe", b"a" * (2**16 - 3)]) + b"\x01")
    assert len(content.head) > 1000


def test_damaged_text_is_refused():
    with pytest.raises(PatternFileError, match="UTF-16 text is damaged"):
        _ = Content(b"\xff\xfea").text
    with pytest.raises(PatternFileError, match="NUL byte at byte 1"):
        _ = Content(b"a\0").text
    with pytest.raises(PatternFileError, match="lines"):
        _ = Content(b"\n" * (MAX_LINES + 1)).lines


def test_a_last_line_is_compared_with_those_before():
    rows = "".join(f"5.{k:02d} 1000\n" for k in range(30))
    assert check_last_line(rows) == ()
    assert check_last_line(rows.rstrip()) == ()
    assert check_last_line("5 1\n6 2") == ()
    with pytest.raises(PatternFileError, match="cut off"):
        check_last_line(rows + "5.30 10")
