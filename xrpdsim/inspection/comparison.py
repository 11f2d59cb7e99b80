"""Two patterns, measured against each other and drawn with their difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._support._table import Table
from ..patterns import check_grid
from ..similarity import CorrelationSimilarity, DeGelderSimilarity, EuclideanSimilarity
from ..similarity.named import PatternProbabilities, named_similarity
from ..similarity.screening import baseline_free
from ..sorting.flags import flag_patterns
from . import _svg
from ._page import page
from ._page import table as html_table
from ._plots import COLOURS

_MAX_SHIFT = 0.3


def compare_patterns(
    X: ArrayLike, *, similarity: Any = None, two_theta: ArrayLike | None = None
) -> tuple[Table, float]:
    """Compare two patterns by every measure at hand.

    Parameters
    ----------
    X : array-like of shape (2, n_points)
        NaN where not measured.
    similarity : str, pair estimator, or Pipeline that ends in one, optional
        Gives the probability; a name that `similarity_by_name` knows, or an estimator. By default
        "organic-1", and "screening" on other grids than the one it knows.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees; by default 3 + 0.02 k.

    Returns
    -------
    table : Table
        With the columns measure and value.
    shift : float
        By how many degrees the second lies to the right of the first, where they fit best; within
        0.3 degrees.

    Examples
    --------
    >>> two_theta = 3 + 0.02 * np.arange(1950)
    >>> X = [np.exp(-(((two_theta - angle) / 0.1) ** 2)) for angle in (20, 20.1)]
    >>> table, shift = compare_patterns(X)
    >>> round(shift, 2)
    0.1
    """
    X = np.asarray(X, dtype=np.float64)
    grid = check_grid(two_theta, X.shape[1])
    measure, name = named_similarity(similarity, grid, len(grid))
    probability = PatternProbabilities(measure, X)
    lines = baseline_free(X, grid)
    shift = best_shift(lines[0], lines[1], grid)
    rows: list[tuple[str, Any]] = [
        ("probability of the same form", round(float(probability(X)[0, 1]), 4)),
        ("by the similarity", name),
        ("best relative shift, degrees", round(shift, 3)),
    ]
    scaled = lines / np.nanmax(lines, axis=1, keepdims=True)
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
    table : Table, optional
        With it, a whole HTML page with table and picture is returned.

    Returns
    -------
    str
        SVG, or HTML.
    """
    X = np.asarray(X, dtype=np.float64)
    grid = check_grid(two_theta, X.shape[1])
    lines = baseline_free(X, grid)
    lines = lines / np.nanmax(lines, axis=1, keepdims=True)
    moved = np.interp(grid + shift, grid, lines[1], left=np.nan, right=np.nan)
    # scaled so that the second explains as much of the first as it can
    common = ~np.isnan(lines[0]) & ~np.isnan(moved)
    squares = float(moved[common] @ moved[common])
    factor = float(lines[0][common] @ moved[common]) / (squares or 1.0)
    difference = lines[0] - factor * moved
    across, down = 880.0, 130.0
    parts = [
        _svg.text(8, 16, f"A: {names[0]}", colour=COLOURS[0]),
        _svg.curve(lines[0], (5, 20, across, down), title=names[0], colour=COLOURS[0]),
        _svg.text(8, 172, f"B: {names[1]}", colour=COLOURS[5]),
        _svg.curve(lines[1], (5, 176, across, down), title=names[1], colour=COLOURS[5]),
        _svg.text(8, 328, f"A - B, with B moved by {-shift:+.2f} degrees to where both fit best"),
        _svg.curve(
            np.clip((difference + 1) / 2, 0, 1),
            (5, 332, across, down),
            title="difference",
            colour="#444",
        ),
        _svg.line(5, 332 + down / 2, 5 + across, 332 + down / 2, "#bbb"),
        *_svg.angle_axis(grid, 5, 470, across),
    ]
    picture = _svg.svg(890, 508, parts, f"{names[0]} and {names[1]}")
    if table is None:
        return picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    rows = zip(*table.values(), strict=True)
    title = f"{names[0]} and {names[1]}"
    return page(title, [html_table(list(table), rows), picture])
