"""What an answer about two patterns says of the groups that they are in."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .group_fit import GroupFit
from .known_pairs import merge_pairs
from .linkage import members_of_groups, number_by_size
from .pair_probabilities import Rows

_TOLD = 0.9
"""Mean probability between patterns that an answer makes one form."""


class Told(NamedTuple):
    """What answers say of whole groups.

    Parameters
    ----------
    groups : ndarray of shape (n_pairs, 2)
        Pairs of groups that are one form.
    members : ndarray of shape (n_members, 2)
        Patterns, and the group that each belongs to.
    """

    groups: NDArray[np.intp]
    members: NDArray[np.intp]


def told_by_answers(
    labels: Rows,
    fit: GroupFit,
    same: NDArray[np.intp],
    different: NDArray[np.intp],
    min_probability: float,
) -> Told:
    """Return what answers about patterns say of their groups.

    Whoever says that two patterns are one form says it of their groups as well, where both
    patterns fit their own groups. One that fits no group belongs to that of the other; of two
    such, the one that fits its group better decides. Groups with an answer "different" between them
    stay two.

    Parameters
    ----------
    labels : ndarray of shape (n_patterns,)
        Groups without the pairs that are the same.
    fit : GroupFit
        For these labels.
    same, different : ndarray of shape (n_pairs, 2)
        What was answered.
    min_probability : float
        Mean probability from which a pattern fits its group.

    Returns
    -------
    Told

    Examples
    --------
    >>> labels, rows = np.array([0, 0, 0, 1, 1, 1]), np.zeros(6, dtype=int)
    >>> fit = GroupFit(np.array([0.9, 0.8, 0.3, 0.9, 0.9, 0.9]), np.array([0, 3]), rows, rows)
    >>> nothing = np.empty((0, 2), dtype=int)
    >>> told_by_answers(labels, fit, np.array([[0, 4]]), nothing, min_probability=0.5).groups
    array([[0, 1]])
    >>> told_by_answers(labels, fit, np.array([[2, 4]]), nothing, min_probability=0.5).members
    array([[2, 1]])
    """
    fits = (labels >= 0) & (fit.probabilities >= min_probability)
    apart = {frozenset(pair) for pair in labels[different].tolist()}
    part = merge_pairs(same, len(labels))
    groups, members = [], []
    for number in np.unique(part[same]):
        rows = np.flatnonzero(part == number)
        speaking = fits[rows]
        if not speaking.any():
            # a member that fits badly still knows its group better than a pattern in none
            speaking = (labels[rows] >= 0) & (rows == rows[fit.probabilities[rows].argmax()])
        own = np.unique(labels[rows[speaking]]).tolist()
        groups += list(pairwise(own))
        others = rows[~speaking].tolist()
        members += [
            (row, own[0]) for row in others if own and not _is_apart(row, own[0], labels, different)
        ]
    chain = merge_pairs(np.array(groups, dtype=np.intp).reshape(-1, 2), labels.max(initial=-1) + 1)
    one = [
        pair
        for pair in combinations(range(len(chain)), 2)
        if chain[pair[0]] == chain[pair[1]] and frozenset(pair) not in apart
    ]
    return Told(*(np.array(each, dtype=np.intp).reshape(-1, 2) for each in (one, members)))


def _is_apart(row: int, group: int, labels: Rows, different: NDArray[np.intp]) -> bool:
    """Whether a person said that a pattern is another form than one of a group."""
    other = np.concatenate(
        [different[different[:, 0] == row, 1], different[different[:, 1] == row, 0]]
    )
    return bool((labels[other] == group).any())


def with_answers(probability: NDArray[np.float64], labels: Rows, told: Told) -> NDArray[np.float64]:
    """Return probabilities of pairs that are high where answers make groups one.

    Parameters
    ----------
    probability : ndarray of shape (n_patterns, n_patterns)
    labels : ndarray of shape (n_patterns,)
        Those that `told` is of.
    told : Told

    Returns
    -------
    ndarray of shape (n_patterns, n_patterns)
    """
    moved = probability.copy()
    members = members_of_groups(labels)
    for a, b in told.groups:
        set_mean(moved, members[a], members[b], _TOLD)
    for row, group in told.members:
        set_mean(moved, np.array([row]), members[group][members[group] != row], _TOLD)
    return moved


def labels_with_answers(
    labels: Rows, told: Told, same: NDArray[np.intp], different: NDArray[np.intp]
) -> Rows:
    """Return groups after answers, where there is no matrix to sort by again.

    Parameters
    ----------
    labels : ndarray of shape (n_patterns,)
        Groups without the pairs that are the same; `told` is of these.
    told : Told
    same, different : ndarray of shape (n_pairs, 2)
        What was answered.

    Returns
    -------
    ndarray of shape (n_patterns,)
        Numbered by size.
    """
    found = labels.copy()
    for a, b in told.groups.tolist():
        found[labels == b] = found[labels == a][0]
    part = merge_pairs(same, len(labels))
    for number in np.unique(part[same]):
        rows = np.flatnonzero(part == number)
        homes = found[np.setdiff1d(rows, told.members[:, 0])]
        homes = homes[homes >= 0]
        found[rows] = -1
        mine = different[np.isin(different, rows).any(axis=1)]
        stay = len(homes) and not (found[mine] == homes[0]).any()
        found[rows] = homes[0] if stay else found.max(initial=-1) + 1
    return number_by_size(found)


def mean_between(probability: NDArray[np.floating], a: Rows, b: Rows) -> float:
    """Return the mean probability between two sets of rows, both ways."""
    return float((probability[np.ix_(a, b)].mean() + probability[np.ix_(b, a)].mean()) / 2)


def set_mean(probability: NDArray[np.floating], a: Rows, b: Rows, wanted: float) -> None:
    """Move the probabilities between two sets of rows to a mean, in place, within 0 to 1."""
    mean = mean_between(probability, a, b)
    for rows, columns in ((a, b), (b, a)):
        where = np.ix_(rows, columns)
        if wanted < mean:
            probability[where] *= wanted / mean
        else:
            probability[where] = 1 - (1 - probability[where]) * (1 - wanted) / (1 - mean)
