"""Which pairs of patterns a person should judge, so that the groups change most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ..two_parts import MIN_SEPARATION, TwoParts, find_two_parts
from .answers import mean_between
from .joining import SMALL
from .linkage import members_of_groups
from .pair_probabilities import Rows
from .whole_groups import surely_one

# How often each kind of doubt turned out to be an error, on screens of
# benchmarks/simulated_screens.py; see docs/appendices/sorting_figures.rst.
_SMALL_GROUP, _OUTSIDE = 0.15, 0.2
_MISFIT = ((0.3, 0.3), (0.5, 0.1), (0.8, 0.01))
"""Below these mean probabilities a member is another form so often."""

_LEAST = 0.02
_TWO_FORMS, _PERHAPS_TWO, _LEAST_SEPARATION = 0.5, 0.1, 6.0
"""Groups whose parts stand apart are two forms so often: at `MIN_SEPARATION`, and below it."""

Doubt = tuple[float, int, int]
"""Pairs that an answer is expected to change, and the two rows to be asked about."""


def pairs_to_ask(
    probability: NDArray[np.floating],
    labels: Rows,
    typical: Rows,
    same: NDArray[np.intp],
    different: NDArray[np.intp],
    n: int,
    parts: Sequence[TwoParts] = (),
) -> NDArray[np.intp]:
    """Return the pairs whose answers are expected to change most.

    What an answer changes are pairs that are in one group or in two: those between two groups that
    may be one, between a pattern and the group that it may belong to, between the two parts of a
    group. Each counts with the probability that it is wrong now.

    Parameters
    ----------
    probability : ndarray of shape (n_patterns, n_patterns)
        Of the patterns that are sorted.
    labels : ndarray of shape (n_patterns,)
        -1 for those in no group.
    typical : ndarray of shape (n_groups,)
        The row of the typical pattern of each group.
    same, different : ndarray of shape (n_pairs, 2)
        What was answered already: neither these pairs are asked about again, nor groups of which
        one pair was.
    n : int
    parts : sequence of TwoParts
        Of groups that may be two forms.

    Returns
    -------
    ndarray of shape (at most n, 2)
        The most consequential first. Each pattern that is no typical one is in one pair.

    Examples
    --------
    >>> probability = np.full((6, 6), 0.9)
    >>> probability[:3, 3:] = probability[3:, :3] = 0.4
    >>> nothing = np.empty((0, 2), dtype=int)
    >>> labels, typical = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 4])
    >>> pairs_to_ask(probability, labels, typical, nothing, nothing, n=5)
    array([[0, 4]])
    """
    probability = (probability + probability.T) / 2
    members = members_of_groups(labels)
    mean = np.column_stack(
        [probability[:, rows].mean(axis=1) for rows in members] or [np.empty((len(labels), 0))]
    )
    asked = {frozenset(pair) for pair in np.concatenate([same, different]).tolist()}
    apart = {frozenset(pair) for pair in labels[different].tolist()}
    settled = set(same.ravel().tolist())
    doubts = [
        *_between_groups(mean, members, typical, apart),
        *_outside(mean, members, labels, typical),
        *_misfits(mean, members, typical),
        *_parts(parts),
    ]
    once = set(typical.tolist())
    chosen = []
    for _, first, second in sorted(doubts, key=lambda doubt: -doubt[0]):
        seen = {first, second} - once
        if frozenset((first, second)) in asked or any(row in settled for row in seen):
            continue
        chosen.append((first, second))
        settled |= seen
        asked.add(frozenset((first, second)))
    return np.array(chosen[:n], dtype=np.intp).reshape(-1, 2)


def parts_in_doubt(
    X: NDArray[np.floating],
    two_theta: NDArray[np.float64] | None,
    probability: NDArray[np.floating],
    labels: Rows,
    min_probability: float,
) -> list[TwoParts]:
    """Return the parts of groups that may be two forms.

    Parameters
    ----------
    X : ndarray of shape (n_patterns, n_points)
    two_theta : ndarray of shape (n_points,) or None
    probability : ndarray of shape (n_patterns, n_patterns)
    labels : ndarray of shape (n_patterns,)
    min_probability : float
        Mean probability from which groups are one.

    Returns
    -------
    list of TwoParts
        Their rows are rows of `X`.
    """
    found = []
    for members in members_of_groups(labels):
        parts = find_two_parts(X[members], two_theta=two_theta, min_separation=_LEAST_SEPARATION)
        if parts is None:
            continue
        parts = parts.among(members)
        if mean_between(probability, *parts.rows) < surely_one(min_probability):
            found.append(parts)
    return found


def _between_groups(
    mean: NDArray[np.float64], members: list[Rows], typical: Rows, apart: set[frozenset[int]]
) -> Iterator[Doubt]:
    for a, b in combinations(range(len(members)), 2):
        between = float(mean[members[a], b].mean())
        if between < _LEAST or frozenset((a, b)) in apart:
            continue
        small = min(len(members[a]), len(members[b])) <= SMALL
        chance = _SMALL_GROUP if small else between**2
        yield chance * len(members[a]) * len(members[b]), int(typical[a]), int(typical[b])


def _outside(
    mean: NDArray[np.float64], members: list[Rows], labels: Rows, typical: Rows
) -> Iterator[Doubt]:
    if not members:
        return
    for row in np.flatnonzero(labels < 0).tolist():
        group = int(mean[row].argmax())
        if mean[row, group] >= _LEAST:
            yield _OUTSIDE * len(members[group]), row, int(typical[group])


def _misfits(mean: NDArray[np.float64], members: list[Rows], typical: Rows) -> Iterator[Doubt]:
    for group, rows in enumerate(members):
        for row in rows.tolist():
            if row == typical[group]:
                continue
            chance = next((share for below, share in _MISFIT if mean[row, group] < below), 0.0)
            if chance:
                yield chance * len(rows), row, int(typical[group])


def _parts(parts: Sequence[TwoParts]) -> Iterator[Doubt]:
    for each in parts:
        chance = _TWO_FORMS if each.separation >= MIN_SEPARATION else _PERHAPS_TWO
        first, second = each.typical
        yield chance * len(each.rows[0]) * len(each.rows[1]), first, second
