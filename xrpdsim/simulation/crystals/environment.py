"""One crystal at other temperatures and pressures."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._support._sklearn import check_random_state
from .lines import Lines

ROOM_TEMPERATURE = 298.0
"""Kelvin."""

VOLUMETRIC_EXPANSION = 161e-6
"""Mean volumetric thermal expansion of organic crystals, 1/K (it scatters by 51e-6)."""

_EXPANSION_SPREAD = 54e-6
"""Scatter of the principal expansions; makes one of them negative in a third of the crystals."""

BULK_MODULUS = 9.0
"""Of a typical molecular crystal, GPa. Ours: between soft hydrocarbons and amino acids."""

_COMPRESSIBILITY_SPREAD = 0.5
"""Scatter of the principal compressibilities over their mean."""

DISPLACEMENT = 4.0
"""Mean displacement parameter B of an organic crystal at room temperature, square angstrom."""


def thermal_expansion(
    volumetric: float = VOLUMETRIC_EXPANSION, random_state: Any = None
) -> NDArray[np.float64]:
    """Draw the thermal expansion tensor of an organic crystal.

    The principal directions are random; the principal expansions sum to `volumetric` and scatter
    so that about a third of the crystals contract along one of them, as surveys of organic
    structures find.

    Parameters
    ----------
    volumetric : float, default=161e-6
        Volumetric expansion, 1/K.
    random_state : int, RandomState instance or None, default=None

    Returns
    -------
    ndarray of shape (3, 3)
        Symmetric, 1/K, in Cartesian axes of the crystal. Times a difference of temperature it is
        a strain for `Lines.strained`.

    Examples
    --------
    >>> tensor = thermal_expansion(random_state=0)
    >>> round(float(tensor.trace()), 9)
    0.000161
    """
    rng = check_random_state(random_state)
    scatter = rng.standard_normal(3)
    principal = volumetric / 3 + _EXPANSION_SPREAD * (scatter - scatter.mean())
    return _tensor(principal, rng)


def compressibility(
    bulk_modulus: float = BULK_MODULUS, random_state: Any = None
) -> NDArray[np.float64]:
    """Draw the compressibility tensor of an organic crystal.

    The principal directions are random; the principal compressibilities sum to 1 / `bulk_modulus`
    and scatter by half of their mean.

    Parameters
    ----------
    bulk_modulus : float, default=9.0
        GPa.
    random_state : int, RandomState instance or None, default=None

    Returns
    -------
    ndarray of shape (3, 3)
        Symmetric, 1/GPa, in Cartesian axes of the crystal. A pressure p strains the cell by
        -p times this.

    Examples
    --------
    >>> tensor = compressibility(random_state=0)
    >>> round(1 / float(tensor.trace()), 9)
    9.0
    """
    rng = check_random_state(random_state)
    mean = 1 / (3 * bulk_modulus)
    scatter = rng.standard_normal(3)
    principal = mean * (1 + _COMPRESSIBILITY_SPREAD * (scatter - scatter.mean()))
    return _tensor(principal, rng)


def in_environment(
    lines: Lines,
    *,
    temperature: float = ROOM_TEMPERATURE,
    pressure: float = 0.0,
    reference: float = ROOM_TEMPERATURE,
    expansion: ArrayLike | None = None,
    compliance: ArrayLike | None = None,
    displacement: float = DISPLACEMENT,
    random_state: Any = None,
) -> Lines:
    r"""Return the lines of one crystal at another temperature and pressure.

    The cell is strained by :math:`\alpha (T - T_0) - \beta p`, the same in all directions only by
    chance, and the atoms move more the warmer it is:

    .. math:: |F|^2 \to |F|^2 \exp[-2 B (T / T_0 - 1) \sin^2\theta / \lambda^2]

    with B proportional to temperature, the classical limit. The arrangement of the molecules in
    the cell stays.

    Parameters
    ----------
    lines : Lines
        Of the crystal at `reference` and without pressure.
    temperature : float, default=298.0
        Kelvin.
    pressure : float, default=0.0
        GPa.
    reference : float, default=298.0
        Kelvin.
    expansion : array-like of shape (3, 3), optional
        1/K; drawn by `thermal_expansion` if not given.
    compliance : array-like of shape (3, 3), optional
        1/GPa; drawn by `compressibility` if not given.
    displacement : float, default=4.0
        Mean B at `reference`, square angstrom.
    random_state : int, RandomState instance or None, default=None
        For what is drawn.

    Returns
    -------
    Lines

    Raises
    ------
    ValueError
        If a temperature is not above 0, or the strain is 0.2 or more.

    Examples
    --------
    >>> from xrpdsim.simulation import virtual_crystal
    >>> warm = virtual_crystal(random_state=0)
    >>> cold = in_environment(warm, temperature=100.0, random_state=0)
    >>> round(cold.volume / warm.volume, 3)
    0.968
    """
    for name, value in (("temperature", temperature), ("reference", reference)):
        if not value > 0:
            raise ValueError(f"{name}={value} must be above 0 K")
    rng = check_random_state(random_state)
    if expansion is None:
        expansion = thermal_expansion(random_state=rng)
    if compliance is None:
        compliance = compressibility(random_state=rng)
    strain = np.asarray(expansion) * (temperature - reference) - np.asarray(compliance) * pressure
    if np.abs(strain).max() >= 0.2:
        raise ValueError(
            f"temperature={temperature} and pressure={pressure} strain the cell by "
            f"{np.abs(strain).max():.2f}; below 0.2 a crystal is still the same"
        )
    moved = lines.strained(strain)
    quarter = 1 / (4 * moved.d_spacing**2)  # (sin theta / wavelength)^2
    weaker = np.exp(-2 * displacement * (temperature / reference - 1) * quarter)
    return Lines.from_structure_factors(
        moved.hkl,
        moved.f_squared * weaker,
        cell=moved.cell,
        space_group=moved.space_group,
        wavelength=moved.wavelength,
        d_min=moved.d_min,
    )


def _tensor(principal: NDArray[np.float64], rng: np.random.RandomState) -> NDArray[np.float64]:
    """Return a symmetric tensor with these principal values along random directions."""
    directions, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    return np.asarray((directions * principal) @ directions.T)
