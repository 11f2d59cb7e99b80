"""Screens too large for a matrix of all pairs, sorted portion by portion."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from .grouping import average_linkage, cut, number_by_size

Probability = Callable[[NDArray[np.intp], NDArray[np.intp] | None], NDArray[np.floating]]
"""From row numbers, and others or None for the same, to the matrix of pair probabilities."""

# Members of a group that later patterns are compared with: as many as settle a mean of
# probabilities to a tenth.
_N_DELEGATES = 12


def sort_in_portions(
    portions: Iterable[NDArray[np.intp]],
    probability: Probability,
    threshold: float,
    n_patterns: int,
) -> tuple[NDArray[np.intp], list[NDArray[np.intp]]]:
    """Sort patterns so that never more than a portion of them is compared with all others.

    The first portion is sorted by average linkage. Patterns of later ones join the group whose
    delegates are, in the mean, most probably the same form, if that mean reaches the threshold;
    those that join none are sorted among themselves, and with those left over from portions before.
    At the end, groups whose delegates belong together are merged.

    Parameters
    ----------
    portions : iterable of ndarray
        Row numbers.
    probability : callable
    threshold : float
        Mean probability from which patterns belong together.
    n_patterns : int

    Returns
    -------
    labels : ndarray of shape (n_patterns,)
        Groups, 0 the largest; -1 for patterns of no group.
    delegates : list of ndarray
        Row numbers of the members of each group that stood for it.
    """
    labels = np.full(n_patterns, -1, dtype=np.intp)
    delegates: list[NDArray[np.intp]] = []
    left_over = np.empty(0, dtype=np.intp)
    for rows in portions:
        alone = _join(rows, delegates, labels, probability, threshold)
        # those left over for long enough belong nowhere, and make room
        left_over = np.concatenate([left_over, alone])[-max(len(rows), len(alone)) :]
        if len(left_over) < 2:
            continue
        found = cut(average_linkage(probability(left_over, None)), threshold)
        for group in range(found.max() + 1):
            members = left_over[found == group]
            labels[members] = len(delegates)
            delegates.append(_spread(members))
        left_over = left_over[found < 0]
        _join(left_over, delegates, labels, probability, threshold)
        left_over = left_over[labels[left_over] < 0]
    return _merged(labels, delegates, probability, threshold)


def mean_probability(
    rows: NDArray[np.intp], delegates: list[NDArray[np.intp]], probability: Probability
) -> NDArray[np.floating]:
    """Return the mean probability of each row with the delegates of each group."""
    starts = np.cumsum([0, *map(len, delegates[:-1])])
    with_all = probability(rows, np.concatenate(delegates))
    return np.add.reduceat(with_all, starts, axis=1) / [len(group) for group in delegates]


def _join(
    rows: NDArray[np.intp],
    delegates: list[NDArray[np.intp]],
    labels: NDArray[np.intp],
    probability: Probability,
    threshold: float,
) -> NDArray[np.intp]:
    """Label the rows that belong to a group; return the others."""
    if not delegates or not len(rows):
        return rows
    mean = mean_probability(rows, delegates, probability)
    joins = mean.max(axis=1) >= threshold
    labels[rows[joins]] = mean[joins].argmax(axis=1)
    return rows[~joins]


def _merged(
    labels: NDArray[np.intp],
    delegates: list[NDArray[np.intp]],
    probability: Probability,
    threshold: float,
) -> tuple[NDArray[np.intp], list[NDArray[np.intp]]]:
    if not delegates:
        return labels, delegates
    part_of = np.arange(len(delegates))
    if len(delegates) > 1:
        between = [mean_probability(group, delegates, probability).mean(0) for group in delegates]
        part_of = cut(average_linkage(np.array(between)), threshold, smallest=1)
    member = labels >= 0
    merged = np.where(member, part_of[labels], -1)
    numbered = number_by_size(merged)
    new = [_spread(np.flatnonzero(numbered == group)) for group in range(numbered.max() + 1)]
    return numbered, new


def _spread(members: NDArray[np.intp]) -> NDArray[np.intp]:
    chosen = np.linspace(0, len(members) - 1, min(len(members), _N_DELEGATES)).astype(np.intp)
    return members[chosen]
