"""Screens too large for a matrix of all pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..linkage import number_by_size
from ..pair_probabilities import EmbeddedPairProbabilities, PairProbabilities, Rows, Track
from .nearest_neighbours import join_neighbours
from .portions import (
    MOST_PROBABILITIES,
    N_REPRESENTATIVES,
    join_portions,
    mean_probability,
    spread,
)
from .weighted_nodes import link_nodes

# Members that represent a node of nearest neighbours: nodes are many, and their members similar.
_N_OF_A_NODE = 3


def group_large_screen(
    source: PairProbabilities,
    rows: Rows,
    n_patterns: int,
    min_probability: float,
    same: Rows,
    different: Rows,
    block: int,
    track: Track,
) -> NDArray[np.intp]:
    """Group patterns by average linkage of nodes that stand for many of them.

    Nodes come from nearest neighbours where the source has vectors, else from portions. Patterns
    that corrections name are nodes of their own, so that these hold.

    Parameters
    ----------
    source : PairProbabilities
    rows : ndarray
        Rows to be sorted.
    n_patterns : int
    min_probability : float
        Mean probability from which groups are one.
    same, different : ndarray of shape (n_pairs, 2)
        Rows of patterns that a person knows to be one form, or not.
    block : int
        Patterns that are treated together.
    track : callable

    Returns
    -------
    ndarray of shape (n_patterns,)
        Groups, 0 the largest; -1 for patterns of no group.
    """
    corrected = np.isin(rows, np.concatenate([same, different]))
    if isinstance(source, EmbeddedPairProbabilities):
        centre_of, nodes = join_neighbours(source, rows, corrected, min_probability, block, track)
    else:
        centre_of, nodes = join_portions(source, rows, corrected, min_probability, block, track)
    group_of = np.arange(n_patterns)
    if len(nodes) > 1:
        order = np.argsort(centre_of, kind="stable")
        starts = np.searchsorted(centre_of[order], nodes)
        ends = np.searchsorted(centre_of[order], nodes, side="right")
        members = [rows[order[start:end]] for start, end in zip(starts, ends, strict=True)]
        node_at = np.full(n_patterns, -1, dtype=np.intp)
        node_at[nodes] = np.arange(len(nodes))
        at_most = (
            _N_OF_A_NODE if isinstance(source, EmbeddedPairProbabilities) else N_REPRESENTATIVES
        )
        linked = link_nodes(
            1 - _between(source, [spread(of_node, at_most) for of_node in members]),
            ends - starts,
            min_probability,
            node_at[same],
            node_at[different],
        )
        _, first = np.unique(linked, return_index=True)
        group_of[nodes] = nodes[first][linked]
    labels = np.full(n_patterns, -1, dtype=np.intp)
    labels[rows] = group_of[centre_of]
    labels = number_by_size(labels)
    return labels if source.known is None else source.known.split(labels, source.probability)


def _between(source: PairProbabilities, representatives: list[Rows]) -> NDArray[np.float64]:
    """Return the mean probability between the representatives of nodes."""
    sizes = np.array([len(of_node) for of_node in representatives])
    mean = np.empty((len(representatives), len(representatives)))
    height = max(1, MOST_PROBABILITIES // int(sizes.sum()) // int(sizes.max()))
    for start in range(0, len(representatives), height):
        block = slice(start, start + height)
        with_all = mean_probability(np.concatenate(representatives[block]), representatives, source)
        ends = np.cumsum([0, *sizes[block][:-1]])
        mean[block] = np.add.reduceat(with_all, ends, axis=0) / sizes[block][:, None]
    return (mean + mean.T) / 2
