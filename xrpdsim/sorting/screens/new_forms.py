"""Groups and single patterns of a sorted screen that may be new forms."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._measure import measure_of
from ..clusterer import FormClusterer
from ..flags import PatternFlags
from ..mixtures import Explanation
from ..references import ReferenceMatches
from .screen import Screen

# With references, what is more probably none of them than any.
_NONE = 0.5
# Patterns that cover more of the grid than this have enough in common with others.
_SHORT = 0.5


class PossibleNewForm(NamedTuple):
    """A group, or a single pattern, that may be a form that is not known yet.

    Parameters
    ----------
    group : int
        -1 for a single pattern.
    row : int
        Of the typical pattern, or of the single one.
    n_patterns : int
        Without copies.
    probability : float
        That it matches no reference and, for a single pattern, no group of the screen.

    Examples
    --------
    >>> from xrpdsim.sorting import PossibleNewForm
    >>> PossibleNewForm(group=-1, row=17, n_patterns=1, probability=0.97).probability
    0.97
    """

    group: int
    row: int
    n_patterns: int
    probability: float


def possible_new_forms(
    clusterer: FormClusterer,
    explanations: Mapping[int, Explanation],
    group_forms: Sequence[str | None],
    typical_rows: Sequence[int],
    matches: ReferenceMatches | None,
    not_comparable: Sequence[int] | NDArray[np.intp] = (),
) -> list[PossibleNewForm]:
    """Return what may be new: groups first, then single patterns, the surest first.

    A group is listed if there are references, none of them and no person names it, and its members
    are, in the mean, more probably of no reference than of any. A single pattern is listed unless
    it is more probably of a reference than of none; without references always. By itself it can be
    a bad measurement or an impurity too, which its flags may tell. Not listed are amorphous
    patterns, likely mixtures and groups of them, and patterns that nothing could be compared with.

    Parameters
    ----------
    clusterer : FormClusterer
        Fitted.
    explanations : mapping of int to Explanation
        By row.
    group_forms : sequence of str or None
    typical_rows : sequence of int
    matches : ReferenceMatches or None
        None without references.
    not_comparable : sequence of int, optional
        As `not_comparable` returns them.

    Returns
    -------
    list of PossibleNewForm
    """
    mixed = np.zeros(len(clusterer.labels_), dtype=bool)
    mixed[[row for row, found in explanations.items() if found.mixed]] = True
    pure = ~mixed & (clusterer.copy_of_ < 0)
    pure[list(not_comparable)] = False
    no_reference = np.ones(len(mixed)) if matches is None else matches.probabilities[:, -1]
    groups = []
    for group, typical in enumerate(typical_rows):
        members = np.flatnonzero(pure & (clusterer.labels_ == group))
        if matches is None or group_forms[group] is not None or mixed[typical] or not len(members):
            continue
        probability = float(no_reference[members].mean())
        if probability > _NONE:
            groups.append(PossibleNewForm(group, int(typical), len(members), probability))
    single = (clusterer.labels_ < 0) & ~clusterer.amorphous_
    alone = np.flatnonzero(pure & single & (no_reference > _NONE))
    no_group = (1 - clusterer.next_probabilities_) * no_reference
    singles = [PossibleNewForm(-1, row, 1, float(no_group[row])) for row in alone.tolist()]
    return [
        found
        for some in (groups, singles)
        for found in sorted(some, key=lambda form: -form.probability)
    ]


def not_comparable(
    screen: Screen, clusterer: FormClusterer, flags: PatternFlags
) -> NDArray[np.intp]:
    """Return the patterns in no group that have too little of the range in common with any other.

    Parameters
    ----------
    screen : Screen
    clusterer : FormClusterer
        Fitted.
    flags : PatternFlags

    Returns
    -------
    ndarray of shape (n_not_comparable,)
        Row numbers.
    """
    single = (clusterer.labels_ < 0) & ~clusterer.amorphous_ & (clusterer.copy_of_ < 0)
    rows = np.flatnonzero(single & (flags.coverage < _SHORT))
    if not len(rows):
        return rows
    others = np.union1d(np.flatnonzero(single), clusterer.typical_indices_)
    measure, _ = measure_of(clusterer.similarity_, screen.two_theta, screen.X)
    with warnings.catch_warnings():
        # that pairs have no score was said when the screen was sorted
        warnings.simplefilter("ignore", UserWarning)
        score, _ = measure.by_first_look().with_scores(screen.X[rows], screen.X[others])
    score[rows[:, None] == others] = -np.inf
    return rows[np.isneginf(score).all(axis=1)]
