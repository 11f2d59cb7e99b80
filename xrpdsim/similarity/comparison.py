"""Comparisons of embedded patterns, as products of matrices.

Each takes two `EmbeddedPatterns` and returns the matrix of similarities, higher meaning more alike,
over the components that both patterns have. Zero means "alike to nothing".
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
    squares_a = a.squared().sums_where_present_in(b)
    squares_b = b.squared().sums_where_present_in(a).T
    return _divide(a.values @ b.values.T, np.sqrt(squares_a) * np.sqrt(squares_b))


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
    sum_a, sum_b = a.sums_where_present_in(b), b.sums_where_present_in(a).T
    spread_a = n * a.squared().sums_where_present_in(b) - sum_a**2
    spread_b = n * b.squared().sums_where_present_in(a).T - sum_b**2
    covariance = n * (a.values @ b.values.T) - sum_a * sum_b
    rounding = 8 * np.finfo(covariance.dtype).eps
    spread_a = np.where(spread_a > rounding * sum_a**2, spread_a, 0)
    spread_b = np.where(spread_b > rounding * sum_b**2, spread_b, 0)
    return _divide(covariance, np.sqrt(spread_a) * np.sqrt(spread_b))


def euclidean(a: EmbeddedPatterns, b: EmbeddedPatterns) -> NDArray[np.floating]:
    """Return 1 / (1 + d) with the Euclidean distance d, rescaled where components are missing.

    d^2 = (all components / components in common) * sum over those in common, as
    `sklearn.metrics.pairwise.nan_euclidean_distances` defines it. The products are taken in double
    precision, since small distances are differences of large numbers.

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
    dtype = a.values.dtype
    a, b = _double(a), _double(b)
    squares_a = a.squared().sums_where_present_in(b)
    squares_b = b.squared().sums_where_present_in(a).T
    in_common = a.counts_in_common(b)
    squared_distance = squares_a + squares_b - 2 * (a.values @ b.values.T)
    # what is left of equal rows after the subtraction is rounding, not distance
    rounding = 16 * np.finfo(np.float64).eps * (squares_a + squares_b)
    squared_distance[squared_distance <= rounding] = 0
    # patterns with nothing in common are infinitely far apart
    squared_distance = np.where(in_common > 0, squared_distance, np.inf)
    squared_distance *= a.values.shape[1] / np.maximum(in_common, 1)
    return (1 / (1 + np.sqrt(squared_distance))).astype(dtype, copy=False)


def _double(patterns: EmbeddedPatterns) -> EmbeddedPatterns:
    masks = None if patterns.masks is None else patterns.masks.astype(np.float64, copy=False)
    return EmbeddedPatterns(patterns.values.astype(np.float64, copy=False), masks, patterns.mask_of)


def _divide(product: NDArray[np.floating], norm: NDArray[np.floating]) -> NDArray[np.floating]:
    similarity = np.zeros_like(product)
    np.divide(product, norm, out=similarity, where=norm > 0)
    return np.clip(similarity, -1, 1, out=similarity)


COMPARISONS: dict[str, Comparison] = {"cosine": cosine, "euclidean": euclidean}
"""Comparisons by the name that `metric` parameters use."""
