"""Comparisons of embedded patterns, as products of matrices.

Each takes two `EmbeddedPatterns` and returns the matrix of similarities, higher meaning more alike,
over the components that both patterns have. Zero means "no features".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .embedded import EmbeddedPatterns, component_by_component

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
    common. Pairs of which this loses the digits are computed again from deviations, which takes
    some ten times longer: give rows that are roughly centred.

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
    squares_a = n * a.sums_where_present_in(b, squared=True)
    squares_b = n * a.sums_of(b, squared=True)
    spread_a, spread_b = squares_a - sum_a**2, squares_b - sum_b**2
    correlation = n * (a.values @ b.values.T) - sum_a * sum_b
    lost = _digits_lost(correlation.dtype, a.values.shape[1])
    close = (n > 0) & ((spread_a <= lost * squares_a) | (spread_b <= lost * squares_b))
    _divide_by_norm(correlation, np.maximum(spread_a, 0))
    _divide_by_norm(correlation, np.maximum(spread_b, 0))
    if close.any():
        i, j = _where(np.broadcast_to(close, correlation.shape))
        correlation[i, j] = _correlations(a, b, i, j)
    return np.clip(correlation, -1, 1, out=correlation)


def euclidean(a: EmbeddedPatterns, b: EmbeddedPatterns) -> NDArray[np.floating]:
    """Return 1 / (1 + d) with the Euclidean distance d, rescaled where components are missing.

    d^2 = (all components / components in common) * sum over those in common, as
    `sklearn.metrics.pairwise.nan_euclidean_distances` defines it. Equal vectors are at a distance
    of exactly 0.

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
    squares_a, squares_b = a.sums_where_present_in(b, squared=True), a.sums_of(b, squared=True)
    squared_distance = a.values @ b.values.T
    squared_distance *= -2
    squared_distance += squares_a
    squared_distance += squares_b
    lost = _digits_lost(squared_distance.dtype, a.values.shape[1])
    i, j = _where(squared_distance <= lost * squares_a + lost * squares_b)
    squared_distance[i, j] = _squared_distances(a, b, i, j)
    in_common = a.counts_in_common(b)
    squared_distance *= a.values.shape[1] / np.maximum(in_common, 1)
    similarity = 1 / (1 + np.sqrt(squared_distance, out=squared_distance))
    if not in_common.all():
        similarity[np.broadcast_to(in_common == 0, similarity.shape)] = 0
    return similarity


def _digits_lost(dtype: np.dtype[Any], n_components: int) -> float:
    """Return the share of sums of squares below which their difference has lost its digits.

    Sums of n products are off by at most n eps / 2 of the sum of their sizes, in whatever order a
    kernel adds them (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1).
    So the difference of two is off by at most n eps of the sum, and at a share of 1e6 n eps by a
    relative 1e-6; distances, the roots, by half of that. In single precision no share that leaves
    most pairs alone gets there. At 2 percent, distances were off by at most 3e-5 with three
    kernels, and can be off by 6e-3 for 1950 points.
    """
    return min(1e6 * (n_components + 4) * float(np.finfo(dtype).eps), 0.02)


def _where(pairs: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows and columns of pairs; ten times faster than NumPy's for two dimensions."""
    rows, columns = np.divmod(np.flatnonzero(pairs), pairs.shape[1])
    return rows, columns


def _squared_distances(
    a: EmbeddedPatterns, b: EmbeddedPatterns, i: NDArray[np.integer], j: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return squared distances over what both have, from the differences of components."""
    squared = np.empty(len(i))
    for piece in component_by_component(a, b, i, j):
        difference = piece.a - piece.b
        squared[piece.pairs] = np.einsum("ij,ij->i", difference, difference)
    return squared


def _correlations(
    a: EmbeddedPatterns, b: EmbeddedPatterns, i: NDArray[np.integer], j: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return correlations over what both have, from deviations; 0 where one does not vary."""
    correlation = np.zeros(len(i))
    # Where a whole vector does not vary, no part of it does.
    rest = np.flatnonzero(_varies(a, i) & _varies(b, j))
    found = np.zeros(len(rest))
    for piece in component_by_component(a, b, i[rest], j[rest]):
        n = np.maximum(piece.present.sum(axis=1, keepdims=True), 1)
        deviations, vary = [], np.ones(len(n), dtype=bool)
        for values in (piece.a, piece.b):
            vary &= _range(values, piece.present) > 0
            deviation = np.where(piece.present, values - values.sum(axis=1, keepdims=True) / n, 0)
            deviation /= np.maximum(np.linalg.norm(deviation, axis=1, keepdims=True), _TINY)
            deviations.append(deviation)
        found[piece.pairs] = np.where(vary, np.einsum("ij,ij->i", *deviations), 0)
    correlation[rest] = found
    return correlation


def _varies(patterns: EmbeddedPatterns, rows: NDArray[np.integer]) -> NDArray[np.bool_]:
    asked, number = np.unique(rows, return_inverse=True)
    return (_range(patterns.values[asked], patterns.measured(asked)) > 0)[number.reshape(-1)]


def _range(values: NDArray[np.floating], present: NDArray[np.bool_]) -> NDArray[np.floating]:
    """Return the highest less the lowest value of each row that is present; below 0 if none is."""
    highest = values.max(axis=1, where=present, initial=-np.inf)
    lowest = values.min(axis=1, where=present, initial=np.inf)
    return highest - lowest


def _divide_by_norm(product: NDArray[np.floating], squares: NDArray[np.floating]) -> None:
    """Divide in place by the root of sums of squares, which it spends; 0 where these vanish."""
    norm = np.sqrt(squares, out=squares)
    if norm.min(initial=np.inf) <= 0:
        norm[norm <= 0] = np.inf
    product /= norm


# Any positive number: what it divides is 0.
_TINY = float(np.finfo(np.float64).tiny)

COMPARISONS: dict[str, Comparison] = {"cosine": cosine, "euclidean": euclidean}
"""Comparisons by the name that `metric` parameters use."""
