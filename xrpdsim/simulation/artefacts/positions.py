"""Where a line appears: strain, the second wavelength, displaced samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

CU_KALPHA2_RATIO = 1.544390 / 1.540593
"""Wavelength of Cu K-alpha2 over that of K-alpha1, from Deutsch et al., Phys. Rev. A 51 (1995)
283, as tabulated by the IUCr."""

N_LEVELS = 5


def strained(two_theta: ArrayLike, strain: ArrayLike) -> NDArray[np.float64]:
    """Return the angle of a line whose planes are further apart, d (1 + strain).

    Parameters
    ----------
    two_theta : array-like
        Degrees.
    strain : array-like
        Along the normal of the planes, see `line_strain`.

    Returns
    -------
    ndarray
        Degrees.

    Examples
    --------
    >>> strained([20.0, 40.0], 0.001).round(4)
    array([19.9798, 39.9583])
    """
    sine = np.sin(np.radians(two_theta) / 2) / (1 + np.asarray(strain))
    return np.degrees(2 * np.arcsin(sine))


def line_strain(normals: ArrayLike, tensor: ArrayLike) -> NDArray[np.float64]:
    """Return the strain n' E n along each plane normal.

    Parameters
    ----------
    normals : array-like of shape (n_lines, 3)
        Unit vectors.
    tensor : array-like of shape (n_patterns, 3, 3)

    Returns
    -------
    ndarray of shape (n_patterns, n_lines)

    Examples
    --------
    >>> line_strain([[1, 0, 0], [0, 1, 0]], [np.diag([0.01, 0.02, 0.0])])
    array([[0.01, 0.02]])
    """
    normals = np.asarray(normals, dtype=np.float64)
    return np.asarray(np.einsum("li,pij,lj->pl", normals, np.asarray(tensor), normals))


def second_wavelength(two_theta: ArrayLike) -> NDArray[np.float64]:
    """Return where the K-alpha2 partner of a K-alpha1 line stands, both of copper.

    Parameters
    ----------
    two_theta : array-like
        Degrees.

    Returns
    -------
    ndarray
        Degrees.

    Examples
    --------
    >>> second_wavelength([10.0, 40.0]).round(3)
    array([10.025, 40.103])
    """
    sine = np.minimum(1.0, np.sin(np.radians(two_theta) / 2) * CU_KALPHA2_RATIO)
    return np.degrees(2 * np.arcsin(sine))


def height_displacement(
    two_theta: ArrayLike, displacement: ArrayLike, radius: float
) -> NDArray[np.float64]:
    """Return the shift of a line in Bragg-Brentano geometry, -2 s cos theta / R.

    Parameters
    ----------
    two_theta : array-like
        Degrees.
    displacement : array-like
        s in millimetre, how far the surface lies below the axis of the goniometer.
    radius : float
        R in millimetre.

    Returns
    -------
    ndarray
        Degrees, to be added to the angle.

    Examples
    --------
    >>> height_displacement([10.0, 40.0], 0.1, 217.5).round(4)
    array([-0.0525, -0.0495])
    """
    cosine = np.cos(np.radians(two_theta) / 2)
    return np.degrees(-2 * np.asarray(displacement) * cosine / radius)


def transmission_displacement(
    two_theta: ArrayLike, displacement: ArrayLike, radius: float, fixed_omega: bool = True
) -> NDArray[np.float64]:
    """Return the shift of a line in transmission geometry.

    s sin 2theta / R where the plate stands across the beam and is moved along it; 2 s sin theta / R
    where the plate turns by theta and is moved along its normal.

    Parameters
    ----------
    two_theta : array-like
        Degrees.
    displacement : array-like
        s in millimetre, how far the sample stands towards the source.
    radius : float
        R in millimetre.
    fixed_omega : bool, default=True
        The plate stands across the beam; otherwise it turns by theta.

    Returns
    -------
    ndarray
        Degrees, to be added to the angle.

    Examples
    --------
    >>> transmission_displacement([10.0, 40.0], 0.1, 290.0).round(4)
    array([0.0034, 0.0127])
    """
    angle = np.radians(two_theta)
    lever = np.sin(angle) if fixed_omega else 2 * np.sin(angle / 2)
    return np.degrees(np.asarray(displacement) * lever / radius)


def levels(
    unevenness: float, generator: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw at which heights the parts of an uneven sample lie.

    A little powder, or one that was not pressed flat, lies at several heights, and each line is
    the sum of as many, shifted ones: it widens, leans or splits. Here they are five, anywhere in
    the range; every way to share out the sample among them is equally likely.

    Parameters
    ----------
    unevenness : float
        Half the range of heights, millimetre.
    generator : numpy.random.Generator

    Returns
    -------
    height, share : ndarray of shape (5,)
        Millimetre, zero on average over the sample; the shares add up to 1.

    Examples
    --------
    >>> height, share = levels(0.1, np.random.default_rng(0))
    >>> bool(np.ptp(height) <= 0.2), bool(abs(height @ share) < 1e-15)
    (True, True)
    """
    share = generator.dirichlet(np.ones(N_LEVELS))
    height = unevenness * generator.uniform(-1.0, 1.0, N_LEVELS)
    return height - height @ share, share
