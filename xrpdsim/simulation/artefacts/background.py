"""What lies under the lines: amorphous matter, the sample's films, air."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import trapezoid

from ...patterns import CU_KALPHA1

AMORPHOUS_BANDS = ((1.05, 0.20, 0.45), (1.42, 0.17, 1.0), (1.90, 0.30, 0.35))
"""Position and standard deviation in 1/angstrom, and relative height, of the broad bands of an
organic glass: distances of 6, 4.4 and 3.3 angstrom between molecules."""

FULL_ANGLE = 5.0
"""Degrees 2theta at which `air_scatter` is 1."""


def amorphous_bands(
    two_theta: ArrayLike, scale: ArrayLike = 1.0, tilt: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Return the scattering of a molecular glass, with unit area over the angles given.

    Parameters
    ----------
    two_theta : array-like of shape (n_points,)
        Degrees.
    scale : array-like of shape (n_patterns,), default=1
        All band positions are multiplied by this.
    tilt : array-like of shape (n_patterns,), default=0
        Logarithm of what the outer bands gain in height, for each 1/angstrom from the middle one.

    Returns
    -------
    ndarray of shape (n_patterns, n_points)
        Per degree.

    Examples
    --------
    >>> grid = np.arange(3.0, 42.0, 0.02)
    >>> float(grid[amorphous_bands(grid).argmax()].round(1))
    19.9
    """
    two_theta = np.asarray(two_theta, dtype=np.float64)
    scale = np.asarray(scale, dtype=np.float64).reshape(-1, 1)
    tilt = np.asarray(tilt, dtype=np.float64).reshape(-1, 1)
    q = momentum_transfer(two_theta) / scale
    middle = AMORPHOUS_BANDS[1][0]
    bands = sum(
        height * np.exp(tilt * (centre - middle) - 0.5 * ((q - centre) / width) ** 2)
        for centre, width, height in AMORPHOUS_BANDS
    )
    return np.asarray(bands / trapezoid(bands, two_theta, axis=1)[:, None])


def kapton(two_theta: ArrayLike) -> NDArray[np.float64]:
    """Return the scattering of a Kapton film: a step near 5.7 and a halo at 19.4 degrees.

    Parameters
    ----------
    two_theta : array-like
        Degrees.

    Returns
    -------
    ndarray
        1 at the top of the halo.

    Examples
    --------
    >>> kapton([5.0, 7.0, 19.4, 40.0]).round(2)
    array([0.58, 0.17, 1.  , 0.16])
    """
    two_theta = np.asarray(two_theta, dtype=np.float64)
    step = 0.42 / (1 + np.exp((two_theta - 5.7) / 0.15))
    halo = 0.84 * np.exp(-0.5 * ((two_theta - 19.4) / 4.2) ** 2)
    return np.asarray(step + halo + 0.16)


def cellulose_acetate(two_theta: ArrayLike) -> NDArray[np.float64]:
    """Return the scattering of a cellulose acetate film: halos near 9 and 19 degrees.

    No published measurement of the film alone was found; position and width are ours, within the
    ranges of 8 to 10 and 17 to 22 degrees that reports on the material give.

    Parameters
    ----------
    two_theta : array-like
        Degrees.

    Returns
    -------
    ndarray
        About 1 at the top of the higher halo.

    Examples
    --------
    >>> cellulose_acetate([9.0, 19.0, 40.0]).round(2)
    array([0.57, 1.  , 0.08])
    """
    two_theta = np.asarray(two_theta, dtype=np.float64)
    inner = 0.47 * np.exp(-0.5 * ((two_theta - 9.0) / 1.6) ** 2)
    outer = 0.92 * np.exp(-0.5 * ((two_theta - 19.0) / 3.6) ** 2)
    return np.asarray(inner + outer + 0.08)


def glass(two_theta: ArrayLike) -> NDArray[np.float64]:
    """Return the scattering of a glass holder that shows through a thin sample.

    One halo near 23 degrees, from the first sharp diffraction peak of silicate glass at 1.5 to
    1.6 1/angstrom, with a long slope to higher angles; the widths are ours.

    Parameters
    ----------
    two_theta : array-like
        Degrees.

    Returns
    -------
    ndarray
        1 at the top of the halo.

    Examples
    --------
    >>> glass([10.0, 23.0, 40.0]).round(2)
    array([0.32, 1.  , 0.42])
    """
    two_theta = np.asarray(two_theta, dtype=np.float64)
    width = np.where(two_theta < 23.0, 5.0, 9.0)
    return np.asarray(0.3 + 0.7 * np.exp(-0.5 * ((two_theta - 23.0) / width) ** 2))


def air_scatter(two_theta: ArrayLike) -> NDArray[np.float64]:
    """Return the scattering of the air in the beam, (2theta / 5)^-1.3.

    Parameters
    ----------
    two_theta : array-like
        Degrees, above zero.

    Returns
    -------
    ndarray
        1 at 5 degrees.

    Examples
    --------
    >>> air_scatter([5.0, 10.0]).round(3)
    array([1.   , 0.406])
    """
    return (np.asarray(two_theta, dtype=np.float64) / FULL_ANGLE) ** -1.3


def sloped(two_theta: ArrayLike, slope: ArrayLike) -> NDArray[np.float64]:
    """Return a straight line that is 1 in the middle of the angles given.

    Parameters
    ----------
    two_theta : array-like of shape (n_points,)
        Degrees.
    slope : array-like of shape (n_patterns,)
        What the line gains from the middle to the end, as a fraction, at most 1 either way.

    Returns
    -------
    ndarray of shape (n_patterns, n_points)

    Examples
    --------
    >>> sloped([10.0, 20.0, 30.0], [0.5])
    array([[0.5, 1. , 1.5]])
    """
    two_theta = np.asarray(two_theta, dtype=np.float64)
    first, last = two_theta[0], two_theta[-1]
    along = (2 * two_theta - first - last) / (last - first)
    return np.asarray(1 + np.asarray(slope, dtype=np.float64).reshape(-1, 1) * along)


def momentum_transfer(two_theta: ArrayLike) -> NDArray[np.float64]:
    """Return q = 4 pi sin(theta) / lambda in 1/angstrom, at Cu K-alpha1.

    Parameters
    ----------
    two_theta : array-like
        Degrees.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> momentum_transfer([20.0, 40.0]).round(3)
    array([1.416, 2.79 ])
    """
    return 4 * np.pi * np.sin(np.radians(two_theta) / 2) / CU_KALPHA1
