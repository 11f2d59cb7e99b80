"""Large screens made small: each pattern is joined to its nearest neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..pair_probabilities import EmbeddedPairProbabilities, Rows, Track

_ROUNDS_UNTIL_NO_MARGIN = 5


def join_neighbours(
    source: EmbeddedPairProbabilities,
    rows: Rows,
    corrected: NDArray[np.bool_],
    min_probability: float,
    block: int,
    track: Track,
    *,
    n_neighbours: int = 50,
    most_nodes: int = 4000,
) -> tuple[Rows, Rows]:
    """Join patterns that are surely one form to nodes, until few enough nodes are left for a tree.

    The pattern whose neighbours are most probably its own form takes those of them that are so
    with a probability of at least halfway between `min_probability` and 1; then the next one that
    is left, and so on: nodes are stars, which do not grow into chains. While there are too many
    nodes, their centres are joined in the same way, each time at half the distance from
    `min_probability`.
    A node whose centre has no neighbour at `min_probability` is a group by itself.

    Parameters
    ----------
    source : EmbeddedPairProbabilities
    rows : ndarray of shape (n_rows,)
        Rows to be sorted.
    corrected : ndarray of shape (n_rows,), bool
        Patterns that corrections name, which stay nodes of their own.
    min_probability : float
        Mean probability from which patterns belong together.
    block : int
    track : callable
    n_neighbours : int, default=50
        Of each pattern.
    most_nodes : int, default=4000
        A tree of more takes longer than all of the neighbours.

    Returns
    -------
    centre_of : ndarray of shape (n_rows,)
        The row of the centre of each pattern's node.
    open_centres : ndarray
        Rows of the centres of nodes that may belong together.
    """
    centre_of = rows.copy()
    pool, margin, n_rounds = rows, (1 - min_probability) / 2, 0
    while len(pool) > 1 and (n_rounds == 0 or len(pool) > most_nodes):
        neighbours, probability = source.nearest(pool, n_neighbours, block, track)
        centre = stars(neighbours, probability, min_probability + margin, corrected)
        new_centre = np.arange(rows.max() + 1)
        new_centre[pool] = pool[centre]
        centre_of = new_centre[centre_of]
        linked = (probability >= min_probability).any(axis=1) | corrected
        stay = linked & (centre == np.arange(len(pool)))
        joined_none = len(pool) == stay.sum()
        pool, corrected = pool[stay], corrected[stay]
        if joined_none and not margin:
            break
        n_rounds += 1
        margin = margin / 2 if n_rounds < _ROUNDS_UNTIL_NO_MARGIN else 0.0
    return centre_of, pool


def stars(
    neighbours: Rows,
    probability: NDArray[np.floating],
    least: float,
    corrected: NDArray[np.bool_],
) -> Rows:
    """Return the centre that each pattern is joined to, itself for centres.

    Parameters
    ----------
    neighbours : ndarray of shape (n_patterns, n_neighbours)
        Positions of other patterns.
    probability : ndarray of shape (n_patterns, n_neighbours)
    least : float
        Probability from which a centre takes a neighbour.
    corrected : ndarray of shape (n_patterns,), bool
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
    centre[corrected] = np.flatnonzero(corrected)
    near = probability >= least
    for place in np.argsort(-probability.sum(axis=1), kind="stable"):
        if centre[place] < 0:
            centre[place] = place
            taken = neighbours[place, near[place]]
            centre[taken[centre[taken] < 0]] = place
    return centre
