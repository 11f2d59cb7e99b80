"""Screens too large for a matrix of all pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .grouping import link_nodes, number_by_size
from .neighbours import join_neighbours
from .pair_source import EmbeddedPairs, PairSource, Rows, Track
from .portions import MOST_PROBABILITIES, N_DELEGATES, join_portions, mean_probability, spread

# Members of a node that speak for it: nodes are many, and their members alike.
_N_SPEAKERS = 3


def sort_large(
    source: PairSource,
    rows: Rows,
    n_patterns: int,
    threshold: float,
    same: Rows,
    different: Rows,
    block: int,
    track: Track,
) -> NDArray[np.intp]:
    """Sort patterns by average linkage of nodes that stand for many of them.

    Nodes come from nearest neighbours where the source has vectors, else from portions. Patterns
    that corrections name are nodes of their own, so that these hold.

    Parameters
    ----------
    source : PairSource
    rows : ndarray
        Rows to be sorted.
    n_patterns : int
    threshold : float
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
    source.correct(same, different)
    apart = np.isin(rows, np.concatenate([same, different]))
    if isinstance(source, EmbeddedPairs):
        centre_of, nodes = join_neighbours(source, rows, apart, threshold, block, track)
    else:
        centre_of, nodes = join_portions(source, rows, apart, threshold, block, track)
    group_of = np.arange(n_patterns)
    if len(nodes) > 1:
        order = np.argsort(centre_of, kind="stable")
        starts = np.searchsorted(centre_of[order], nodes)
        ends = np.searchsorted(centre_of[order], nodes, side="right")
        members = [rows[order[start:end]] for start, end in zip(starts, ends, strict=True)]
        node_at = np.full(n_patterns, -1, dtype=np.intp)
        node_at[nodes] = np.arange(len(nodes))
        speakers = _N_SPEAKERS if isinstance(source, EmbeddedPairs) else N_DELEGATES
        linked = link_nodes(
            1 - _between(source, [spread(of_node, speakers) for of_node in members]),
            ends - starts,
            threshold,
            node_at[same],
            node_at[different],
        )
        _, first = np.unique(linked, return_index=True)
        group_of[nodes] = nodes[first][linked]
    labels = np.full(n_patterns, -1, dtype=np.intp)
    labels[rows] = group_of[centre_of]
    return number_by_size(labels)


def _between(source: PairSource, speakers: list[Rows]) -> NDArray[np.float64]:
    """Return the mean probability between the speakers of nodes."""
    sizes = np.array([len(of_node) for of_node in speakers])
    mean = np.empty((len(speakers), len(speakers)))
    height = max(1, MOST_PROBABILITIES // int(sizes.sum()) // int(sizes.max()))
    for start in range(0, len(speakers), height):
        block = slice(start, start + height)
        with_all = mean_probability(np.concatenate(speakers[block]), speakers, source)
        ends = np.cumsum([0, *sizes[block][:-1]])
        mean[block] = np.add.reduceat(with_all, ends, axis=0) / sizes[block][:, None]
    return (mean + mean.T) / 2
