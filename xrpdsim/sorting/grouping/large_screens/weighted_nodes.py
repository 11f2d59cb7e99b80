"""Average linkage of nodes that stand for many patterns each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..known_pairs import impose, merge_pairs


def link_nodes(
    distance: NDArray[np.floating],
    sizes: NDArray[np.integer],
    min_probability: float,
    same: NDArray[np.intp] | None = None,
    different: NDArray[np.intp] | None = None,
) -> NDArray[np.intp]:
    """Return the groups that average linkage makes of nodes that stand for many patterns each.

    A node weighs as many patterns as it stands for, which SciPy's `linkage` does not do. Nearest
    neighbours are followed in chains until two are each other's: F. Murtagh, Computer Journal 26
    (1983) 354-359. A node with no neighbour within the cut is finished: means of distances are
    never below the smallest of them.

    Parameters
    ----------
    distance : ndarray of shape (n_nodes, n_nodes)
        1 - mean probability that patterns of two nodes are one form; symmetric. It is overwritten.
    sizes : ndarray of shape (n_nodes,)
        Patterns of each node.
    min_probability : float
        Mean probability from which nodes are one group.
    same, different : ndarray of shape (n_pairs, 2), optional
        Pairs of nodes known to be one form, or not.

    Returns
    -------
    ndarray of shape (n_nodes,)
        A number for each group.

    Examples
    --------
    >>> distance = np.array([[0.0, 0.1, 0.7], [0.1, 0.0, 0.2], [0.7, 0.2, 0.0]])
    >>> link_nodes(distance.copy(), [1, 1, 1], 0.5), link_nodes(distance, [1, 9, 1], 0.5)
    (array([0, 0, 0]), array([0, 0, 0]))
    """
    impose(distance, same, different)
    np.fill_diagonal(distance, np.inf)
    weight = np.asarray(sizes, dtype=np.float64).copy()
    merged: list[tuple[int, int]] = []
    waiting = set(range(len(distance)))
    chain: list[int] = []
    while waiting:
        if not chain:
            chain = [min(waiting)]
        last = chain[-1]
        nearest = int(distance[last].argmin())
        if len(chain) > 1 and distance[last, chain[-2]] <= distance[last, nearest]:
            nearest = chain[-2]
        if distance[last, nearest] > 1 - min_probability:
            gone = chain.pop()
        elif len(chain) > 1 and nearest == chain[-2]:
            gone = chain.pop()
            kept = chain.pop()
            merged.append((kept, gone))
            total = weight[kept] + weight[gone]
            mean = (weight[kept] * distance[kept] + weight[gone] * distance[gone]) / total
            distance[kept] = distance[:, kept] = mean
            distance[kept, kept] = np.inf
            weight[kept] = total
        else:
            chain.append(nearest)
            continue
        waiting.remove(gone)
        distance[gone] = distance[:, gone] = np.inf
    return merge_pairs(np.array(merged, dtype=np.intp).reshape(-1, 2), len(distance))
