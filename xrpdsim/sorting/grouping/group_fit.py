"""How well patterns fit the groups that were found."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .large_screens import MOST_PROBABILITIES, N_REPRESENTATIVES, mean_probability, spread
from .linkage import members_of_groups
from .pair_probabilities import PairProbabilities, Rows, Track, blocks_of


class GroupFit(NamedTuple):
    """How well patterns fit their groups.

    Parameters
    ----------
    probabilities : ndarray of shape (n_patterns,)
        Mean with members of the own group; 0 outside groups.
    typical_indices : ndarray of shape (n_groups,)
        The member of each group with the highest of them, if possible one with clear lines.
    next_groups, next_probabilities : ndarray of shape (n_patterns,)
        The group that fits best after the own one, and the mean with its members; -1 and 0 where
        there is none.
    """

    probabilities: NDArray[np.float64]
    typical_indices: Rows
    next_groups: Rows
    next_probabilities: NDArray[np.float64]


def fit_to_representatives(
    source: PairProbabilities,
    labels: NDArray[np.intp],
    amorphous: NDArray[np.bool_],
    block: int,
    track: Track,
) -> GroupFit:
    """Return how well patterns fit their groups, by the mean with some members of each.

    Parameters
    ----------
    source : PairProbabilities
    labels : ndarray of shape (n_patterns,)
    amorphous : ndarray of shape (n_patterns,), bool
        What looks amorphous.
    block : int
        Patterns that are treated together.
    track : callable

    Returns
    -------
    GroupFit
    """
    found = _no_fit_yet(labels)
    n_groups = len(found.typical_indices)
    if not n_groups:
        return found
    representatives = [spread(rows, N_REPRESENTATIVES) for rows in members_of_groups(labels)]
    at_once = max(1, min(block, MOST_PROBABILITIES // (N_REPRESENTATIVES * n_groups)))
    for some in track(blocks_of(np.arange(len(labels)), at_once), "rating"):
        mean = mean_probability(some, representatives, source)
        inside = np.flatnonzero(labels[some] >= 0)
        found.probabilities[some[inside]] = mean[inside, labels[some[inside]]]
        _find_next(found, some, mean, labels)
    for group, members_asked in enumerate(representatives):
        # a pattern says nothing about itself
        matrix = source.probability(members_asked)
        mean = (matrix.sum(axis=1) - matrix.diagonal()) / (len(members_asked) - 1)
        found.probabilities[members_asked] = mean
        members = np.flatnonzero(labels == group)
        found.typical_indices[group] = _typical(members, found.probabilities[members], amorphous)
    return found


def fit_to_all_members(
    probability: NDArray[np.floating], labels: NDArray[np.intp], amorphous: NDArray[np.bool_]
) -> GroupFit:
    """Return how well patterns fit their groups, by the mean with all members of each.

    Parameters
    ----------
    probability : ndarray of shape (n_patterns, n_patterns)
    labels : ndarray of shape (n_patterns,)
    amorphous : ndarray of shape (n_patterns,), bool
        What looks amorphous.

    Returns
    -------
    GroupFit
    """
    found = _no_fit_yet(labels)
    groups = range(len(found.typical_indices))
    if not groups:
        return found
    mean = np.empty((len(labels), len(groups)))
    for group in groups:
        members = np.flatnonzero(labels == group)
        of_group = probability[:, members]
        mean[:, group] = of_group.mean(axis=1)
        itself = probability[members, members]
        own = (of_group[members].sum(axis=1) - itself) / (len(members) - 1)
        found.probabilities[members] = own
        found.typical_indices[group] = _typical(members, own, amorphous)
    _find_next(found, np.arange(len(labels)), mean, labels)
    return found


def _no_fit_yet(labels: NDArray[np.intp]) -> GroupFit:
    return GroupFit(
        np.zeros(len(labels)),
        np.zeros(labels.max(initial=-1) + 1, dtype=np.intp),
        np.full(len(labels), -1, dtype=np.intp),
        np.zeros(len(labels)),
    )


def _typical(members: Rows, own: NDArray[np.float64], amorphous: NDArray[np.bool_]) -> int:
    """Return the member that fits best; one that looks amorphous only if all do."""
    return int(members[(own - amorphous[members]).argmax()])


def _find_next(
    found: GroupFit, rows: Rows, mean: NDArray[np.floating], labels: NDArray[np.intp]
) -> None:
    """Fill in the best group that is not the own one; `mean` is overwritten."""
    inside = np.flatnonzero(labels[rows] >= 0)
    mean[inside, labels[rows[inside]]] = -1
    found.next_groups[rows] = np.where(mean.max(axis=1) >= 0, mean.argmax(axis=1), -1)
    found.next_probabilities[rows] = np.maximum(mean.max(axis=1), 0)
