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
