"""Comparisons of embedded patterns, as products of matrices.

Each takes two `EmbeddedPatterns` and returns the matrix of similarities, higher meaning more alike,
over the components that both patterns have. Zero means "no features".
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .embedded import EmbeddedPatterns

Comparison = Callable[[EmbeddedPatterns, EmbeddedPatterns], NDArray[np.floating]]


def cosine(a: EmbeddedPatterns, b: EmbeddedPatterns) -> NDArray[np.floating]:
    """Return the cosine of the angle between vectors, over what both have.

    With rows Z, zero where the mask M is, this is S = Z Z' / sqrt((Z^2 M') * (M Z^2')).

    Parameters
    ----------
    a, b : EmbeddedPatterns

    Returns
    -------
    ndarray of shape (len(a), len(b))
        Between -1 and 1; 0 where one of the vectors vanishes.

    Examples
    --------
    >>> a = EmbeddedPatterns.from_array([[3.0, 4.0, np.nan]])
    >>> b = EmbeddedPatterns.from_array([[3.0, 4.0, 7.0], [4.0, -3.0, 0.0]])
    >>> cosine(a, b)
    array([[1., 0.]])
    """
    similarity = a.values @ b.values.T
    _divide_by_norm(similarity, a.sums_where_present_in(b, squared=True))
    _divide_by_norm(similarity, a.sums_of(b, squared=True))
    return np.clip(similarity, -1, 1, out=similarity)


def pearson(a: EmbeddedPatterns, b: EmbeddedPatterns) -> NDArray[np.floating]:
    """Return Pearson's correlation, with means and deviations over what both have.

    r = (n S_xy - S_x S_y) / sqrt((n S_xx - S_x^2) (n S_yy - S_y^2)), sums over the n components in
    common. Give rows that are roughly centred: the formula subtracts large numbers otherwise.

    Parameters
    ----------
    a, b : EmbeddedPatterns

    Returns
    -------
    ndarray of shape (len(a), len(b))
        Between -1 and 1; 0 where one of the vectors does not vary.

    Examples
    --------
    >>> a = EmbeddedPatterns.from_array([[1.0, 2.0, 3.0, np.nan]])
    >>> b = EmbeddedPatterns.from_array([[2.0, 4.0, 6.0, -5.0], [3.0, 2.0, 1.0, 0.0]])
    >>> pearson(a, b)
    array([[ 1., -1.]])
    """
    n = a.counts_in_common(b)
    sum_a, sum_b = a.sums_where_present_in(b), a.sums_of(b)
    spread_a = n * a.sums_where_present_in(b, squared=True) - sum_a**2
    spread_b = n * a.sums_of(b, squared=True) - sum_b**2
    correlation = n * (a.values @ b.values.T) - sum_a * sum_b
    rounding = 8 * np.finfo(correlation.dtype).eps
    _divide_by_norm(correlation, np.where(spread_a > rounding * sum_a**2, spread_a, 0))
    _divide_by_norm(correlation, np.where(spread_b > rounding * sum_b**2, spread_b, 0))
    return np.clip(correlation, -1, 1, out=correlation)


def euclidean(a: EmbeddedPatterns, b: EmbeddedPatterns) -> NDArray[np.floating]:
    """Return 1 / (1 + d) with the Euclidean distance d, rescaled where components are missing.

    d^2 = (all components / components in common) * sum over those in common, as
    `sklearn.metrics.pairwise.nan_euclidean_distances` defines it. Small distances are differences
    of large numbers: in single precision those below about a thousandth of the vectors are lost.

    Parameters
    ----------
    a, b : EmbeddedPatterns

    Returns
    -------
    ndarray of shape (len(a), len(b))
        Between 0 (infinitely far, or nothing in common) and 1 (equal).

    Examples
    --------
    >>> a = EmbeddedPatterns.from_array([[0.0, 0.0]])
    >>> b = EmbeddedPatterns.from_array([[0.0, 0.0], [0.6, 0.8], [1.0, np.nan]])
    >>> euclidean(a, b).round(3)
    array([[1.   , 0.5  , 0.414]])
    """
    in_common = a.counts_in_common(b)
    # less by what rounding may leave of it, so that equal patterns come out equal
    nearly_one = 1 - 4 * np.finfo(a.values.dtype).eps
    squared_distance = a.values @ b.values.T
    squared_distance *= -2
    squared_distance += nearly_one * a.sums_where_present_in(b, squared=True)
    squared_distance += nearly_one * a.sums_of(b, squared=True)
    squared_distance *= a.values.shape[1] / np.maximum(in_common, 1)
    np.maximum(squared_distance, 0, out=squared_distance)
    similarity = 1 / (1 + np.sqrt(squared_distance, out=squared_distance))
    if not in_common.all():
        similarity[np.broadcast_to(in_common == 0, similarity.shape)] = 0
    return similarity


def _divide_by_norm(product: NDArray[np.floating], squares: NDArray[np.floating]) -> None:
    """Divide in place by the root of sums of squares, which it spends; 0 where these vanish."""
    norm = np.sqrt(squares, out=squares)
    if norm.min(initial=np.inf) <= 0:
        norm[norm <= 0] = np.inf
    product /= norm


COMPARISONS: dict[str, Comparison] = {"cosine": cosine, "euclidean": euclidean}
"""Comparisons by the name that `metric` parameters use."""
