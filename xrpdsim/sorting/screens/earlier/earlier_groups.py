"""The groups of an earlier result: their names are kept, and what changed since is said."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...._support._files import read_json
from .._earlier_results import RECORD_KIND, RECORD_NAME

_GROUPS = "forms.json"


@dataclass(frozen=True)
class EarlierGroups:
    """Which file was in which group.

    Parameters
    ----------
    run : str
        The id of the run.
    group_of : dict of str to str
        The name of the group of each file; "none", "amorphous" and "mixture" are no groups.
    hash_of : dict of str to str
        SHA-256 of each file, empty where it is not known.
    names : tuple of str
        The groups, in their order.
    command : tuple of str
        How it was sorted, from the folder of the record.

    Examples
    --------
    >>> earlier = EarlierGroups(
    ...     run="2a8595656c8c", group_of={"a.xy": "I"}, hash_of={"a.xy": ""}, names=("I",)
    ... )
    >>> earlier.group_of["a.xy"]
    'I'
    """

    run: str
    group_of: dict[str, str]
    hash_of: dict[str, str]
    names: tuple[str, ...]
    command: tuple[str, ...] = ()


def read_earlier_groups(record: str | os.PathLike[str]) -> EarlierGroups:
    """Read the groups of an earlier result.

    Parameters
    ----------
    record : path-like
        `run.json` as `xrpdsim sort` writes it, or the folder that it lies in; `forms.json` must lie
        beside it.

    Returns
    -------
    EarlierGroups

    Raises
    ------
    OSError
        If one of the two cannot be read.
    ValueError
        If it is no such record, or `forms.json` is not as it was written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from xrpdsim.datasets import make_screening_campaign, save_campaign
    >>> from xrpdsim.sorting import read_screen, sort_screen
    >>> from xrpdsim.sorting.results import describe_run, file_results, result_files
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> campaign = make_screening_campaign(1, 2, 8, preset="bragg-brentano", random_state=0)
    >>> _ = save_campaign(campaign, folder / "screen")
    >>> found = sort_screen(read_screen(folder / "screen"), similarity="pearson")
    >>> run = describe_run(found, folder / "run.json")
    >>> _ = file_results(folder, result_files(found), run)
    >>> read_earlier_groups(folder).names
    ('group 1', 'group 2')
    """
    path = Path(record)
    if path.is_dir():
        path = path / RECORD_NAME
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no {path.name} in {str(path.parent)!r}; give the folder of a report that "
            "xrpdsim sort wrote"
        )
    run = read_json(path)
    if not isinstance(run, dict) or run.get("record") != RECORD_KIND:
        raise ValueError(f"{path} is no record that xrpdsim sort wrote; give the run.json of a run")
    table = path.with_name(_GROUPS)
    content = table.read_bytes()
    try:
        written = {each["file"]: each["sha256"] for each in run["results"]}
        if hashlib.sha256(content).hexdigest() != written.get(_GROUPS):
            raise ValueError(
                f"{table} is not as xrpdsim sort wrote it; sort the folder of the screen again"
            )
        found = json.loads(content)
        rows = [(row["file"], row["group"], row.get("sha256", "")) for row in found["patterns"]]
        return EarlierGroups(
            str(run["run"]),
            {str(file): str(group) for file, group, _ in rows},
            {str(file): str(digest) for file, _, digest in rows},
            tuple(str(group["group"]) for group in found["groups"]),
            tuple(map(str, run["command"])),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} lacks a part of the record ({error}); it was changed") from error


def files_before(
    earlier: EarlierGroups, files: Sequence[str], hashes: Sequence[str] = ()
) -> list[str | None]:
    """Return the name that each file had in an earlier result.

    Parameters
    ----------
    earlier : EarlierGroups
    files : sequence of str
    hashes : sequence of str
        SHA-256 of these files; may be empty.

    Returns
    -------
    list of str or None
        The same name; else that of a file which is gone and held the same bytes; None for a new
        file.
    """
    gone = set(earlier.group_of) - set(files)
    name_of = {earlier.hash_of[name]: name for name in sorted(gone) if earlier.hash_of.get(name)}
    return [
        file if file in earlier.group_of else name_of.get(hashes[row] if hashes else "")
        for row, file in enumerate(files)
    ]


def successors(
    earlier: EarlierGroups, labels: NDArray[np.intp], before: Sequence[str | None]
) -> dict[int, str]:
    """Return the earlier group that each group goes on from, by the members that they share.

    Parameters
    ----------
    earlier : EarlierGroups
    labels : ndarray of shape (n_patterns,)
    before : sequence of str or None
        As from `files_before`.

    Returns
    -------
    dict of int to str
        Names of earlier groups by group, each at most once: those that share most members come
        first.

    Examples
    --------
    >>> group_of = dict(a="group 1", b="group 1", c="group 2")
    >>> earlier = EarlierGroups("", group_of, {}, ("group 1", "group 2"))
    >>> successors(earlier, np.array([1, 1, 0, 0]), ["a", "b", "c", None])
    {1: 'group 1', 0: 'group 2'}
    """
    shared: Counter[tuple[int, str]] = Counter()
    for row in np.flatnonzero(labels >= 0).tolist():
        name = before[row]
        if name is not None and earlier.group_of[name] in earlier.names:
            shared[int(labels[row]), earlier.group_of[name]] += 1
    found: dict[int, str] = {}
    for group, name in sorted(shared, key=lambda pair: (-shared[pair], pair)):
        if group not in found and name not in found.values():
            found[group] = name
    return found
