"""Groups of a sorted screen that may be two forms."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ...clusterer import FormClusterer
from ...flags import PatternFlags
from ...grouping import mean_between, merge_pairs, surely_one
from ...mixtures import Explanation
from ...two_parts import TwoParts, find_two_parts
from ..screen import Screen

Rows = NDArray[np.intp]

# The largest groups, and of each so many members: a group takes a tenth of a second.
_MOST_GROUPS = 100
_MOST_MEMBERS = 500


def parts_of_groups(
    screen: Screen,
    clusterer: FormClusterer,
    flags: PatternFlags,
    explanations: Mapping[int, Explanation],
) -> dict[int, TwoParts]:
    """Return the groups whose patterns fall into two parts, as `find_two_parts` finds them.

    Likely mixtures, copies and patterns with hardly any lines are in neither part. A group is left
    as it is where its parts are surely one form by their pairs, as textured samples of one form
    are, or where a person said of patterns of both parts that they are the same. Of the hundred
    largest groups, 500 members each are looked at.

    Parameters
    ----------
    screen : Screen
    clusterer : FormClusterer
        Fitted to it.
    flags : PatternFlags
    explanations : mapping of int to Explanation
        By row.

    Returns
    -------
    dict of int to TwoParts
        By group; rows are those of the screen.
    """
    aside = flags.amorphous | (clusterer.copy_of_ >= 0)
    aside[[row for row, found in explanations.items() if found.mixed]] = True
    known = merge_pairs(clusterer.known_same_, len(aside))
    found: dict[int, TwoParts] = {}
    for group in range(min(len(clusterer.typical_indices_), _MOST_GROUPS)):
        members = np.flatnonzero((clusterer.labels_ == group) & ~aside)
        places = np.linspace(0, len(members) - 1, min(len(members), _MOST_MEMBERS))
        members = members[places.astype(np.intp)]
        parts = find_two_parts(screen.X[members], two_theta=screen.two_theta)
        if parts is None:
            continue
        parts = parts.among(members)
        first, second = parts.rows
        one = _between(clusterer, first, second) >= surely_one(clusterer.min_probability)
        if one or np.intersect1d(known[first], known[second]).size:
            continue
        found[group] = parts
    return found


def _between(clusterer: FormClusterer, first: Rows, second: Rows) -> float:
    """Return the mean probability between two parts, as far as it is known; else 0."""
    mapped = clusterer.mapped_indices_
    a, b = (np.flatnonzero(np.isin(mapped, rows)) for rows in (first, second))
    if not len(a) or not len(b):
        return 0.0
    return mean_between(clusterer.pair_probabilities_, a, b)
