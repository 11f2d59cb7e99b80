"""Patterns that chains of pairs connect."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def merge_pairs(same: NDArray[np.intp], n_patterns: int) -> NDArray[np.intp]:
    """Return a number for each pattern, equal for patterns that chains of pairs connect.

    Parameters
    ----------
    same : ndarray of shape (n_pairs, 2)
    n_patterns : int

    Returns
    -------
    ndarray of shape (n_patterns,)
        From 0.

    Raises
    ------
    RuntimeError
        If SciPy leaves a pattern without a number.

    Examples
    --------
    >>> merge_pairs(np.array([[0, 2], [2, 3]]), 4)
    array([0, 1, 0, 0])
    """
    # SciPy's compiled code takes 32-bit indices; some versions print an error on others, and go on.
    first, second = np.asarray(same, dtype=np.int32).reshape(-1, 2).T
    graph = coo_array((np.ones(len(first)), (first, second)), shape=(n_patterns, n_patterns))
    n_parts, part = connected_components(graph, directed=False)
    if len(part) != n_patterns or (n_patterns and not 0 <= part.min() <= part.max() < n_parts):
        raise RuntimeError(
            "scipy.sparse.csgraph.connected_components gave numbers that are no parts of the "
            "graph; install another version of SciPy"
        )
    return np.asarray(part, dtype=np.intp)


def first_contradiction(
    part: NDArray[np.intp], different: NDArray[np.intp]
) -> tuple[int, int] | None:
    """Return the first pair that is said to be different but lies in one part, None without any.

    Parameters
    ----------
    part : ndarray of shape (n_patterns,)
        As from `merge_pairs`.
    different : ndarray of shape (n_pairs, 2)

    Returns
    -------
    (int, int) or None

    Examples
    --------
    >>> first_contradiction(np.array([0, 1, 0]), np.array([[0, 1], [0, 2]]))
    (0, 2)
    """
    clash = part[different[:, 0]] == part[different[:, 1]]
    if not clash.any():
        return None
    first, second = different[clash][0].tolist()
    return first, second
