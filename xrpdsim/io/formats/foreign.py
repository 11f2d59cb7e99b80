"""Files that are known for what they are, and not read: each is refused by its name."""

from __future__ import annotations

from .._scan import Scan
from .._text import Content
from ..errors import PatternFileError
from .format import Format

_EXPORT = "export it as columns of 2theta and intensity (.xy)"

# First bytes, and what a file that begins with them is.
_KNOWN: tuple[tuple[bytes, str], ...] = (
    (b"D1A5", f"neutron data of instrument D1A (D1A5): intensities without angles; {_EXPORT}"),
    (b"V3RD", f"Philips RD, which is not read; {_EXPORT} or as XRDML"),
    (b"V5RD", f"Philips RD, which is not read; {_EXPORT} or as XRDML"),
    (b"HR-XRDScan", f"X'Pert binary scan data, which is not read; {_EXPORT} or as XRDML"),
    (b"FI\x00\x00", f"Rigaku binary RAW, which is not read; {_EXPORT} or as RAS"),
    (b"\xfd7zXZ", "compressed with xz; unpack it first"),
    (b"7z\xbc\xaf", "a 7-Zip archive; unpack it first"),
    (b"PK\x03\x04", "a zip archive, but neither of BRML nor of RASX; unpack or export it"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old document of Microsoft Office; save it as CSV"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "XML, but not XRDML"),
)


def _is_foreign(content: Content) -> bool:
    return _kind(content) is not None


def _refuse(content: Content) -> list[Scan]:
    raise PatternFileError(f"the file is {_kind(content)}")


def _kind(content: Content) -> str | None:
    head = content.raw[:64].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    # Text in UTF-16 has the same first letters.
    text = content.head[:64].lstrip().lower().encode("latin-1", "replace")
    return next(
        (what for mark, what in _KNOWN if head.startswith(mark.lower()) or text.startswith(mark)),
        None,
    )


FOREIGN = Format("not a known pattern format", (), _is_foreign, _refuse)
"""Whatever is known for what it is, and not read."""
