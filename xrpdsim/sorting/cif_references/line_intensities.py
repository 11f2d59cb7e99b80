"""Whether the intensities of a structure are those of patterns that its cell fits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.optimize import nnls

from ...simulation import Lines

# Patterns are smoothed by this standard deviation in degrees, to lines of about one width.
_SMOOTHING, _WIDTH = 0.12, 0.06
_EVERY = 2
_WEAKEST = 0.002
_TINY = 1e-30


def intensity_agreement(
    lines: Lines,
    roots: NDArray[np.float64],
    measured: NDArray[np.bool_],
    two_theta: NDArray[np.float64],
    shifts: NDArray[np.float64],
) -> float:
    """Compare the intensities of a structure with those that explain some patterns best.

    The mean of the patterns, in which much of the texture of single samples cancels, is fitted as
    a non-negative sum of the lines of the structure, and the sum is compared with what the
    structure says. Background, noise and other phases have no part in it, and lines that lie on
    each other need not be told apart.

    Parameters
    ----------
    lines : Lines
        With the cell of the samples.
    roots : ndarray of shape (n_patterns, n_points)
        Roots of patterns without baseline, 0 where not measured.
    measured : ndarray of shape (n_patterns, n_points), bool
    two_theta : ndarray of shape (n_points,)
        Degrees.
    shifts : ndarray of shape (n_patterns,)
        By how many degrees times cos theta each pattern lies to the right.

    Returns
    -------
    float
        Cosine of the roots of both sums, from 0 to 1.
    """
    total, n_measured = np.zeros(two_theta.size), np.zeros(two_theta.size)
    for root, seen, shift in zip(roots, measured, shifts, strict=True):
        places = two_theta + shift * np.cos(np.radians(two_theta / 2))
        inside = np.interp(places, two_theta, seen.astype(float)) > 0.99
        pattern = np.interp(places, two_theta, root**2) * inside
        total += pattern / (pattern.sum() + _TINY)
        n_measured += inside
    step = float(np.median(np.diff(two_theta)))
    mean = gaussian_filter1d(total / np.maximum(n_measured, 1), _SMOOTHING / step)[::_EVERY]
    grid, inside = two_theta[::_EVERY], (n_measured > 0)[::_EVERY]
    strong = lines.intensity > _WEAKEST * lines.intensity.max()
    strong &= (lines.two_theta > grid[0]) & (lines.two_theta < grid[-1])
    away = (grid[:, None] - lines.two_theta[strong]) / np.hypot(_SMOOTHING, _WIDTH)
    profiles = np.exp(-0.5 * away**2) * inside[:, None]
    fitted = np.sqrt(profiles @ nnls(profiles, mean * inside)[0])
    calculated = np.sqrt(profiles @ lines.intensity[strong])
    size = np.sqrt((fitted @ fitted) * (calculated @ calculated)) + _TINY
    return float(fitted @ calculated / size)
