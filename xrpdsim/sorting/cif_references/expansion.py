"""By how much the cell of a crystal may differ between a structure and a screen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...simulation import Lines

SCREEN_TEMPERATURE = 298.0
"""Kelvin; screens are taken to be measured at it."""

N_DEVIATIONS = 3.0
"""Bounds of each component of a strain, in standard deviations from what is expected."""

# Volumetric expansion of organic crystals, its scatter over crystals, and the scatter of each other
# component of the strain, which makes one axis contract in a third of them; all 1/K.
_VOLUMETRIC, _SCATTER_OF_VOLUME, _SCATTER_OF_SHAPE = 161e-6, 51e-6, 34e-6
# What two samples, two instruments and the error of a cell add to a component.
_SCATTER_OF_SAMPLES = 0.0015
# A CIF that states no temperature may be of any from here on.
_COLDEST = 100.0


class ExpectedStrain(NamedTuple):
    """The strains that the symmetry of a crystal allows, and which of them are expected.

    Parameters
    ----------
    basis : ndarray of shape (n_components, 3, 3)
        Orthonormal symmetric tensors; the first is a change of volume alone.
    mean : ndarray of shape (n_components,)
        Expected components.
    deviation : ndarray of shape (n_components,)
        Their standard deviations.
    """

    basis: NDArray[np.float64]
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]

    def along(self, lines: Lines) -> NDArray[np.float64]:
        """Return the strain normal to the planes of each line for each component."""
        normals = lines.directions
        return np.einsum("ki,mij,kj->km", normals, self.basis, normals)

    def tensor(self, units: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the strain of shape (3, 3) for components in deviations from the mean."""
        return np.tensordot(self.mean + self.deviation * units, self.basis, axes=1)


def expected_strain(lines: Lines, temperature: float | None) -> ExpectedStrain:
    """Return the strain that brings a structure to the temperature of a screen.

    Organic crystals expand by 161 ± 51 ppm/K in volume, and one axis contracts in a third of them.
    Samples, instruments and errors of cells add 0.15 % a component.

    Parameters
    ----------
    lines : Lines
        Of the structure.
    temperature : float or None
        Of the structure, in kelvin; None where it is not known, but from 100 to 298 K.

    Returns
    -------
    ExpectedStrain

    Examples
    --------
    >>> lines = Lines.from_structure_factors(
    ...     [[1, 0, 0]], [1.0], cell=[7, 9, 11, 90, 90, 90], space_group="P 21 21 21"
    ... )
    >>> strain = expected_strain(lines, 100.0)
    >>> strain.tensor(np.zeros(3)).diagonal().round(4)
    array([0.0106, 0.0106, 0.0106])
    """
    pairs = [(0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)]
    unit = np.zeros((6, 3, 3))
    for number, (i, j) in enumerate(pairs):
        unit[number, i, j] = unit[number, j, i] = 1.0 if i == j else np.sqrt(0.5)
    allowed = lines.symmetric_strain(unit).reshape(6, 9)
    volume = np.eye(3).reshape(1, 9) / np.sqrt(3)
    _, size, shapes = np.linalg.svd(allowed - (allowed @ volume.T) * volume)
    basis = np.concatenate([volume, shapes[: len(size)][size > 1e-6]])
    most = SCREEN_TEMPERATURE - (_COLDEST if temperature is None else temperature)
    warmer, unknown = (most / 2, _VOLUMETRIC * most / 2) if temperature is None else (most, 0.0)
    mean = np.zeros(len(basis))
    mean[0] = _VOLUMETRIC * warmer / np.sqrt(3)
    deviation = np.full(len(basis), np.hypot(_SCATTER_OF_SHAPE * most, _SCATTER_OF_SAMPLES))
    of_volume = np.hypot(_SCATTER_OF_VOLUME * most, unknown) / np.sqrt(3)
    deviation[0] = np.hypot(of_volume, _SCATTER_OF_SAMPLES)
    return ExpectedStrain(basis.reshape(-1, 3, 3), mean, deviation)
