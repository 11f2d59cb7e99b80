"""Average linkage of pair probabilities, with the corrections of a person imposed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from .known_pairs import impose, keep_apart


def average_linkage(
    probability: NDArray[np.floating],
    same: NDArray[np.intp] | None = None,
    different: NDArray[np.intp] | None = None,
    forms: NDArray[np.intp] | None = None,
) -> NDArray[np.float64]:
    """Return SciPy's linkage of patterns by 1 - the mean pair probability.

    Parameters
    ----------
    probability : ndarray of shape (n_patterns, n_patterns)
        That two patterns are one form.
    same, different : ndarray of shape (n_pairs, 2), optional
        Pairs known to be one form, or not.
    forms : ndarray of shape (n_patterns,), optional
        Known forms: patterns of two of them are never in one group; -1 where none is known.

    Returns
    -------
    ndarray of shape (n_patterns - 1, 4)

    Raises
    ------
    ValueError
        If a pair is said to be different that other pairs make the same.
    """
    distance = 1 - (probability + probability.T) / 2
    if same is not None or different is not None:
        impose(distance, same, different)
    if forms is not None:
        keep_apart(distance, forms)
    return linkage(distance[np.triu_indices(len(distance), k=1)], method="average")


def cut(tree: NDArray[np.float64], min_probability: float, smallest: int = 2) -> NDArray[np.intp]:
    """Return groups whose mean pair probability is at least `min_probability`, the largest first.

    Parameters
    ----------
    tree : ndarray of shape (n_patterns - 1, 4)
        As from `average_linkage`.
    min_probability : float
    smallest : int, default=2
        Groups of fewer patterns get the label -1.

    Returns
    -------
    ndarray of shape (n_patterns,)
    """
    labels = fcluster(tree, 1 - min_probability, criterion="distance") - 1
    return number_by_size(np.asarray(labels, dtype=np.intp), smallest)


def number_by_size(labels: NDArray[np.intp], smallest: int = 2) -> NDArray[np.intp]:
    """Return the labels numbered from the largest group; -1 stays, and goes to small groups.

    Examples
    --------
    >>> number_by_size(np.array([5, 7, 7, -1]))
    array([-1,  0,  0, -1])
    """
    found, first, counts = np.unique(labels, return_index=True, return_counts=True)
    keep = (found >= 0) & (counts >= smallest)
    order = np.lexsort((first[keep], -counts[keep]))
    new = np.full(len(found), -1)
    new[np.flatnonzero(keep)[order]] = np.arange(keep.sum())
    return new[np.searchsorted(found, labels)].astype(np.intp)


def members_of_groups(labels: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Return the rows of each group.

    Examples
    --------
    >>> [rows.tolist() for rows in members_of_groups(np.array([1, 0, -1, 0]))]
    [[1, 3], [0]]
    """
    return [np.flatnonzero(labels == group) for group in range(labels.max(initial=-1) + 1)]
