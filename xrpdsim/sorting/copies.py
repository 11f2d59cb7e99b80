"""Patterns that are one measurement twice: copies of a file, rescaled or written again."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from ..patterns.validation import as_patterns

Rows = NDArray[np.intp]

# Two measurements of one sample differ by 1.4 times the noise of each; a copy that was rounded
# differs by a small part of it.
_OF_THE_NOISE = 0.25
# A copy of a pattern without any noise differs by rounding alone, in parts of its highest point.
_ROUNDING = 1e-6
# Copies have the same share of their counts in each of so many stretches of the scan, to within:
_N_STRETCHES = 16
_NEAR = 5e-5
# Fewer points have too little noise to know a measurement by.
_FEWEST_POINTS = 100
_ROWS_AT_A_TIME = 2000


def find_copies(X: ArrayLike) -> Rows:
    """Return of each pattern which earlier one it is a copy of.

    Counting noise is never the same twice. So two patterns are one measurement if, scaled to equal
    area, they differ by less than a quarter of their noise: copies of a file, files written again
    by another program, counts and counts per second. Repeated measurements of one sample are no
    copies.

    Parameters
    ----------
    X : array-like of shape (n_patterns, n_points)
        Counts or anything proportional to them; NaN where not measured, which must be the same
        points. Patterns of fewer than 100 points have no copies.

    Returns
    -------
    ndarray of shape (n_patterns,)
        The row of the first pattern that is the same measurement; -1 for that one itself, and for
        patterns without copies.

    Examples
    --------
    >>> counts = np.random.default_rng(0).poisson(200, (2, 300))
    >>> find_copies([counts[0], counts[1], counts[0] / 7])
    array([-1, -1,  0])
    """
    X = np.atleast_2d(as_patterns(X))
    original = np.full(len(X), -1, dtype=np.intp)
    if X.shape[1] < _FEWEST_POINTS:
        return original
    starts = range(0, len(X), _ROWS_AT_A_TIME)
    shares = np.concatenate([_shares(X[start : start + _ROWS_AT_A_TIME]) for start in starts])
    rows = np.flatnonzero(np.isfinite(shares).all(axis=1))
    if len(rows) < 2:
        return original
    # exact copies first: each pattern that many are copies of is compared once
    digits = np.round(shares[rows], 9)
    _, first, place = np.unique(digits, axis=0, return_index=True, return_inverse=True)
    candidates = [(first[k], row) for row, k in enumerate(place.ravel()) if first[k] != row]
    firsts = np.sort(first)
    near = cKDTree(digits[firsts]).query_pairs(_NEAR, output_type="ndarray")
    candidates += [(firsts[a], firsts[b]) for a, b in near.tolist()]
    for a, b in sorted((int(min(pair)), int(max(pair))) for pair in candidates):
        earlier, later = int(rows[a]), int(rows[b])
        if original[later] < 0 and _same_measurement(X[earlier], X[later]):
            original[later] = original[earlier] if original[earlier] >= 0 else earlier
    return original


def _shares(X: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the share of the counts in each stretch; NaN for patterns that cannot be known by."""
    patterns = X.astype(np.float64)
    size = np.abs(patterns)
    total = np.nansum(size, axis=1)
    total[(np.isfinite(patterns).sum(axis=1) < _FEWEST_POINTS) | (total <= 0)] = np.nan
    stretches = np.array_split(size, _N_STRETCHES, axis=1)
    return np.column_stack([np.nansum(part, axis=1) for part in stretches]) / total[:, None]


def _same_measurement(first: NDArray[np.floating], second: NDArray[np.floating]) -> bool:
    measured = np.isfinite(first)
    if not np.array_equal(measured, np.isfinite(second)):
        return False
    a, b = (each[measured].astype(np.float64) for each in (first, second))
    a, b = a / np.abs(a).sum(), b / np.abs(b).sum()
    rounding = _ROUNDING * np.abs(a).max()
    differ = np.sqrt(np.mean((a - b) ** 2))
    return bool(differ <= max(_OF_THE_NOISE * min(_noise(a), _noise(b)), rounding))


def _noise(pattern: NDArray[np.float64]) -> float:
    """Return the standard deviation of the noise where a pattern is low, without lines."""
    bend = np.convolve(pattern, [-1, 2, -1], "valid") / np.sqrt(6)
    low = pattern[1:-1] <= np.median(pattern)
    return float(np.median(np.abs(bend[low])) / 0.6745)
