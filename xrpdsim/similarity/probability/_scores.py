"""What calibrators need of scores: bins, and where a curve reaches a value."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

# Scores are binned between quantiles of both classes before a curve is fitted to them: fits to
# millions of single pairs cost many times the scores themselves and differ in the fourth decimal.
_N_QUANTILES = 1000


def bin_scores(
    positive: NDArray[np.floating], negative: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Gather scores into bins between the quantiles of both classes.

    Parameters
    ----------
    positive, negative : ndarray
        Scores of same-form pairs and of pairs of different forms, each sorted ascending.

    Returns
    -------
    scores : ndarray of shape (n_bins,)
        Mean score of each bin, ascending; empty bins are left out.
    n_same, n_different : ndarray of shape (n_bins,)
        Number of pairs in each.

    Examples
    --------
    >>> bin_scores(np.array([2.0, 2.0]), np.array([1.0, 2.0]))
    (array([1., 2.]), array([0., 2.]), array([1., 1.]))
    """
    edges = np.unique(np.concatenate([_quantiles(positive), _quantiles(negative)]))
    # a bin holds the scores from its edge up to the next one
    counts, sums = zip(
        *(_count_and_sum(scores, edges) for scores in (positive, negative)), strict=True
    )
    total = counts[0] + counts[1]
    filled = total > 0
    means = (sums[0] + sums[1])[filled] / total[filled]
    return means, counts[0][filled], counts[1][filled]


def lowest_reaching(
    curve: Callable[[float], float], wanted: float, low: float, high: float
) -> float:
    """Return the score from which a curve that does not descend reaches a value, by bisection.

    Parameters
    ----------
    curve : callable
    wanted : float
    low, high : float
        Where to look. The nearer end is returned where the curve reaches the value nowhere between
        them, or everywhere.

    Returns
    -------
    float

    Examples
    --------
    >>> round(lowest_reaching(lambda score: 2 * score, 0.5, 0.0, 1.0), 6)
    0.25
    """
    low, high = float(low), float(high)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if curve(middle) < wanted else (low, middle)
    return (low + high) / 2


def _quantiles(ordered: NDArray[np.floating]) -> NDArray[np.floating]:
    ranks = np.linspace(0, len(ordered) - 1, min(len(ordered), _N_QUANTILES)).astype(np.intp)
    return ordered[ranks]


def _count_and_sum(
    ordered: NDArray[np.floating], edges: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    start = np.searchsorted(ordered, edges, side="left")
    counts = np.diff(np.append(start, len(ordered)))
    filled = counts > 0
    sums = np.zeros(len(edges))
    sums[filled] = np.add.reduceat(ordered, start[filled], dtype=np.float64)
    return counts.astype(np.float64), sums
