"""Structure factors of crystals whose atoms nobody knows: Wilson's statistics and what shifts them.

The mean of |F|^2 over many organic crystals follows the scattering of their atoms only at small
spacings. Molecules that fill space scatter little at low angles, and aromatic molecules stack
about 3.3 angstrom apart. Both show as a curve over q = 4 pi sin(theta) / wavelength; its
parameters were fitted to 137 structures of small organic molecules, at rest. Only the height and
cone of the stacking peak were then set by where the strongest lines lie.
"""

from __future__ import annotations

from dataclasses import dataclass

import gemmi
import numpy as np
from numpy.typing import NDArray

from ._geometry import images

_SELF = 0.70  # level at large q, relative to the sum of f^2
_SELF_ONSET = 0.92  # 1/angstrom, below it the crystal looks filled evenly
_CONTACT, _CONTACT_Q, _CONTACT_WIDTH = 0.63, 1.71, 0.23
_STACK, _STACK_Q, _STACK_WIDTH = 1.60, 1.92, 0.083
_STACK_CONE = 0.20  # squared sine of the angle at which the stacking peak falls to 1/e

_CARBON = gemmi.Element("C").it92
_CARBON_A = np.array(_CARBON.a)
_CARBON_B = np.array(_CARBON.b)
_CARBON_C = float(_CARBON.c)


@dataclass(frozen=True)
class Packing:
    """What the mean of |F|^2 depends on beside the spacing of the planes.

    Parameters
    ----------
    displacement : float
        Mean displacement parameter B in square angstrom.
    stacking : array of shape (3,)
        Direction in which molecules stack, in the Cartesian axes of the crystal.
    """

    displacement: float
    stacking: NDArray[np.float64]

    @classmethod
    def draw(cls, rng: np.random.RandomState) -> Packing:
        """Draw a packing as organics have them at room temperature."""
        return cls(
            displacement=float(np.exp(rng.normal(np.log(4.0), 0.3))),
            stacking=_unit(rng.standard_normal(3)),
        )


def possible_planes(cell: NDArray[np.float64], space_group: str, d_min: float) -> NDArray[np.int_]:
    """Return one hkl of each Laue orbit down to `d_min` that the space group allows."""
    group = gemmi.find_spacegroup_by_name(space_group)
    hkl = gemmi.make_miller_array(gemmi.UnitCell(*cell), group, d_min)
    return np.asarray(hkl[~group.operations().systematic_absences(hkl)], dtype=np.int_)


def mean_f_squared(
    hkl: NDArray[np.int_],
    axes: NDArray[np.float64],
    space_group: str,
    displacement: float,
    stacking: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the expected |F|^2, up to a factor, of planes in a crystal of organic molecules.

    Parameters
    ----------
    hkl : array of shape (n_lines, 3)
    axes : array of shape (3, 3)
        Cell vectors as columns.
    space_group : str
    displacement : float
        B in square angstrom.
    stacking : array of shape (3,), optional
        Unit vector; without it the stacking peak is spread over all directions.

    Returns
    -------
    ndarray of shape (n_lines,)
        The factor epsilon of planes with more than the usual number of symmetry operations that
        leave them in place is included.
    """
    reciprocal = np.linalg.inv(axes)
    vectors = hkl @ reciprocal
    length = np.linalg.norm(vectors, axis=1)
    quarter = length**2 / 4  # (sin theta / wavelength)^2
    atom = _CARBON_C + (_CARBON_A * np.exp(-np.multiply.outer(quarter, _CARBON_B))).sum(axis=1)
    q = 2 * np.pi * length
    stacked = _STACK * np.exp(-((q - _STACK_Q) ** 2) / (2 * _STACK_WIDTH**2))
    if stacking is not None:
        normals = (images(hkl, space_group) @ reciprocal) / length[:, None, None]
        cosine = np.abs(normals @ stacking).max(axis=1)
        cone = np.exp((cosine**2 - 1) / _STACK_CONE)
        stacked = stacked * cone / max(cone.mean(), 1e-9)
    packing = (
        _SELF * (1 - np.exp(-((q / _SELF_ONSET) ** 2)))
        + _CONTACT * np.exp(-((q - _CONTACT_Q) ** 2) / (2 * _CONTACT_WIDTH**2))
        + stacked
    )
    epsilon = _operations(space_group).epsilon_factor_array(hkl.astype(np.int32))
    return np.asarray(epsilon * packing * atom**2 * np.exp(-2 * displacement * quarter))


def draw_factors(
    mean: NDArray[np.float64],
    centric: NDArray[np.bool_],
    rng: np.random.RandomState,
) -> NDArray[np.complex128]:
    """Draw structure factors from Wilson's distributions.

    |F|^2 over its mean is exponential for acentric planes and chi-square with one degree of
    freedom for centric ones (Wilson 1949), whose phases are two opposite values.

    Parameters
    ----------
    mean : array of shape (n_lines,)
        Expected |F|^2.
    centric : array of shape (n_lines,), bool
    rng : RandomState

    Returns
    -------
    ndarray of shape (n_lines,), complex
        Phases are relative to an arbitrary one for each plane.
    """
    real, imaginary = rng.standard_normal((2, len(mean)))
    unit = np.where(centric, real, (real + 1j * imaginary) / np.sqrt(2))
    return np.asarray(np.sqrt(mean) * unit)


def centric_planes(hkl: NDArray[np.int_], space_group: str) -> NDArray[np.bool_]:
    """Return which planes have structure factors of two possible phases."""
    flags = _operations(space_group).centric_flag_array(hkl.astype(np.int32))
    return np.asarray(flags, dtype=bool)


def _operations(space_group: str) -> gemmi.GroupOps:
    return gemmi.find_spacegroup_by_name(space_group).operations()


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(vector / np.linalg.norm(vector))
