"""The tree above a similarity map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list

_WIDTH, _HEIGHT = 520.0, 120.0
_DOWN = _HEIGHT - 5


@dataclass(frozen=True)
class Dendrogram:
    """A tree as paths, with a strip for each of its leaves.

    Parameters
    ----------
    branches : list of str
        Paths as SVG takes them.
    cut : float
        Where groups are cut, in pixels from the top.
    strips : list of (float, float, str, int)
        Left edge, width, title and row of the pattern.
    nodes : list of (float, float)
        Where the branches of each node meet.
    """

    branches: list[str]
    cut: float
    strips: list[tuple[float, float, str, int]]
    nodes: list[tuple[float, float]]
    width: float = _WIDTH
    height: float = _HEIGHT


def dendrogram(
    linkage: NDArray[np.float64], names: list[str], rows: list[int], threshold: float
) -> Dendrogram:
    """Return a tree above a map of as many columns as it has leaves.

    Parameters
    ----------
    linkage : ndarray of shape (n_patterns - 1, 4)
    names : list of str
        In the order of the leaves.
    rows : list of int
        Of the patterns, in the same order.
    threshold : float
        Mean probability from which two groups are one.

    Returns
    -------
    Dendrogram
    """
    n_leaves = len(names)
    # a node stands over the middle of its two branches, as high as they are apart; corrections
    # make distances below 0 or above 1
    x = np.empty(2 * n_leaves - 1)
    x[leaves_list(linkage)] = (np.arange(n_leaves) + 0.5) * _WIDTH / n_leaves
    y = np.full(2 * n_leaves - 1, _HEIGHT)
    branches = []
    for node, (one, other, distance, _) in enumerate(linkage, start=n_leaves):
        a, b = int(one), int(other)
        x[node], y[node] = (x[a] + x[b]) / 2, _HEIGHT - np.clip(distance, 0, 1) * _DOWN
        branches.append(f"M{x[a]:.1f} {y[a]:.1f}V{y[node]:.1f}H{x[b]:.1f}V{y[b]:.1f}")
    width = round(_WIDTH / n_leaves, 2)
    strips = [
        (round(k / n_leaves * _WIDTH, 2), width, name, row)
        for k, (name, row) in enumerate(zip(names, rows, strict=True))
    ]
    nodes = [
        (round(float(at), 1), round(float(up), 1))
        for at, up in zip(x[n_leaves:], y[n_leaves:], strict=True)
    ]
    return Dendrogram(branches, round(_HEIGHT - (1 - threshold) * _DOWN, 1), strips, nodes)
