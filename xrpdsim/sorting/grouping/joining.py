"""What joins groups: single patterns, pairs, patterns set aside, and patterns that come later."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .group_fit import GroupFit
from .large_screens import N_REPRESENTATIVES, spread
from .linkage import members_of_groups, number_by_size
from .pair_probabilities import Rows

# Groups of as many patterns join larger ones at this part of the probability asked for; set by
# benchmarks/calibrate_sorting.py.
SMALL = 2
FOR_SMALL_GROUPS = 0.6


def join_small_groups(
    labels: NDArray[np.intp],
    found: GroupFit,
    amorphous: NDArray[np.bool_],
    min_probability: float,
    staying: Rows,
    forms: Rows | None = None,
) -> NDArray[np.intp]:
    """Return labels after what is small, or was set aside, joined the groups that it fits.

    A pattern with weak lines over a strong halo looks amorphous by itself: it joins the group that
    it fits at `min_probability`. Single patterns and pairs join a larger group at 0.6 of that
    already: a sample that was measured badly is more common than a form that was seen once.

    Parameters
    ----------
    labels : ndarray of shape (n_patterns,)
    found : GroupFit
        For these labels.
    amorphous : ndarray of shape (n_patterns,), bool
    min_probability : float
    staying : ndarray
        Rows of patterns that stay where they are: those that corrections name, and copies.
    forms : ndarray of shape (n_patterns,), optional
        The known form of each pattern, -1 where there is none: a pattern joins no group of another
        one.

    Returns
    -------
    ndarray of shape (n_patterns,)
        Numbered by size again.
    """
    sizes = np.bincount(labels[labels >= 0], minlength=len(found.typical_indices))
    larger = found.next_groups >= 0
    larger[larger] = sizes[found.next_groups[larger]] > SMALL
    needed = np.where(amorphous, min_probability, FOR_SMALL_GROUPS * min_probability)
    joins = larger & (labels < 0) & (found.next_probabilities >= needed)
    for group in np.flatnonzero(sizes <= SMALL):
        members = np.flatnonzero(labels == group)
        joins[members] = (
            larger[members].all()
            and len(np.unique(found.next_groups[members])) == 1
            and found.next_probabilities[members].mean() >= FOR_SMALL_GROUPS * min_probability
            and not np.isin(members, staying).any()
        )
    joins[staying] = False
    if forms is not None:
        _keep_forms_apart(joins, labels, found.next_groups, forms)
    return number_by_size(np.where(joins, found.next_groups, labels))


def representatives_of(
    labels: NDArray[np.intp], amorphous: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return up to twelve members of each group, evenly chosen.

    Parameters
    ----------
    labels : ndarray of shape (n_patterns,)
        Groups from 0; -1 for patterns of none.
    amorphous : ndarray of shape (n_patterns,), bool
        What looks amorphous, and stands for a group only if all its members do: two halos are
        similar whatever the forms.

    Returns
    -------
    rows, groups : ndarray of shape (n_representatives,)
        By group, ascending.
    """
    groups = members_of_groups(labels)
    with_lines = [members[~amorphous[members]] for members in groups]
    rows = [
        spread(clear if len(clear) else members, N_REPRESENTATIVES)
        for clear, members in zip(with_lines, groups, strict=True)
    ]
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


def _keep_forms_apart(
    joins: NDArray[np.bool_], labels: NDArray[np.intp], next_groups: Rows, forms: Rows
) -> None:
    """Let no pattern join a group of another known form; `joins` is changed in place."""
    for group in np.unique(next_groups[joins]):
        members = np.flatnonzero((labels == group) & ~joins & (forms >= 0))
        joining = np.flatnonzero(joins & (next_groups == group) & (forms >= 0))
        if len(joining):
            form = forms[members[0] if len(members) else joining[0]]
            joins[joining[forms[joining] != form]] = False
