"""XML and zip archives from strangers, read within bounds."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from .errors import PatternFileError

MAX_UNPACKED = 64 * 2**20
MAX_DIRECTORY = 2**20
MAX_DEPTH = 64
MAX_ELEMENTS = 500_000


def parse_xml(content: bytes) -> Element:
    """Return the root of an XML document, names without their namespaces.

    A document type is refused, and with it every entity: no instrument writes one, and expanding
    them is how a small file fills the memory.
    """
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > MAX_DEPTH or count > MAX_ELEMENTS:
            raise PatternFileError(
                f"the XML is deeper than {MAX_DEPTH} or has more than {MAX_ELEMENTS} elements"
            )
        builder.start(_local(name), {_local(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_local(name))

    def doctype(*_: object) -> None:
        raise PatternFileError("the XML declares a document type or entities, which is not allowed")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    parser.buffer_text = True
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise PatternFileError(f"the XML is damaged or cut off ({error})") from error
    except (ValueError, LookupError) as error:
        if isinstance(error, PatternFileError):
            raise
        raise PatternFileError(f"the XML cannot be decoded ({error})") from error
    return builder.close()


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def text_of(element: Element | None, path: str = ".") -> str:
    """Return the text at a path below an element, empty where there is none."""
    found = element.find(path) if element is not None else None
    return (found.text or "").strip() if found is not None else ""


def is_zip(content: bytes) -> bool:
    """Whether the file is a zip archive."""
    return content.startswith(b"PK\x03\x04")


def zip_names(content: bytes) -> list[str]:
    """Return the names in a zip archive, none if its directory is damaged."""
    if not _directory_is_small(content):
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError, struct.error):
        return []


def _directory_is_small(content: bytes) -> bool:
    """Look up the size of the archive's directory before all of it is read."""
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or end + 16 > len(content):
        return False
    (size,) = struct.unpack_from("<I", content, end + 12)
    return bool(size <= MAX_DIRECTORY)


def zip_members(content: bytes, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Return the wanted members of a zip archive; their sizes are bounded, whatever it claims."""
    members: dict[str, bytes] = {}
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                name = entry.filename
                if not wanted(name):
                    continue
                # Other methods cannot be unpacked piece by piece.
                if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise PatternFileError(f"{name} is packed in a way that is not read")
                with archive.open(entry) as file:
                    # Read on to find the end, where the checksum is compared.
                    members[name] = file.read(left + 1)
                left -= len(members[name])
                if left < 0:
                    raise PatternFileError(
                        f"the archive unpacks to more than {MAX_UNPACKED / 2**20:.0f} MiB"
                    )
    except (
        zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, RuntimeError,
        KeyError, ValueError, struct.error,
    ) as error:  # fmt: skip
        # A damaged directory also sends zipfile to places before the file: a ValueError.
        if isinstance(error, PatternFileError):
            raise
        raise PatternFileError(f"the zip archive is damaged or cut off ({error})") from error
    return members
