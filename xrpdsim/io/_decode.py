"""Bytes to text, without guessing and without NUL bytes."""

from __future__ import annotations

import re

from xrpdsim.io._errors import PatternFileError

MAX_TEXT = 24 * 2**20
MAX_LINES = 1_500_000


def decode_text(content: bytes) -> str:
    """Return the text of a file: UTF-8 or UTF-16 with its mark, else UTF-8, else Latin-1.

    Numbers and key words of all text formats are ASCII, so Latin-1 never changes them.
    """
    if len(content) > MAX_TEXT:
        raise PatternFileError(
            f"the text has {len(content) / 2**20:.0f} MiB; patterns have less than "
            f"{MAX_TEXT / 2**20:.0f}"
        )
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise PatternFileError(f"the UTF-16 text is damaged ({error.reason})") from error
    if b"\x00" in content:
        position = content.index(b"\x00")
        raise PatternFileError(f"the text holds a NUL byte at byte {position}; the file is damaged")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def decode_lines(content: bytes) -> list[str]:
    """Return the lines of a file, ended in any of the three usual ways."""
    return split_lines(decode_text(content))


def split_lines(text: str) -> list[str]:
    """Cut text at its line ends, and nowhere else; refuse more lines than patterns have."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    n_lines = text.count("\n")
    if n_lines > MAX_LINES:
        raise PatternFileError(
            f"the file has {n_lines} lines; powder patterns have less than {MAX_LINES}"
        )
    return text.split("\n")


def check_last_line(text: str) -> tuple[str, ...]:
    """Look for a last number that lost its end with the end of the file.

    In formats without a mark at their end, only the lines can tell: a last line that is not ended
    and whose last number is shorter than the twenty before it was cut.

    Returns
    -------
    tuple of str
        A doubt, if that number is shorter than the one before.

    Raises
    ------
    PatternFileError
        If it is shorter than all twenty.
    """
    if text.endswith(("\n", "\r")):
        return ()
    lines = [line for line in split_lines(text[-4096:])[1:] if line.strip()][-21:]
    lengths = [len(re.split(r"[\s,;]+", line.rstrip(" \t,;"))[-1]) for line in lines]
    if len(lengths) < 6:
        return ()
    if lengths[-1] < min(lengths[:-1]):
        raise PatternFileError(
            f"the last line, {lines[-1].strip()[:60]!r}, is not ended and shorter than those "
            "before; the file is cut off"
        )
    if lengths[-1] < lengths[-2]:
        return (
            "the last line is not ended, and its number is shorter than the one before; the file "
            "may be cut off",
        )
    return ()
