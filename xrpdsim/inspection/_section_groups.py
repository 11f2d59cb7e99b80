"""Groups of a sorted screen in the report: stacked patterns."""

from __future__ import annotations

import html

import numpy as np
from numpy.typing import NDArray

from ..sorting.screens.sorted_screen import SortedScreen
from . import _svg
from ._page import note, section
from ._plots import colour_of
from .layout import scaled

# Members drawn behind the medoid of a group, evenly chosen; groups that are drawn, the largest; and
# curves of all: so that pages stay small.
_DRAWN_A_GROUP = 40
_DRAWN_GROUPS = 60
_DRAWN = 600


def groups_section(found: SortedScreen) -> str:
    """Return the patterns of each group, its medoid in front, and those of no group."""
    files, X = found.screen.files, found.screen.X
    n_drawn = min(len(found.group_names), _DRAWN_GROUPS)
    a_group = min(_DRAWN_A_GROUP, _DRAWN // (n_drawn + 1))
    parts = []
    for group, name in enumerate(found.group_names[:n_drawn]):
        members = np.flatnonzero(found.clusterer.labels_ == group)
        medoid = found.medoids[group]
        rows = [*_some(members[members != medoid], a_group).tolist(), medoid]
        drawn = list(zip(scaled(X[rows]), (files[row] for row in rows), strict=True))
        left_out = len(members) - len(drawn)
        parts.append(
            f"<h3>{html.escape(name)}: {len(members)} patterns</h3>"
            + _svg.stack(drawn, found.screen.two_theta, colour_of(group), f"patterns of {name}")
            + note(
                f"In front: {files[medoid]}."
                + (f" {left_out} more members are not drawn." if left_out else "")
            )
        )
    if len(found.group_names) > _DRAWN_GROUPS:
        parts.append(note(f"{len(found.group_names) - _DRAWN_GROUPS} smaller groups not drawn."))
    outside = np.flatnonzero(found.clusterer.labels_ < 0)
    if len(outside):
        rows = _some(outside, a_group).tolist()
        drawn = list(zip(scaled(X[rows]), (files[row] for row in rows), strict=True))
        parts.append(
            f"<h3>In no group: {len(outside)} patterns</h3>"
            + _svg.stack(
                drawn, found.screen.two_theta, colour_of(-1), "patterns that belong to no group"
            )
        )
    return section("Groups", *parts)


def _some(rows: NDArray[np.intp], at_most: int) -> NDArray[np.intp]:
    return rows[np.linspace(0, len(rows) - 1, min(len(rows), at_most)).astype(int)]
