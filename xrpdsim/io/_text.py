"""Bytes to text, without guessing and without NUL bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from .errors import PatternFileError

MAX_TEXT = 24 * 2**20
MAX_LINES = 1_500_000
HEAD = 2**16
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Content:
    """What a file holds: its bytes, and its text where it is asked for.

    Line ends of all three kinds become line feeds, so that no format depends on where its file was
    written.

    Parameters
    ----------
    raw : bytes
        The whole file.
    """

    raw: bytes

    @cached_property
    def head(self) -> str:
        """The first 64 KiB as text, to tell formats apart; what is damaged is replaced."""
        head = self.raw[:HEAD]
        if head[:2] in _UTF16:
            text = head.decode("utf-16", "replace")
        else:
            text = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
        return _line_feeds(text)

    @cached_property
    def text(self) -> str:
        """All of it as text; PatternFileError where it is none."""
        return _line_feeds(_decode(self.raw))

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text; PatternFileError where there are more than patterns have."""
        n_lines = self.text.count("\n")
        if n_lines > MAX_LINES:
            raise PatternFileError(
                f"the file has {n_lines} lines; powder patterns have less than {MAX_LINES}"
            )
        return self.text.split("\n")


def _decode(content: bytes) -> str:
    """Return UTF-8 or UTF-16 with its mark, else UTF-8, else Latin-1.

    Numbers and key words of all text formats are ASCII, so Latin-1 never changes them.
    """
    if len(content) > MAX_TEXT:
        raise PatternFileError(
            f"the text has {len(content) / 2**20:.0f} MiB; patterns have less than "
            f"{MAX_TEXT / 2**20:.0f}"
        )
    if content[:2] in _UTF16:
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


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_last_line(text: str) -> tuple[str, ...]:
    """Look for a last number that lost its end with the end of the file.

    In formats without a mark at their end, only the lines can tell: a last line that is not ended
    and whose last number is shorter than the twenty before it was cut.

    Parameters
    ----------
    text : str
        With line feeds as line ends.

    Returns
    -------
    tuple of str
        A doubt, if that number is shorter than the one before.

    Raises
    ------
    PatternFileError
        If it is shorter than all twenty.
    """
    if text.endswith("\n"):
        return ()
    lines = [line for line in text[-4096:].split("\n")[1:] if line.strip()][-21:]
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
