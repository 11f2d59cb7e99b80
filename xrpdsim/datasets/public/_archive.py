"""Reading members of downloaded archives in memory, within bounds."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

MAX_MEMBERS = 200_000
MAX_MEMBER_BYTES = 64 << 20


def zip_members(path: Path, suffix: str) -> list[zipfile.ZipInfo]:
    """Return the members of a zip whose names end in `suffix`, sorted by name.

    Nothing is ever unpacked to disk, so a name cannot lead anywhere; an archive with a name that
    tries to was tampered with and is refused.

    Raises
    ------
    ValueError
        If the file is no zip, or has too many members or one that climbs out of its folder.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise ValueError(
            f"{path} is not a complete zip archive; delete it to fetch it again"
        ) from error
    if len(members) > MAX_MEMBERS:
        raise ValueError(f"{path} has {len(members)} members, more than {MAX_MEMBERS}")
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts:
            raise ValueError(f"{path} has a member named {member.filename!r}: it was tampered with")
    chosen = (
        member
        for member in members
        if member.filename.lower().endswith(suffix) and not _of_the_finder(member.filename)
    )
    return sorted(chosen, key=lambda member: member.filename)


def _of_the_finder(name: str) -> bool:
    """Tell whether macOS put the file there beside the real one."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or parts[-1].startswith("._")


def read_members(path: Path, members: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of zip members.

    Raises
    ------
    ValueError
        If a member is larger than MAX_MEMBER_BYTES, whatever its header says, or damaged.
    """
    with zipfile.ZipFile(path) as archive:
        for member in members:
            try:
                with archive.open(member) as file:
                    content = file.read(MAX_MEMBER_BYTES + 1)
            # RuntimeError: encrypted, or compressed in a way that is not known
            except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
                raise ValueError(f"{path}: {member.filename} cannot be read: {error}") from error
            if len(content) > MAX_MEMBER_BYTES:
                raise ValueError(f"{path}: {member.filename} is larger than 64 MB")
            yield member.filename, content


def read_tar_member(path: Path, name: str) -> bytes:
    """Return the content of one file of a tar archive.

    Raises
    ------
    ValueError
        If the archive is not readable, or has no such file or one that is too large.
    """
    try:
        with tarfile.open(path) as archive:
            member = archive.getmember(name)
            file = archive.extractfile(member)
            if file is None or member.size > MAX_MEMBER_BYTES:
                raise ValueError(
                    f"{path}: {name} is no file of at most {MAX_MEMBER_BYTES >> 20} MB"
                )
            return file.read()
    except KeyError as error:
        raise ValueError(f"{path} has no member {name}") from error
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} is not a complete tar archive: {error}") from error
