"""The patterns of each group over each other, and every single pattern by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...layout import scaled
from .._shown_screen import ShownScreen
from ..drawing import Stack, marker, stack

_LOW = 60.0
"""Height of a pattern that stands by itself, in pixels."""


def group_patterns(shown: ShownScreen) -> dict[str, Any]:
    """Return each group with its typical pattern in front, then patterns of no group."""
    found, limits = shown.found, shown.limits
    clusterer = found.clusterer
    n_groups = len(found.group_names)
    n_drawn = min(n_groups, limits.groups)
    at_most = min(limits.curves_a_group, limits.curves // (n_drawn + 1))
    outside = clusterer.labels_ < 0
    single = np.flatnonzero(outside & ~clusterer.amorphous_)
    amorphous = np.flatnonzero(outside & clusterer.amorphous_)
    return {
        "groups": [_group(shown, group, at_most) for group in range(n_drawn)],
        "n_groups_left_out": n_groups - n_drawn,
        "singles": [_single(shown, row) for row in _some(single, at_most).tolist()],
        "n_singles": len(single),
        "amorphous": _drawn(shown, _some(amorphous, at_most).tolist(), all_strong=False),
        "n_amorphous": len(amorphous),
    }


def _group(shown: ShownScreen, group: int, at_most: int) -> dict[str, Any]:
    found = shown.found
    members = np.flatnonzero(found.clusterer.labels_ == group)
    typical = found.typical_rows[group]
    rows = [*_some(members[members != typical], at_most).tolist(), typical]
    return {
        "label": group,
        "name": found.group_names[group],
        "marker": marker(group, 8, 8, 5.5),
        "n_members": len(members),
        "typical": found.screen.files[typical],
        "n_left_out": len(members) - len(rows),
        "reference": _reference(shown, typical),
        "drawing": _drawn(shown, rows),
    }


def _single(shown: ShownScreen, row: int) -> dict[str, Any]:
    return {
        "name": shown.found.screen.files[row],
        "reference": _reference(shown, row),
        "drawing": _drawn(shown, [row], height=_LOW),
    }


def _reference(shown: ShownScreen, row: int) -> dict[str, Any] | None:
    """Return the reference nearest to a pattern, if there are any."""
    references, matches = shown.found.references, shown.found.matches
    if references is None or matches is None:
        return None
    name = references.files[matches.nearest[row]]
    probability = float(matches.nearest_probabilities[row])
    return {"name": name, "probability": probability, "fits": probability > 0.5}


def _drawn(shown: ShownScreen, rows: list[int], **how: Any) -> Stack | None:
    if not rows:
        return None
    screen = shown.found.screen
    titles = [screen.files[row] for row in rows]
    return stack(list(scaled(screen.X[rows])), titles, screen.two_theta, **how)


def _some(rows: NDArray[np.intp], at_most: int) -> NDArray[np.intp]:
    """Return some rows, evenly chosen."""
    return rows[np.linspace(0, len(rows) - 1, min(len(rows), at_most)).astype(int)]
