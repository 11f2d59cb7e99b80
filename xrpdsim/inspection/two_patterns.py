"""Two patterns, measured against each other and drawn with their difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from .._support._table import Table
from ..patterns import grid_in_force
from ..similarity import CorrelationSimilarity, DeGelderSimilarity, EuclideanSimilarity
from ..similarity.measures.screening import baseline_free
from ..similarity.named import named_similarity
from ..similarity.probability import PatternProbabilities
from ..sorting import flag_patterns
from .page._pair_picture import render_comparison

_MAX_SHIFT = 0.3
# Probabilities this close to 0 and 1 count as such: odds stay finite.
_CERTAIN = 1e-9


def compare_patterns(
    X: ArrayLike,
    *,
    similarity: Any = None,
    two_theta: ArrayLike | None = None,
    log_odds: float = 0.0,
) -> tuple[Table, float]:
    """Compare two patterns by every measure at hand.

    Parameters
    ----------
    X : array-like of shape (2, n_points)
        NaN where not measured.
    similarity : str, pair estimator, or Pipeline that ends in one, optional
        Gives the probability; a name that `similarity_by_name` knows, or an estimator. By default
        "organic-2", and "screening" on other grids than the one it knows.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees; by default the angles in the columns of a DataFrame, or else 3, 3.02,
        3.04 and so on.
    log_odds : float, default=0.0
        Added to the log odds that both are one form: what fitting one to the other takes from them.

    Returns
    -------
    table : Table
        With the columns measure and value.
    shift : float
        By how many degrees the second lies to the right of the first, where they fit best; within
        0.3 degrees.

    Raises
    ------
    ValueError
        If there are not two patterns, or the grid is not theirs.

    Examples
    --------
    >>> two_theta = 3 + 0.02 * np.arange(1950)
    >>> X = [np.exp(-(((two_theta - angle) / 0.1) ** 2)) for angle in (20, 20.1)]
    >>> table, shift = compare_patterns(X)
    >>> round(shift, 2)
    0.1
    """
    X, grid = _two_patterns(X, two_theta)
    measure, name = named_similarity(similarity, grid, len(grid))
    probability = PatternProbabilities(measure, X)
    lines = baseline_free(X, grid)
    shift = best_shift(lines[0], lines[1], grid)
    same = float(probability(X)[0, 1])
    if log_odds:
        same = float(expit(logit(np.clip(same, _CERTAIN, 1 - _CERTAIN)) + log_odds))
    rows: list[tuple[str, Any]] = [
        ("probability of the same form", round(same, 4)),
        ("by the similarity", name),
        ("best relative shift, degrees", round(shift, 3)),
    ]
    scaled = _to_height_1(lines)
    for name, classical in (
        ("de Gelder, width 0.6 degrees", DeGelderSimilarity(two_theta=grid)),
        (
            "de Gelder at the best shift",
            DeGelderSimilarity(max_shift=_MAX_SHIFT, two_theta=grid),
        ),
        ("Pearson", CorrelationSimilarity(two_theta=grid)),
        ("Spearman", CorrelationSimilarity("spearman", two_theta=grid)),
        ("Euclid, 1 / (1 + distance)", EuclideanSimilarity(two_theta=grid)),
    ):
        rows.append((name, round(float(classical.fit(scaled).decision_function(scaled)[0]), 4)))
    flags = flag_patterns(X, two_theta=grid)
    for row, name in enumerate(("A", "B")):
        if flags.names(row):
            rows.append((f"flags of {name}", " ".join(flags.names(row))))
    measures, values = zip(*rows, strict=True)
    return Table({"measure": measures, "value": values}), shift


def best_shift(
    first: NDArray[np.floating], second: NDArray[np.floating], two_theta: NDArray[np.float64]
) -> float:
    """Return by how many degrees `second` lies to the right of `first`, within 0.3 degrees."""
    a, b = np.nan_to_num(first), np.nan_to_num(second)
    step = float(np.median(np.diff(two_theta))) if len(two_theta) > 1 else 1.0
    farthest = min(int(_MAX_SHIFT / step + 1e-3), len(a) - 1)
    shifts = range(-farthest, farthest + 1)
    products = [
        a[max(0, -k) : len(a) - max(0, k)] @ b[max(0, k) : len(b) - max(0, -k)] for k in shifts
    ]
    return step * shifts[int(np.argmax(products))]


def draw_comparison(
    X: ArrayLike,
    names: Sequence[str],
    shift: float,
    *,
    two_theta: ArrayLike | None = None,
    table: Table | None = None,
) -> str:
    """Draw two patterns without their baselines, and what is left between them.

    Parameters
    ----------
    X : array-like of shape (2, n_points)
    names : sequence of two str
    shift : float
        In degrees; the second is drawn as measured, and moved back by it for the difference.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees; by default the angles in the columns of a DataFrame, or else 3, 3.02,
        3.04 and so on.
    table : Table, optional
        With it, a whole HTML page with table and picture is returned.

    Returns
    -------
    str
        SVG, or HTML.

    Raises
    ------
    ValueError
        If there are not two patterns, or the grid is not theirs.

    Examples
    --------
    >>> two_theta = 3 + 0.02 * np.arange(1950)
    >>> X = [np.exp(-(((two_theta - angle) / 0.1) ** 2)) for angle in (20, 20.1)]
    >>> draw_comparison(X, ["a.xy", "b.xy"], 0.1)[:36]
    '<svg xmlns="http://www.w3.org/2000/s'
    """
    X, grid = _two_patterns(X, two_theta)
    lines = _to_height_1(baseline_free(X, grid))
    moved = np.interp(grid + shift, grid, lines[1], left=np.nan, right=np.nan)
    # scaled so that the second explains as much of the first as it can
    common = ~np.isnan(lines[0]) & ~np.isnan(moved)
    squares = float(moved[common] @ moved[common])
    factor = float(lines[0][common] @ moved[common]) / (squares or 1.0)
    difference = lines[0] - factor * moved
    return render_comparison(lines, difference, names, shift, grid, table)


def _two_patterns(
    X: ArrayLike, two_theta: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two patterns as an array, and the grid that they lie on."""
    patterns = np.asarray(X, dtype=np.float64)
    if patterns.ndim != 2 or len(patterns) != 2:
        raise ValueError(f"X must be two patterns, of shape (2, n_points); got {patterns.shape}")
    return patterns, grid_in_force(X, two_theta, patterns.shape[1])


def _to_height_1(lines: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return patterns with their highest point at 1; one without any lines stays as it is."""
    highest = np.nanmax(lines, axis=1, keepdims=True)
    scaled: NDArray[np.float64] = lines / np.where(highest > 0, highest, 1)
    return scaled
