"""The lines of a crystal's powder pattern, before sample and instrument act on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...patterns import CU_KALPHA1
from ._geometry import cartesian_axes, cell_parameters, images, orbit_sizes, proper_rotations


@dataclass(frozen=True, eq=False)
class Lines:
    """The lines of one crystal, one for each set of symmetry-equivalent planes.

    Parameters
    ----------
    hkl : array-like of shape (n_lines, 3)
        Miller indices, one representative of each Laue orbit.
    two_theta : array-like of shape (n_lines,)
        Degrees 2theta at `wavelength`, ascending.
    intensity : array-like of shape (n_lines,)
        Integrated intensity, multiplicity |F|^2 Lp, with the strongest line 100. Lp is that of an
        unpolarised beam, see `lorentz_polarisation`.
    multiplicity : array-like of shape (n_lines,)
        Number of planes in the Laue orbit, Friedel mates included.
    cell : array-like of shape (6,)
        a, b, c in angstrom, alpha, beta, gamma in degrees.
    space_group : str
        Hermann-Mauguin symbol with its setting, as in "P 1 21/n 1".
    wavelength : float, default=1.5406
        In angstrom.
    d_min : float, default=0.0
        Spacing of planes in angstrom down to which the crystal's lines were computed; 0 where
        nothing is known to be missing. A small strain leaves it as it is.

    Raises
    ------
    ValueError
        If the arrays differ in length, the angles do not ascend, or the space group is not known.

    See Also
    --------
    lines_from_cif : The lines of a crystal structure.
    virtual_crystal : The lines of a crystal that does not exist.

    Examples
    --------
    >>> lines = Lines.from_structure_factors(
    ...     [[1, 1, 1], [2, 0, 0]], [100.0, 40.0], cell=[5, 5, 5, 90, 90, 90],
    ...     space_group="F m -3 m",
    ... )
    >>> lines.two_theta.round(2), lines.multiplicity, lines.intensity.round(1)
    (array([30.95, 35.89]), array([8, 6]), array([100. ,  21.8]))
    """

    hkl: NDArray[np.int_]
    two_theta: NDArray[np.float64]
    intensity: NDArray[np.float64]
    multiplicity: NDArray[np.int_]
    cell: NDArray[np.float64]
    space_group: str
    wavelength: float = CU_KALPHA1
    d_min: float = 0.0

    def __post_init__(self) -> None:
        for name in ("hkl", "multiplicity"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.int_))
        for name in ("two_theta", "intensity", "cell"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.float64))
        n_lines = len(self.two_theta)
        shapes = {"hkl": (n_lines, 3), "multiplicity": (n_lines,), "intensity": (n_lines,)}
        for name, shape in {**shapes, "two_theta": (n_lines,), "cell": (6,)}.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, expected {shape}")
        if (np.diff(self.two_theta) < 0).any():
            raise ValueError("two_theta must ascend")
        proper_rotations(self.space_group)

    @classmethod
    def from_structure_factors(
        cls,
        hkl: ArrayLike,
        f_squared: ArrayLike,
        *,
        cell: ArrayLike,
        space_group: str,
        wavelength: float = CU_KALPHA1,
        d_min: float = 0.0,
    ) -> Lines:
        """Build lines from one |F|^2 an orbit: angles, multiplicities and Lp follow.

        Parameters
        ----------
        hkl : array-like of shape (n_lines, 3)
            One representative of each Laue orbit.
        f_squared : array-like of shape (n_lines,)
            Squared structure factors, on any scale.
        cell : array-like of shape (6,)
            a, b, c in angstrom, alpha, beta, gamma in degrees.
        space_group : str
            Hermann-Mauguin symbol.
        wavelength : float, default=1.5406
            In angstrom; planes too narrow to diffract at it are left out.
        d_min : float, default=0.0
            Spacing in angstrom down to which `hkl` holds all planes, if any are missing below.

        Returns
        -------
        Lines
        """
        hkl = np.asarray(hkl, dtype=np.int_).reshape(-1, 3)
        f_squared = np.asarray(f_squared, dtype=np.float64)
        vectors = hkl @ np.linalg.inv(cartesian_axes(cell))
        sine = 0.5 * wavelength * np.sqrt((vectors**2).sum(axis=1))
        order = np.argsort(sine, kind="stable")
        order = order[sine[order] < 1]
        if len(order) < len(hkl):
            d_min = max(d_min, wavelength / 2)
        two_theta = np.degrees(2 * np.arcsin(sine[order]))
        multiplicity = orbit_sizes(hkl[order], space_group)
        intensity = multiplicity * f_squared[order] * lorentz_polarisation(two_theta)
        return cls(
            hkl[order],
            two_theta,
            _strongest_is_100(intensity),
            multiplicity,
            np.asarray(cell, dtype=np.float64),
            space_group,
            wavelength,
            d_min,
        )

    def __len__(self) -> int:
        return len(self.two_theta)

    @cached_property
    def f_squared(self) -> NDArray[np.float64]:
        """|F|^2 of each line on an arbitrary scale, shape (n_lines,)."""
        return self.intensity / (self.multiplicity * lorentz_polarisation(self.two_theta))

    @cached_property
    def d_spacing(self) -> NDArray[np.float64]:
        """Distance of the planes in angstrom, shape (n_lines,)."""
        return np.asarray(self.wavelength / (2 * np.sin(np.radians(self.two_theta) / 2)))

    @property
    def volume(self) -> float:
        """Volume of the cell in cubic angstrom."""
        return float(np.linalg.det(self.axes))

    @cached_property
    def axes(self) -> NDArray[np.float64]:
        """Cell vectors as columns, shape (3, 3), angstrom, in the Cartesian axes of the crystal.

        x runs along a, y lies in the plane of a and b.
        """
        return cartesian_axes(self.cell)

    @cached_property
    def reciprocal_axes(self) -> NDArray[np.float64]:
        """Reciprocal cell vectors as columns, shape (3, 3), 1/angstrom, in the same axes."""
        return np.asarray(np.linalg.inv(self.axes).T)

    @cached_property
    def directions(self) -> NDArray[np.float64]:
        """Unit vectors normal to the planes, shape (n_lines, 3), in the axes of the crystal."""
        return self.normals(self.hkl)

    def normals(self, hkl: ArrayLike) -> NDArray[np.float64]:
        """Return the unit vectors normal to any planes.

        Parameters
        ----------
        hkl : array-like of shape (..., 3)
            Miller indices.

        Returns
        -------
        ndarray of shape (..., 3)
            In the Cartesian axes of the crystal.
        """
        vectors = np.asarray(hkl) @ self.reciprocal_axes.T
        return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)

    @cached_property
    def _equivalents(self) -> NDArray[np.int_]:
        return images(self.hkl, self.space_group)

    def equivalents(self) -> NDArray[np.int_]:
        """Return the images of each line under all rotations of its Laue class.

        Returns
        -------
        ndarray of shape (n_lines, n_rotations, 3)
            One of each Friedel pair. Every plane of an orbit comes equally often, so a mean over
            the second axis is the mean over the orbit, without padding.

        Examples
        --------
        >>> lines = Lines.from_structure_factors(
        ...     [[1, 1, 0]], [1.0], cell=[7, 9, 11, 90, 100, 90], space_group="P 1 21/c 1"
        ... )
        >>> lines.equivalents().tolist()
        [[[1, 1, 0], [-1, 1, 0]]]
        """
        return self._equivalents

    def symmetric_strain(self, strain: ArrayLike) -> NDArray[np.float64]:
        """Return the part of a strain that keeps the symmetry of the crystal.

        Parameters
        ----------
        strain : array-like of shape (..., 3, 3)
            Symmetric tensors in the Cartesian axes of the crystal.

        Returns
        -------
        ndarray of shape (..., 3, 3)
            Mean over the rotations of the Laue class.
        """
        rotations = proper_rotations(self.space_group)
        # Fractional to Cartesian: the operator that acts on atoms, as an orthogonal matrix.
        turns = self.axes @ rotations @ np.linalg.inv(self.axes)
        strain = np.asarray(strain, dtype=np.float64)[..., None, :, :]
        return np.asarray((turns @ strain @ np.swapaxes(turns, -1, -2)).mean(axis=-3))

    def strained(self, strain: ArrayLike) -> Lines:
        """Return the lines of the same crystal with a slightly different cell.

        Each line moves by the strain along its own direction n: d becomes d (1 + n strain n) to
        first order; here the new cell is used exactly.

        Parameters
        ----------
        strain : array-like of shape (3, 3)
            Symmetric tensor in the Cartesian axes of the crystal. The part that would break the
            symmetry is left out, see `symmetric_strain`.

        Returns
        -------
        Lines
            With the same structure factors.

        Examples
        --------
        >>> lines = Lines.from_structure_factors(
        ...     [[1, 0, 0], [0, 1, 0]], [1.0, 1.0], cell=[7, 9, 11, 90, 90, 90],
        ...     space_group="P 21 21 21"
        ... )
        >>> longer = lines.strained([[0.01, 0, 0], [0, 0, 0], [0, 0, 0]])
        >>> (longer.d_spacing / lines.d_spacing).round(4)
        array([1.  , 1.01])
        """
        axes = (np.eye(3) + self.symmetric_strain(strain)) @ self.axes
        return self.with_cell(cell_parameters(axes))

    def with_cell(self, cell: ArrayLike) -> Lines:
        """Return the same planes with the same structure factors in another cell.

        Parameters
        ----------
        cell : array-like of shape (6,)
            a, b, c in angstrom, alpha, beta, gamma in degrees.

        Returns
        -------
        Lines
        """
        return self._recomputed(cell, self.wavelength)

    def with_wavelength(self, wavelength: float) -> Lines:
        """Return the same lines at another wavelength.

        Parameters
        ----------
        wavelength : float
            In angstrom. The lines are the same planes: a shorter wavelength makes them end at a
            smaller angle.

        Returns
        -------
        Lines
        """
        return self._recomputed(self.cell, wavelength)

    def up_to(self, two_theta_max: float) -> Lines:
        """Return the lines at or below `two_theta_max` degrees, on the scale of all.

        They are cut on purpose: patterns of them have no lines above, whatever the grid.
        """
        keep = self.two_theta <= two_theta_max
        return replace(
            self,
            hkl=self.hkl[keep],
            two_theta=self.two_theta[keep],
            intensity=self.intensity[keep],
            multiplicity=self.multiplicity[keep],
        )

    def _recomputed(self, cell: ArrayLike, wavelength: float) -> Lines:
        return Lines.from_structure_factors(
            self.hkl,
            self.f_squared,
            cell=cell,
            space_group=self.space_group,
            wavelength=wavelength,
            d_min=self.d_min,
        )


def lorentz_polarisation(two_theta: ArrayLike) -> NDArray[np.float64]:
    """Return the Lorentz-polarisation factor of a powder for an unpolarised beam.

    (1 + cos^2 2theta) / (sin^2 theta cos theta), International Tables for Crystallography C, 6.2.

    Parameters
    ----------
    two_theta : array-like
        Degrees.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> lorentz_polarisation([10.0, 90.0]).round(2)
    array([260.31,   2.83])
    """
    angle = np.radians(np.asarray(two_theta, dtype=np.float64))
    return (1 + np.cos(angle) ** 2) / (np.sin(angle / 2) ** 2 * np.cos(angle / 2))


def _strongest_is_100(intensity: NDArray[np.float64]) -> NDArray[np.float64]:
    strongest = intensity.max(initial=0.0)
    return intensity * (100 / strongest) if strongest > 0 else intensity
