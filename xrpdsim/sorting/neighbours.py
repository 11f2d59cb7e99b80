"""Large screens made small by joining each pattern to its nearest neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .pair_source import EmbeddedPairs, Rows, Track

_N_NEIGHBOURS = 50
# A tree of more nodes takes longer than all of the neighbours.
_MOST_NODES = 4000
_ROUNDS_UNTIL_THRESHOLD = 5


def join_neighbours(
    source: EmbeddedPairs,
    rows: Rows,
    apart: NDArray[np.bool_],
    threshold: float,
    block: int,
    track: Track,
) -> tuple[Rows, Rows]:
    """Join patterns that are surely one form to nodes, until few enough nodes are left for a tree.

    The pattern whose neighbours are most probably its own form takes those of them that are so
    with a probability of at least halfway between the threshold and 1; then the next one that is
    left, and so on: nodes are stars, which do not grow into chains. While there are too many nodes,
    their centres are joined in the same way, each time at half the distance from the threshold.
    A node whose centre has no neighbour at the threshold is a group by itself.

    Parameters
    ----------
    source : EmbeddedPairs
    rows : ndarray of shape (n_rows,)
        Rows to be sorted.
    apart : ndarray of shape (n_rows,), bool
        Patterns that stay nodes of their own.
    threshold : float
        Mean probability from which patterns belong together.
    block : int
    track : callable

    Returns
    -------
    centre_of : ndarray of shape (n_rows,)
        The row of the centre of each pattern's node.
    open_centres : ndarray
        Rows of the centres of nodes that may belong together.
    """
    centre_of = rows.copy()
    pool, margin, n_rounds = rows, (1 - threshold) / 2, 0
    while len(pool) > 1 and (n_rounds == 0 or len(pool) > _MOST_NODES):
        neighbours, probability = source.nearest(pool, _N_NEIGHBOURS, block, track)
        centre = stars(neighbours, probability, threshold + margin, apart)
        new_centre = np.arange(rows.max() + 1)
        new_centre[pool] = pool[centre]
        centre_of = new_centre[centre_of]
        linked = (probability >= threshold).any(axis=1) | apart
        stay = linked & (centre == np.arange(len(pool)))
        pool, apart = pool[stay], apart[stay]
        n_rounds += 1
        margin = margin / 2 if n_rounds < _ROUNDS_UNTIL_THRESHOLD else 0.0
    return centre_of, pool


def stars(
    neighbours: Rows,
    probability: NDArray[np.floating],
    least: float,
    apart: NDArray[np.bool_],
) -> Rows:
    """Return the centre that each pattern is joined to, itself for centres.

    Parameters
    ----------
    neighbours : ndarray of shape (n_patterns, n_neighbours)
        Positions of other patterns.
    probability : ndarray of shape (n_patterns, n_neighbours)
    least : float
        Probability from which a centre takes a neighbour.
    apart : ndarray of shape (n_patterns,), bool
        Patterns that neither take nor are taken.

    Returns
    -------
    ndarray of shape (n_patterns,)

    Examples
    --------
    >>> neighbours = np.array([[1, 2], [0, 2], [1, 0]])
    >>> probability = np.array([[0.9, 0.1], [0.9, 0.8], [0.8, 0.1]])
    >>> stars(neighbours, probability, 0.7, np.zeros(3, dtype=bool))
    array([1, 1, 1])
    """
    centre = np.full(len(neighbours), -1, dtype=np.intp)
    centre[apart] = np.flatnonzero(apart)
    near = probability >= least
    for place in np.argsort(-probability.sum(axis=1), kind="stable"):
        if centre[place] < 0:
            centre[place] = place
            taken = neighbours[place, near[place]]
            centre[taken[centre[taken] < 0]] = place
    return centre
