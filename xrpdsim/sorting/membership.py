"""How well patterns fit the groups that were found, and which patterns stand for a screen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .grouping import number_by_size
from .pair_source import PairSource, Rows, Track, blocks_of
from .portions import MOST_PROBABILITIES, N_DELEGATES, mean_probability, spread

# Groups of as many patterns join larger ones at this part of the threshold; set by
# benchmarks/calibrate_sorting.py.
SMALL = 2
FOR_SMALL_GROUPS = 0.6


class Membership(NamedTuple):
    """How well patterns fit their groups.

    Parameters
    ----------
    probabilities : ndarray of shape (n_patterns,)
        Mean with members of the own group; 0 outside groups.
    medoid_indices : ndarray of shape (n_groups,)
    next_groups, next_probabilities : ndarray of shape (n_patterns,)
        The group that fits best after the own one, and the mean with its members; -1 and 0 where
        there is none.
    """

    probabilities: NDArray[np.float64]
    medoid_indices: Rows
    next_groups: Rows
    next_probabilities: NDArray[np.float64]


def describe_by_delegates(
    source: PairSource,
    labels: NDArray[np.intp],
    block: int,
    track: Track,
) -> Membership:
    """Return how well patterns fit their groups, by the mean with some members of each.

    Parameters
    ----------
    source : PairSource
    labels : ndarray of shape (n_patterns,)
    block : int
        Patterns that are treated together.
    track : callable

    Returns
    -------
    Membership
    """
    found = _nothing_yet(labels)
    n_groups = len(found.medoid_indices)
    if not n_groups:
        return found
    delegates = [spread(np.flatnonzero(labels == g), N_DELEGATES) for g in range(n_groups)]
    at_once = max(1, min(block, MOST_PROBABILITIES // (N_DELEGATES * n_groups)))
    for some in track(blocks_of(np.arange(len(labels)), at_once), "describing"):
        mean = mean_probability(some, delegates, source)
        inside = np.flatnonzero(labels[some] >= 0)
        found.probabilities[some[inside]] = mean[inside, labels[some[inside]]]
        _find_next(found, some, mean, labels)
    for group, speakers in enumerate(delegates):
        # a pattern says nothing about itself
        matrix = source.probability(speakers)
        mean = (matrix.sum(axis=1) - matrix.diagonal()) / (len(speakers) - 1)
        found.probabilities[speakers] = mean
        members = np.flatnonzero(labels == group)
        found.medoid_indices[group] = members[found.probabilities[members].argmax()]
    return found


def describe_by_matrix(probability: NDArray[np.floating], labels: NDArray[np.intp]) -> Membership:
    """Return how well patterns fit their groups, by the mean with all members of each.

    Parameters
    ----------
    probability : ndarray of shape (n_patterns, n_patterns)
    labels : ndarray of shape (n_patterns,)

    Returns
    -------
    Membership
    """
    found = _nothing_yet(labels)
    groups = range(len(found.medoid_indices))
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
        found.medoid_indices[group] = members[own.argmax()]
    _find_next(found, np.arange(len(labels)), mean, labels)
    return found


def take_in(
    labels: NDArray[np.intp],
    found: Membership,
    amorphous: NDArray[np.bool_],
    threshold: float,
    apart: Rows,
) -> NDArray[np.intp]:
    """Return labels after groups took in what belongs to them rather than nowhere.

    A pattern with weak lines over a strong halo looks amorphous by itself: it joins the group that
    it fits at the threshold. Single patterns and pairs join a larger group at 0.6 of the threshold
    already: a sample that was measured badly is more common than a form that was seen once.

    Parameters
    ----------
    labels : ndarray of shape (n_patterns,)
    found : Membership
        For these labels.
    amorphous : ndarray of shape (n_patterns,), bool
    threshold : float
    apart : ndarray
        Rows of patterns that stay where they are.

    Returns
    -------
    ndarray of shape (n_patterns,)
        Numbered by size again.
    """
    sizes = np.bincount(labels[labels >= 0], minlength=len(found.medoid_indices))
    larger = found.next_groups >= 0
    larger[larger] = sizes[found.next_groups[larger]] > SMALL
    needed = np.where(amorphous, threshold, FOR_SMALL_GROUPS * threshold)
    joins = larger & (labels < 0) & (found.next_probabilities >= needed)
    for group in np.flatnonzero(sizes <= SMALL):
        members = np.flatnonzero(labels == group)
        joins[members] = (
            larger[members].all()
            and len(np.unique(found.next_groups[members])) == 1
            and found.next_probabilities[members].mean() >= FOR_SMALL_GROUPS * threshold
            and not np.isin(members, apart).any()
        )
    joins[apart] = False
    return number_by_size(np.where(joins, found.next_groups, labels))


def sample_of(labels: NDArray[np.intp], medoids: Rows, rows: Rows, at_most: int) -> Rows:
    """Return rows that stand for a screen: medoids first of all, then every group by its size.

    Parameters
    ----------
    labels : ndarray of shape (n_patterns,)
    medoids : ndarray of shape (n_groups,)
    rows : ndarray
        To choose from.
    at_most : int

    Returns
    -------
    ndarray
        Ascending.
    """
    if len(rows) <= at_most:
        return rows
    chosen = medoids[: at_most // 2]
    others = np.setdiff1d(rows, chosen)
    others = others[np.argsort(labels[others], kind="stable")]
    return np.sort(np.concatenate([chosen, spread(others, at_most - len(chosen))]))


def _nothing_yet(labels: NDArray[np.intp]) -> Membership:
    return Membership(
        np.zeros(len(labels)),
        np.zeros(labels.max(initial=-1) + 1, dtype=np.intp),
        np.full(len(labels), -1, dtype=np.intp),
        np.zeros(len(labels)),
    )


def _find_next(
    found: Membership, rows: Rows, mean: NDArray[np.floating], labels: NDArray[np.intp]
) -> None:
    """Fill in the best group that is not the own one; `mean` is spent."""
    inside = np.flatnonzero(labels[rows] >= 0)
    mean[inside, labels[rows[inside]]] = -1
    found.next_groups[rows] = np.where(mean.max(axis=1) >= 0, mean.argmax(axis=1), -1)
    found.next_probabilities[rows] = np.maximum(mean.max(axis=1), 0)
