"""Groups of patterns that were measured after a screen was sorted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .joining import FOR_SMALL_GROUPS, SMALL
from .large_screens import N_REPRESENTATIVES, spread
from .linkage import members_of_groups


def representatives_of(labels: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return up to twelve members of each group, evenly chosen.

    Parameters
    ----------
    labels : ndarray of shape (n_patterns,)
        Groups from 0; -1 for patterns of none.

    Returns
    -------
    rows, groups : ndarray of shape (n_representatives,)
        By group, ascending.
    """
    rows = [spread(members, N_REPRESENTATIVES) for members in members_of_groups(labels)]
    chosen = np.concatenate([np.empty(0, dtype=np.intp), *rows])
    return chosen, labels[chosen]


def groups_of_later_patterns(
    probability: NDArray[np.floating],
    group_of: NDArray[np.intp],
    sizes: NDArray[np.intp],
    amorphous: NDArray[np.bool_],
    min_probability: float,
) -> NDArray[np.intp]:
    """Return the group that each later pattern belongs to, -1 for those of none.

    A pattern goes to the group that it fits best, by the same bounds as a single pattern of the
    screen (`join_small_groups`); groups of one or two patterns, and amorphous patterns, need
    `min_probability` in full.

    Parameters
    ----------
    probability : ndarray of shape (n_later, n_members)
        That later patterns and members of groups are one form.
    group_of : ndarray of shape (n_members,)
        The groups of these members, ascending from 0; each has one at least.
    sizes : ndarray of shape (n_groups,)
        Patterns of each group.
    amorphous : ndarray of shape (n_later,), bool
    min_probability : float

    Returns
    -------
    ndarray of shape (n_later,)

    Examples
    --------
    >>> probability = np.array([[0.9, 0.8, 0.1], [0.3, 0.1, 0.4], [0.4, 0.3, 0.0]])
    >>> group_of, sizes = np.array([0, 0, 1]), np.array([5, 2])
    >>> groups_of_later_patterns(probability, group_of, sizes, np.zeros(3, dtype=bool), 0.5)
    array([ 0, -1,  0])
    """
    if not len(sizes):
        return np.full(len(probability), -1, dtype=np.intp)
    starts = np.searchsorted(group_of, np.arange(len(sizes)))
    n_members = np.diff(np.append(starts, len(group_of)))
    mean = np.add.reduceat(probability, starts, axis=1) / n_members
    best = mean.argmax(axis=1)
    easier = (sizes[best] > SMALL) & ~amorphous
    needed = np.where(easier, FOR_SMALL_GROUPS, 1.0) * min_probability
    return np.where(mean[np.arange(len(mean)), best] >= needed, best, -1).astype(np.intp)
