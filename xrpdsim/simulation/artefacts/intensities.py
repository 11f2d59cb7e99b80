"""What sample and instrument do to the intensity of a line, other than texture."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def polarisation(two_theta: ArrayLike, degree: ArrayLike) -> NDArray[np.float64]:
    """Return the polarisation factor relative to that of an unpolarised beam.

    ``(1 + A cos^2 2theta) / (1 + A)`` over ``(1 + cos^2 2theta) / 2``; `Lines` hold the latter
    already. L. V. Azaroff, Acta Cryst. 8 (1955) 701.

    Parameters
    ----------
    two_theta : array-like
        Degrees.
    degree : array-like
        A: 1 without monochromator, 0.79 (mosaic) to 0.89 (perfect) with Ge(111), about 0 at a
        synchrotron that diffracts in the vertical plane.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> polarisation([0.0, 40.0], 0.79).round(3)
    array([1.   , 1.031])
    """
    square = np.cos(np.radians(two_theta)) ** 2
    degree = np.asarray(degree, dtype=np.float64)
    return np.asarray(2 * (1 + degree * square) / ((1 + degree) * (1 + square)))


def absorption(
    two_theta: ArrayLike, thickness: ArrayLike, fixed_omega: bool = True
) -> NDArray[np.float64]:
    """Return what a flat plate transmits, relative to a thin one.

    The beam is diffracted at every depth z of the plate: with the plate across the beam,
    the mean over z of ``exp(-mu z) exp(-mu (t - z) / cos 2theta)``; in symmetric transmission,
    ``exp(-mu t / cos theta) / cos theta``. International Tables for Crystallography C, 6.3.3.

    Parameters
    ----------
    two_theta : array-like
        Degrees, below 90.
    thickness : array-like
        mu t, absorption coefficient times thickness of the plate.
    fixed_omega : bool, default=True
        The plate stands across the beam; otherwise it turns by theta.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> absorption([0.0, 40.0], 0.5).round(3)
    array([0.607, 0.562])
    """
    thickness = np.asarray(thickness, dtype=np.float64)
    angle = np.radians(two_theta)
    if not fixed_omega:
        path = 1 / np.cos(angle / 2)
        return np.asarray(path * np.exp(-thickness * path))
    excess = thickness * (1 / np.cos(angle) - 1)
    # (1 - exp(-x)) / x, which is 1 at x = 0.
    mean = np.where(excess > 1e-12, -np.expm1(-excess) / np.maximum(excess, 1e-12), 1.0)
    return np.asarray(np.exp(-thickness) * mean)


def beam_overflow(two_theta: ArrayLike, full_above: ArrayLike) -> NDArray[np.float64]:
    """Return the share of the beam that falls on the sample, in reflection.

    The footprint of a beam of width w is w / sin theta long; where that is more than the sample,
    the rest is lost: sin(theta) / sin(theta_0).

    Parameters
    ----------
    two_theta : array-like
        Degrees.
    full_above : array-like
        Degrees 2theta above which the whole beam falls on the sample; 0 for everywhere.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> beam_overflow([4.0, 8.0, 20.0], 8.0).round(3)
    array([0.5, 1. , 1. ])
    """
    sine = np.sin(np.radians(two_theta) / 2)
    limit = np.sin(np.radians(np.asarray(full_above, dtype=np.float64)) / 2)
    return np.minimum(1.0, sine / np.maximum(limit, 1e-12))


def few_grains(
    multiplicity: ArrayLike, grains: float, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Draw the factor on each line that comes from the finite number of crystallites.

    A line is the sum over the crystallites that happen to stand right. With n of them for each
    of m equivalent planes, of exponentially distributed strength, that is a Gamma distribution of
    shape n m and mean 1: its relative standard deviation is 1 / sqrt(n m). After D. K. Smith,
    Powder Diffr. 16 (2001) 186.

    Parameters
    ----------
    multiplicity : array-like of shape (n_lines,)
    grains : float
        Crystallites that diffract into a line for each of its planes; infinite for no effect.
    generator : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n_lines,)

    Examples
    --------
    >>> few_grains([2, 4], float("inf"), np.random.default_rng(0))
    array([1., 1.])
    """
    multiplicity = np.asarray(multiplicity, dtype=np.float64)
    if np.isinf(grains):
        return np.ones_like(multiplicity)
    shape = grains * multiplicity
    return np.asarray(generator.gamma(shape) / shape)
