"""Groups from a matrix of pair probabilities: average linkage, with the corrections of a person."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

# A distance that no mean over pairs brings below a threshold: keeps two patterns apart for good.
_NEVER = 1e9


def average_linkage(
    probability: NDArray[np.floating],
    same: NDArray[np.intp] | None = None,
    different: NDArray[np.intp] | None = None,
) -> NDArray[np.float64]:
    """Return SciPy's linkage of patterns by 1 - the mean pair probability.

    Parameters
    ----------
    probability : ndarray of shape (n_patterns, n_patterns)
        That two patterns are one form.
    same, different : ndarray of shape (n_pairs, 2), optional
        Pairs known to be one form, or not.

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
        _impose(distance, same, different)
    return linkage(distance[np.triu_indices(len(distance), k=1)], method="average")


def cut(tree: NDArray[np.float64], threshold: float, smallest: int = 2) -> NDArray[np.intp]:
    """Return groups whose mean pair probability reaches a threshold, the largest first.

    Parameters
    ----------
    tree : ndarray of shape (n_patterns - 1, 4)
        As from `average_linkage`.
    threshold : float
        Probability.
    smallest : int, default=2
        Groups of fewer patterns get the label -1.

    Returns
    -------
    ndarray of shape (n_patterns,)
    """
    labels = fcluster(tree, 1 - threshold, criterion="distance") - 1
    return number_by_size(np.asarray(labels, dtype=np.intp), smallest)


def link_nodes(
    distance: NDArray[np.floating],
    sizes: NDArray[np.integer],
    threshold: float,
    same: NDArray[np.intp] | None = None,
    different: NDArray[np.intp] | None = None,
) -> NDArray[np.intp]:
    """Return the groups that average linkage makes of nodes that stand for many patterns each.

    A node weighs as many patterns as it stands for, which SciPy's `linkage` does not do. Nearest
    neighbours are followed in chains until two are each other's: F. Murtagh, Computer Journal 26
    (1983) 354-359. What is nearest to nothing below the cut is done, since means of distances are
    never below their smallest.

    Parameters
    ----------
    distance : ndarray of shape (n_nodes, n_nodes)
        1 - mean probability that patterns of two nodes are one form; symmetric. It is spent.
    sizes : ndarray of shape (n_nodes,)
        Patterns of each node.
    threshold : float
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
    _impose(distance, same, different)
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
        if distance[last, nearest] > 1 - threshold:
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


def merge_pairs(same: NDArray[np.intp], n_patterns: int) -> NDArray[np.intp]:
    """Return a number for each pattern, equal for patterns that chains of pairs connect."""
    ones = np.ones(len(same))
    graph = coo_array((ones, (same[:, 0], same[:, 1])), shape=(n_patterns, n_patterns))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.intp)


def _impose(
    distance: NDArray[np.floating],
    same: NDArray[np.intp] | None,
    different: NDArray[np.intp] | None,
) -> None:
    part = np.arange(len(distance))
    if same is not None:
        part = merge_pairs(same, len(distance))
        # Nearer than all other patterns can be, so that these are merged before them.
        np.maximum(distance, 1e-9, out=distance)
        distance[part[:, None] == part] = 0
    if different is not None:
        for first, second in different:
            if part[first] == part[second]:
                raise ValueError(
                    f"patterns {first} and {second} are said to be different, but other "
                    "corrections make them the same"
                )
            rows, columns = (
                np.flatnonzero(part == part[first]),
                np.flatnonzero(part == part[second]),
            )
            distance[np.ix_(rows, columns)] = _NEVER
            distance[np.ix_(columns, rows)] = _NEVER
