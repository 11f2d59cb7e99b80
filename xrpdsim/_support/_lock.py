"""A folder that one run writes into at a time."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from ._files import read_json, write_atomically


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder within the block.

    The operating system gives the lock up when the process ends, however it ends, so that a run
    that was killed holds nothing.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    BlockingIOError
        If another run holds the folder; the message says which and since when.
    OSError
        If the folder cannot be written into.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> with hold(folder), hold(folder):  # doctest: +ELLIPSIS
    ...     pass
    Traceback (most recent call last):
        ...
    BlockingIOError: ... is in use by process ... since ...: wait until it is done, or ...
    """
    lock, holder = FileLock(folder / ".lock"), folder / ".lock-holder.json"
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise BlockingIOError(
            f"{folder} is in use by {_describe(holder)}: wait until it is done, or give another "
            "folder"
        ) from None
    try:
        with write_atomically(holder) as file:
            since = datetime.now().astimezone().isoformat(timespec="seconds")
            json.dump({"pid": os.getpid(), "host": platform.node(), "since": since}, file)
        yield
        holder.unlink(missing_ok=True)
    finally:
        lock.release()


def _describe(holder: Path) -> str:
    try:
        found = read_json(holder)
        return f"process {found['pid']} on {found['host']}, since {found['since']}"
    except (OSError, ValueError, TypeError, KeyError):
        # written just after the lock is taken; the lock is what counts
        return "another process"
