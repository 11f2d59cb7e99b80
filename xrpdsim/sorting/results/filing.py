"""The results of a run, written together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from ..._support._files import write_together
from ..screens._earlier_results import RECORD_NAME, results_in
from .record import complete_record, hash_of_file

PAGES = (".html", ".htm")


def file_results(
    folder: str | os.PathLike[str], contents: Mapping[str, bytes], run: Mapping[str, object]
) -> list[Path]:
    """Write the files of a run and its record `run.json`: all of them, or none.

    Parameters
    ----------
    folder : path-like
        Must exist. Existing files are replaced. What an earlier run left there beside its page,
        such as typical patterns of groups that are no more, is removed if it is as it was written:
        a folder holds the results of one run.
    contents : mapping of str to bytes
        By their path within the folder, as from `result_files`.
    run : mapping
        As from `describe_run`.

    Returns
    -------
    list of Path
        What was written, the record last.

    Raises
    ------
    OSError
        If a file cannot be written. The error names it, and what was there before is as it was.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from xrpdsim.sorting.results import describe_run, result_files
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.sorting import Screen, sort_screen
    >>> campaign = make_screening_campaign(1, 2, 20, preset="bragg-brentano", random_state=0)
    >>> screen = Screen(campaign.X, campaign.two_theta, [f"{k}.xy" for k in range(20)])
    >>> found = sort_screen(screen, similarity="pearson")
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> run = describe_run(found, folder / "run.json")
    >>> [path.name for path in file_results(folder, result_files(found), run)][-1]
    'run.json'
    """
    folder = Path(folder)
    record = folder / RECORD_NAME
    earlier = results_in(record) or {}
    everything = {**contents, RECORD_NAME: complete_record(run, contents)}
    made: list[Path] = []
    try:
        for parent in sorted({(folder / name).parent for name in everything}):
            if not parent.is_dir():
                parent.mkdir()
                made.append(parent)
        with write_together() as open_file:
            for name, content in everything.items():
                _write(open_file(folder / name, "wb"), content, folder / name)
    except BaseException:
        for parent in made:
            with suppress(OSError):
                parent.rmdir()
        raise
    for name, digest in earlier.items():
        path = folder / name
        if name not in everything and path.suffix.lower() not in PAGES and path.is_file():
            with suppress(OSError):
                if hash_of_file(path) == digest:
                    path.unlink()
    return [folder / name for name in everything]


def _write(file: IO[bytes], content: bytes, path: Path) -> None:
    """Write and close: a screen may have more groups than a process may have open files."""
    try:
        with file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from error
