"""Files that appear whole or not at all, alone or several together."""

from __future__ import annotations

import errno
import json
import os
import platform
import re
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

_HOST = re.sub(r"[^A-Za-z0-9]", "", platform.node())[:20] or "host"
# .NAME.HOST-PID-RANDOM.unfinished: says whose it was, should that process be killed
_UNFINISHED = re.compile(rf"\..+\.{_HOST}-(\d+)-[0-9a-f]{{8}}\.unfinished")
# What a write raises without saying which file it was
_NAMELESS = {errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EROFS, getattr(errno, "EDQUOT", None)}


@contextmanager
def write_atomically(path: str | os.PathLike[str], mode: str = "w") -> Iterator[IO[Any]]:
    """Open a file that takes its name only once it is complete.

    Parameters
    ----------
    path : path-like
        Where the file is to appear. An existing file is replaced and its permissions are kept; of a
        link, the file that it points to.
    mode : {"w", "wb"}, default="w"
        Text (UTF-8, newlines as written) or bytes.

    Yields
    ------
    file object
        A temporary file beside `path`; removed if the block raises. One that a killed process
        leaves is hidden, ends in ``.unfinished``, and is removed by the next process that writes
        into the folder.

    Raises
    ------
    OSError
        If the file cannot be written. The error names `path`.
    ValueError
        If the text cannot be written as UTF-8.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> with write_atomically(folder / "a.txt") as file:
    ...     _ = file.write("whole")
    >>> (folder / "a.txt").read_text()
    'whole'
    """
    with write_together() as open_file:
        yield open_file(path, mode)


@contextmanager
def write_together() -> Iterator[Callable[..., IO[Any]]]:
    """Write the files of one result: all take their names at the end of the block, or none.

    Only then are they renamed, one right after the other. What can fail for want of space or
    permission has been done before.

    Yields
    ------
    callable
        ``open_file(path, mode="w")``, which opens a file as `write_atomically` does. Of many files,
        each should be closed before the next is opened.

    Raises
    ------
    OSError, ValueError
        As in `write_atomically`.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> with write_together() as open_file:
    ...     _ = open_file(folder / "forms.csv").write("file,group")
    ...     _ = open_file(folder / "report.html").write("<html>")
    ...     sorted(folder.glob("*.*ml")), (folder / "forms.csv").exists()
    ([], False)
    >>> (folder / "forms.csv").exists(), (folder / "report.html").exists()
    (True, True)
    """
    written: list[_Unfinished] = []

    def open_file(path: str | os.PathLike[str], mode: str = "w") -> IO[Any]:
        written.append(_Unfinished(Path(path), mode))
        return written[-1].file

    try:
        yield open_file
        for unfinished in written:
            unfinished.complete()
        for unfinished in written:
            unfinished.take_name()
    except BaseException as error:
        for unfinished in written:
            unfinished.discard()
        if written:
            _name_files(error, written)
        raise


def read_json(path: str | os.PathLike[str]) -> Any:
    """Return what a JSON file holds.

    Parameters
    ----------
    path : path-like

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is no JSON, or half of it. The error names `path`.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "half.json"
    >>> _ = path.write_text('{"a": [1, 2')
    >>> read_json(path)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: .../half.json is not complete JSON (Expecting ',' delimiter: line 1 column 12...
    """
    try:
        return json.loads(Path(path).read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{path} is not complete JSON ({error}): it was cut off or changed"
        ) from error


class _Unfinished:
    """One file on its way, under a temporary name beside its own."""

    def __init__(self, path: Path, mode: str) -> None:
        self.named = path
        # a link stays a link
        self.path = Path(os.path.realpath(path))
        try:
            self.permissions = self._permissions()
            _remove_left_behind(self.path.parent)
            self.temporary = self.path.with_name(
                f".{self.path.name[:40]}.{_HOST}-{os.getpid()}-{secrets.token_hex(4)}.unfinished"
            )
            text = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
            self.file: IO[Any] = open(  # noqa: SIM115 (closed by complete or discard)
                self.temporary,
                mode.replace("w", "x"),
                opener=lambda name, flags: os.open(name, flags, self.permissions or 0o666),
                **text,  # type: ignore[call-overload]
            )
        except OSError as error:
            raise type(error)(error.errno, error.strerror, str(path)) from error

    def _permissions(self) -> int | None:
        """Return those of the file to be replaced; None where there is none."""
        try:
            found = self.path.stat().st_mode
        except FileNotFoundError:
            return None
        if stat.S_ISDIR(found):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(found):
            raise OSError(errno.EINVAL, "not a regular file")
        return stat.S_IMODE(found)

    def complete(self) -> None:
        try:
            if not self.file.closed:
                self.file.flush()
                os.fsync(self.file.fileno())
                self.file.close()
            if self.permissions is not None:
                self.temporary.chmod(self.permissions)
        except OSError as error:
            raise type(error)(error.errno, error.strerror, str(self.named)) from error

    def take_name(self) -> None:
        try:
            self.temporary.replace(self.path)
        except OSError as error:
            raise type(error)(error.errno, error.strerror, str(self.named)) from error

    def discard(self) -> None:
        # the full disk again: what is discarded need not be complete
        with suppress(OSError):
            self.file.close()
        self.temporary.unlink(missing_ok=True)


def _name_files(error: BaseException, written: list[_Unfinished]) -> None:
    """Raise an error that says which file could not be written, where `error` does not."""
    names = ", ".join(str(unfinished.named) for unfinished in written)
    if isinstance(error, OSError) and error.filename is None and error.errno in _NAMELESS:
        raise type(error)(error.errno, error.strerror, names) from error
    if isinstance(error, UnicodeEncodeError):
        character = error.object[error.start : error.end]
        raise ValueError(f"{names}: {character!r} cannot be written as UTF-8") from error


@lru_cache
def _remove_left_behind(folder: Path) -> None:
    """Remove, once a process, the temporary files of processes that were killed."""
    with os.scandir(folder) as entries:
        found = [(entry.path, _UNFINISHED.fullmatch(entry.name)) for entry in entries]
    for path, match in found:
        if match and not _is_running(int(match[1])):
            Path(path).unlink(missing_ok=True)


def _is_running(pid: int) -> bool:
    if os.name == "nt":  # where signal 0 ends a process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
