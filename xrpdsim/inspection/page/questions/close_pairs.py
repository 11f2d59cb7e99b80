"""Pairs of patterns that a correction may concern: where groups come close."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._listing import Listing, listing
from .._shown_screen import ShownScreen
from .question import Question

_COLUMNS = ("file", "group", "file", "group", "probability")


def closest_across_groups(shown: ShownScreen) -> Question | None:
    """Return the pairs that may be the same form though they are in different groups."""
    table = _pairs(shown, within=False)
    if table is None:
        return None
    return Question(
        "Closest pairs across groups",
        f"Are these the same form after all? {shown.remark}".strip(),
        table,
    )


def farthest_within_groups(shown: ShownScreen) -> Question | None:
    """Return the pairs that may be different forms though they are in one group."""
    table = _pairs(shown, within=True)
    if table is None:
        return None
    return Question(
        "Farthest pairs within groups",
        f"Are these different forms after all? {shown.remark}".strip(),
        table,
    )


def _pairs(shown: ShownScreen, within: bool) -> Listing | None:
    """Return the most probable pairs across groups, or the least probable within."""
    found = shown.found
    labels = found.clusterer.labels_[shown.rows]
    first, second = np.triu_indices(len(shown.rows), k=1)
    same: NDArray[np.bool_] = (labels[first] == labels[second]) & (labels[first] >= 0)
    pairs = np.flatnonzero(same if within else ~same)
    if not len(pairs):
        return None
    probability = shown.probability[first[pairs], second[pairs]]
    order = np.argsort(probability if within else -probability, kind="stable")
    rows = []
    for pair in order[: shown.limits.close_pairs]:
        i, j = (int(shown.rows[end[pairs[pair]]]) for end in (first, second))
        rows.append(
            (
                *(found.screen.files[i], found.group_of(i)),
                *(found.screen.files[j], found.group_of(j)),
                f"{probability[pair]:.3f}",
            )
        )
    return listing(_COLUMNS, rows)
