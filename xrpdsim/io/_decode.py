"""Bytes to text, without guessing and without NUL bytes."""

from __future__ import annotations

from xrpdsim.io._errors import PatternFileError


def decode_text(content: bytes) -> str:
    """Return the text of a file: UTF-8 or UTF-16 with its mark, else UTF-8, else Latin-1.

    Numbers and key words of all text formats are ASCII, so Latin-1 never changes them.
    """
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
