"""The detector: counts, its seams, and the range that was scanned."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FRAME = 0.5
"""Degrees by which a moving position-sensitive detector steps."""


def stitched_gain(
    two_theta: ArrayLike, deviation: float, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Draw the gain along a pattern put together from frames of 0.5 degrees.

    Parameters
    ----------
    two_theta : array-like of shape (n_points,)
        Degrees, increasing.
    deviation : float
        Standard deviation of the gain from one frame to another.
    generator : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n_points,)
        Constant within a frame; 1 on average.

    Examples
    --------
    >>> gain = stitched_gain([3.0, 3.1, 3.6, 3.7], 0.01, np.random.default_rng(0))
    >>> bool(gain[0] == gain[1]), bool(gain[1] == gain[2])
    (True, False)
    """
    two_theta = np.asarray(two_theta, dtype=np.float64)
    frame = np.floor((two_theta - two_theta[0]) / FRAME + 1e-6).astype(np.int_)
    return np.asarray(1 + deviation * generator.standard_normal(frame[-1] + 1)[frame])


def count(
    expected: ArrayLike,
    two_theta: ArrayLike,
    step: float,
    generator: np.random.Generator,
) -> NDArray[np.float64]:
    """Count on the steps of a scan and bring the counts to the grid.

    A scan has steps of its own. Those finer than the grid are averaged, so that the noise is less
    than the counts say; others are interpolated linearly, so that the noise of neighbouring points
    is alike and narrow lines lose some height. The phase of the steps is drawn.

    Parameters
    ----------
    expected : array-like of shape (n_points,)
        Expected counts of a step at each point of the grid.
    two_theta : array-like of shape (n_points,)
        Degrees, increasing.
    step : float
        Of the scan in degrees; 0 counts at the points of the grid.
    generator : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n_points,)

    Examples
    --------
    >>> grid = np.arange(3.0, 42.0, 0.02)
    >>> counts = count(np.full(grid.size, 100.0), grid, 0.005, np.random.default_rng(0))
    >>> float(counts.mean().round()), float(counts.std().round())
    (100.0, 5.0)
    """
    expected = np.asarray(expected, dtype=np.float64)
    two_theta = np.asarray(two_theta, dtype=np.float64)
    if step == 0:
        return generator.poisson(expected).astype(np.float64)
    in_one_point = float(np.median(np.diff(two_theta))) / step
    if in_one_point > 4 / 3:
        return np.asarray(generator.poisson(in_one_point * expected) / in_one_point)
    n_steps = int(np.ceil(np.ptp(two_theta) / step)) + 2
    scan = two_theta[0] + step * (np.arange(n_steps) - generator.random())
    counts = generator.poisson(np.interp(scan, two_theta, expected))
    return np.interp(two_theta, scan, counts)


def measured(two_theta: ArrayLike, start: ArrayLike, end: ArrayLike) -> NDArray[np.bool_]:
    """Return which points of the grid a scan covers.

    Parameters
    ----------
    two_theta : array-like of shape (n_points,)
        Degrees.
    start, end : array-like of shape (n_patterns,)
        First and last angle of the scan, degrees.

    Returns
    -------
    ndarray of bool, shape (n_patterns, n_points)

    Examples
    --------
    >>> measured([3.0, 4.0, 5.0], [4.0], [42.0])
    array([[False,  True,  True]])
    """
    two_theta = np.asarray(two_theta, dtype=np.float64)
    start, end = (np.asarray(a, dtype=np.float64).reshape(-1, 1) for a in (start, end))
    return np.asarray((two_theta >= start - 1e-9) & (two_theta <= end + 1e-9))
