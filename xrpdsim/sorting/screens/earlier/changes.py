"""What is another way in a screen that was sorted again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from ..sorted_screen import SortedScreen
from .earlier_groups import EarlierGroups, files_before, successors

_MOST_NAMED = 5


class Change(NamedTuple):
    """What became of a file since the earlier result.

    Parameters
    ----------
    file : str
    change : str
        "new", "moved", "other content", "renamed", "excluded" or "missing".
    before, now : str
        Names of groups; empty where there is none.
    remark : str
    """

    file: str
    change: str
    before: str
    now: str
    remark: str = ""


def changes_since(earlier: EarlierGroups, found: SortedScreen) -> list[Change]:
    """Return what became of the files of an earlier result, and where new files are.

    Parameters
    ----------
    earlier : EarlierGroups
    found : SortedScreen
        The screen as it is sorted now.

    Returns
    -------
    list of Change
        Files that are where they were are not in it. A group goes on from the earlier one with
        which it shares most members, whatever they are called.

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
    >>> from xrpdsim.sorting import read_earlier_groups
    >>> changes_since(read_earlier_groups(folder), found)   # nothing moved
    []
    """
    screen, labels = found.screen, found.clusterer.labels_
    before = files_before(earlier, screen.files, screen.hashes)
    goes_on = successors(earlier, labels, before)
    name_now = {name: found.group_names[group] for group, name in goes_on.items()}
    known = {int(labels[row]) for row, name in enumerate(before) if name is not None}
    changes = []
    for row, (file, name) in enumerate(zip(screen.files, before, strict=True)):
        now = found.group_of(row)
        if name is None:
            new_group = labels[row] >= 0 and int(labels[row]) not in known
            changes.append(Change(file, "new", "", now, "new group" if new_group else ""))
            continue
        was = earlier.group_of[name]
        stays = now == (name_now.get(was) if was in earlier.names else was)
        if name != file:
            changes.append(Change(file, "renamed", was, now, f"was {name}"))
        elif screen.hashes and earlier.hash_of.get(name) not in (screen.hashes[row], "", None):
            changes.append(Change(file, "other content", was, now))
        elif not stays:
            changes.append(Change(file, "moved", was, now))
    excluded, skipped = dict(screen.excluded()), dict(screen.skipped)
    for file in sorted(set(earlier.group_of) - {name for name in before if name is not None}):
        was = earlier.group_of[file]
        if file in excluded:
            changes.append(Change(file, "excluded", was, "", excluded[file]))
        else:
            why = f"skipped: {skipped[file]}" if file in skipped else ""
            changes.append(Change(file, "missing", was, "", why))
    return changes


def changes_in_words(
    earlier: EarlierGroups, found: SortedScreen, changes: Sequence[Change]
) -> list[str]:
    """Return what changed as lines to read.

    Parameters
    ----------
    earlier : EarlierGroups
    found : SortedScreen
    changes : sequence of Change
        As from `changes_since`.

    Returns
    -------
    list of str
    """
    kinds: dict[tuple[str, str, str], list[Change]] = defaultdict(list)
    for change in changes:
        joined = change.change == "new" and not change.remark
        kind = "joined" if joined and change.now in found.group_names else change.change
        before = "" if kind in ("joined", "new") else change.before
        kinds[kind, before, change.now].append(change)
    lines = []
    for (kind, before, now), those in kinds.items():
        files = _some(change.file for change in those)
        if kind == "joined":
            lines.append(f"new in {now}: {files}")
        elif kind == "new" and those[0].remark:
            lines.append(f"new group {now!r} of new files: {files}")
        elif kind == "new":
            lines.append(f"new, {now}: {files}")
        elif kind == "moved":
            lines.append(f"moved from {before} to {now}: {files}")
        else:
            lines.append(f"{kind} (was in {before}): {files}")
    before_names = successors(
        earlier,
        np.asarray(found.clusterer.labels_),
        files_before(earlier, found.screen.files, found.screen.hashes),
    )
    lines += [
        f"{name} is now called {found.group_names[group]}"
        for group, name in before_names.items()
        if found.group_names[group] != name
    ]
    return lines or ["no file is new, missing or in another group"]


def _some(files: Iterable[str]) -> str:
    names = list(files)
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
