"""What earlier runs wrote into a folder, which is no part of the screen."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ..._support._files import read_json

RECORD_NAME = "run.json"
RECORD_KIND = "xrpdsim sort"
WRITTEN_EARLIER = "written by an earlier xrpdsim sort"


def earlier_results(files: Sequence[tuple[str, Path]]) -> set[str]:
    """Return the names of records of earlier runs among files, and of the results they list.

    Parameters
    ----------
    files : sequence of (str, Path)
        As from `files_of_folder`.

    Returns
    -------
    set of str
    """
    name_of = {os.path.realpath(path): name for name, path in files}
    found = set()
    for name, path in files:
        if path.name == RECORD_NAME and (results := results_in(path)) is not None:
            places = (os.path.realpath(path.parent / result) for result in results)
            found |= {name, *(name_of[place] for place in places if place in name_of)}
    return found


def results_in(path: Path) -> dict[str, str] | None:
    """Return the hashes of the files that a record lists as written, None if it is no record."""
    try:
        record = read_json(path)
        if record["record"] != RECORD_KIND:
            return None
        return {str(result["file"]): str(result["sha256"]) for result in record["results"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None
