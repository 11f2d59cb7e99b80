"""Single patterns, pairs and patterns set aside that join larger groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .group_fit import GroupFit
from .linkage import number_by_size
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
