"""Unit cells, and which planes of a crystal are equivalent."""

from __future__ import annotations

from functools import cache

import gemmi
import numpy as np
from numpy.typing import ArrayLike, NDArray


def cartesian_axes(cell: ArrayLike) -> NDArray[np.float64]:
    """Return the cell vectors as columns; x along a, y in the plane of a and b.

    Parameters
    ----------
    cell : array-like of shape (6,)
        a, b, c in angstrom, alpha, beta, gamma in degrees.

    Returns
    -------
    ndarray of shape (3, 3)

    Raises
    ------
    ValueError
        If no such cell exists.

    Examples
    --------
    >>> cartesian_axes([5, 6, 7, 90, 90, 90]).round(6).diagonal()
    array([5., 6., 7.])
    """
    a, b, c, *angles = np.asarray(cell, dtype=np.float64)
    cos_alpha, cos_beta, cos_gamma = np.cos(np.radians(angles))
    sin_gamma = np.sin(np.radians(angles[2]))
    with np.errstate(divide="ignore", invalid="ignore"):
        y = (cos_alpha - cos_beta * cos_gamma) / sin_gamma
        z = np.sqrt(1 - cos_beta**2 - y**2)
    if not (min(a, b, c) > 0 and z > 0):
        raise ValueError(f"no unit cell has the parameters {np.asarray(cell).tolist()}")
    return np.array(
        [[a, b * cos_gamma, c * cos_beta], [0.0, b * sin_gamma, c * y], [0.0, 0.0, c * z]]
    )


def smallest_spacing(wavelength: float, two_theta_max: float) -> float:
    """Return the spacing of planes that diffract at `two_theta_max` degrees, by Bragg's law."""
    if not 0 < two_theta_max <= 180:
        raise ValueError(f"two_theta_max={two_theta_max} must lie above 0 and up to 180 degrees")
    if not wavelength > 0:
        raise ValueError(f"wavelength={wavelength} must be above 0 angstrom")
    return float(wavelength / (2 * np.sin(np.radians(two_theta_max / 2))))


@cache
def proper_rotations(space_group: str) -> NDArray[np.int_]:
    """Return the rotations of a space group's Laue class, one of each pair with the inversion.

    Parameters
    ----------
    space_group : str
        Hermann-Mauguin symbol with its setting.

    Returns
    -------
    ndarray of shape (n_rotations, 3, 3)
        They act on fractional coordinates from the left and on hkl (a row) from the right.

    Raises
    ------
    ValueError
        If the symbol is not known.

    Examples
    --------
    >>> len(proper_rotations("P 21 21 21")), len(proper_rotations("F m -3 m"))
    (4, 24)
    """
    group = gemmi.find_spacegroup_by_name(space_group)
    if group is None:
        raise ValueError(f"space_group={space_group!r} is not a known Hermann-Mauguin symbol")
    matrices = np.array([operation.rot for operation in group.operations().sym_ops])
    matrices //= gemmi.Op.DEN
    matrices = matrices * np.sign(np.linalg.det(matrices)).astype(int)[:, None, None]
    _, first = np.unique(matrices.reshape(len(matrices), -1), axis=0, return_index=True)
    return matrices[np.sort(first)]


def fits_symmetry(cell: ArrayLike, space_group: str, tolerance: float = 0.01) -> bool:
    """Whether the rotations of a space group leave a cell as it is.

    Parameters
    ----------
    cell : array-like of shape (6,)
        a, b, c in angstrom, alpha, beta, gamma in degrees.
    space_group : str
        Hermann-Mauguin symbol with its setting.
    tolerance : float, default=0.01
        By which squares of lengths may differ, and cosines.

    Returns
    -------
    bool

    Examples
    --------
    >>> fits_symmetry([5, 5, 5, 90, 90, 90], "F m -3 m")
    True
    >>> fits_symmetry([5, 6, 7, 90, 100, 90], "P n m a")
    False
    """
    axes = cartesian_axes(cell)
    turns = axes @ proper_rotations(space_group) @ np.linalg.inv(axes)
    stretched = np.swapaxes(turns, 1, 2) @ turns - np.eye(3)
    return bool(np.abs(stretched).max() <= tolerance)


def images(hkl: ArrayLike, space_group: str) -> NDArray[np.int_]:
    """Return hkl under all rotations of the Laue class, shape (n_lines, n_rotations, 3)."""
    hkl = np.asarray(hkl)
    return np.moveaxis(hkl @ proper_rotations(space_group), 0, 1)


def orbit_sizes(hkl: ArrayLike, space_group: str) -> NDArray[np.int_]:
    """Return how many planes each Laue orbit holds, Friedel mates included, shape (n_lines,)."""
    hkl = np.asarray(hkl)
    orbits = images(hkl, space_group)
    itself = (orbits == hkl[:, None]).all(axis=2) | (orbits == -hkl[:, None]).all(axis=2)
    # Orbit-stabiliser theorem; the factor 2 is the Friedel mate.
    return np.asarray(2 * orbits.shape[1] // itself.sum(axis=1))


def orbit_keys(hkl: ArrayLike, space_group: str) -> NDArray[np.int_]:
    """Return one number for each Laue orbit, equal for equivalent planes, shape (n_lines,)."""
    orbits = images(hkl, space_group)
    # Indices of planes that an X-ray beam reaches are far below 500.
    keys = orbits @ np.array([1_000_000, 1_000, 1])
    return np.asarray(np.abs(keys).max(axis=1))


def cell_parameters(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a, b, c, alpha, beta, gamma of cell vectors given as columns, shape (6,)."""
    metric = axes.T @ axes
    lengths = np.sqrt(metric.diagonal())
    cosines = np.array([metric[1, 2], metric[0, 2], metric[0, 1]])
    cosines /= lengths[[1, 0, 0]] * lengths[[2, 2, 1]]
    return np.concatenate([lengths, np.degrees(np.arccos(cosines))])
