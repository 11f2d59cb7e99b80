"""Crystals that do not exist, but look like those of organic molecules."""

from __future__ import annotations

from typing import Any, NamedTuple

import gemmi
import numpy as np
from numpy.typing import NDArray

from ..._support._sklearn import check_random_state
from ...patterns import CU_KALPHA1
from ._geometry import cartesian_axes, smallest_spacing
from ._structure_factors import (
    Packing,
    centric_planes,
    draw_factors,
    mean_f_squared,
    possible_planes,
)
from .lines import Lines


class SpaceGroup(NamedTuple):
    """How often organic molecules crystallise in a space group, and how many share a unit.

    Parameters
    ----------
    symbol : str
        Hermann-Mauguin symbol with its setting.
    percent : float
        Share among crystals of organic molecules.
    half, two : float
        Share of its crystals with half a molecule, and with two, in the asymmetric unit.
    """

    symbol: str
    percent: float
    half: float = 0.0
    two: float = 0.08


SPACE_GROUPS = (
    SpaceGroup("P 1 21/c 1", 20.0, half=0.12, two=0.06),
    SpaceGroup("P 1 21/n 1", 16.0, half=0.12, two=0.06),
    SpaceGroup("P -1", 25.0, half=0.15, two=0.14),
    SpaceGroup("P 21 21 21", 10.0),
    SpaceGroup("C 1 2/c 1", 7.0, half=0.4),
    SpaceGroup("I 1 2/a 1", 1.0, half=0.4),
    SpaceGroup("P 1 21 1", 7.0, two=0.2),
    SpaceGroup("P b c a", 6.0, half=0.1),
    SpaceGroup("P n a 21", 2.0),
    SpaceGroup("P n m a", 1.2, half=1.0, two=0.0),
    SpaceGroup("C 1 c 1", 1.0),
    SpaceGroup("P 1", 1.0, two=0.45),
    SpaceGroup("P b c n", 0.9, half=0.4),
    SpaceGroup("P c a 21", 0.8, two=0.3),
    SpaceGroup("P 1 21/m 1", 0.6, half=1.0, two=0.0),
    SpaceGroup("C 1 2 1", 0.5, half=0.2),
    SpaceGroup("P 21 21 2", 0.5, half=0.2),
    SpaceGroup("P c c n", 0.4, half=0.3),
    SpaceGroup("I 41/a", 0.4, half=0.2),
    SpaceGroup("R -3:H", 0.4, half=0.3),
    SpaceGroup("P 41 21 2", 0.3, half=0.2),
    SpaceGroup("P 43 21 2", 0.3, half=0.2),
)
"""Space groups of organic crystals with their shares in per cent: the six commonest as published
counts of organic structures give them, the rarer ones and the settings rounded, ours."""

MOLECULAR_VOLUME = 380.0
"""Median volume of a drug molecule in its crystal, cubic angstrom."""
_MOLECULAR_VOLUME_SPREAD = 0.33
_SHORTEST_AXIS = 3.6  # angstrom, the thickness of a flat molecule

# Mean and standard deviation of the logarithms of middle to shortest and longest to middle axis.
_AXIS_GAPS = {
    "triclinic": ((0.25, 0.25), (0.27, 0.27)),
    "monoclinic": ((0.37, 0.27), (0.45, 0.33)),
    "orthorhombic": ((0.38, 0.34), (0.55, 0.42)),
}
_TRICLINIC_ANGLES = (92.0, 12.0)
_OBLIQUITY = 12.5  # degrees, of a half-normal distribution of beta - 90
_SMALLEST_ROOT = 0.55  # cell volume over a b c; reduced cells are not flatter


def virtual_crystal(
    random_state: Any = None,
    *,
    space_group: str | None = None,
    molecular_volume: float | None = None,
    z_prime: float | None = None,
    wavelength: float = CU_KALPHA1,
    two_theta_max: float = 42.0,
) -> Lines:
    """Draw the lines of an organic crystal that does not exist.

    The space group comes by its frequency among organics, the molecular volume from a log-normal
    distribution, the shape of the cell from distributions fitted to real crystals, and the
    structure factors from Wilson's distributions around a mean that falls with form factors and
    thermal motion and shows how molecules pack.

    Parameters
    ----------
    random_state : int, RandomState instance or None, default=None
    space_group : str, optional
        Hermann-Mauguin symbol with its setting; drawn from `SPACE_GROUPS` by default.
    molecular_volume : float, optional
        Cubic angstrom a molecule; by default drawn around 380.
    z_prime : float, optional
        Molecules in the asymmetric unit: 0.5, 1 or 2, drawn by default.
    wavelength : float, default=1.5406
        In angstrom.
    two_theta_max : float, default=42.0
        Lines up to this angle, in degrees.

    Returns
    -------
    Lines

    Raises
    ------
    ValueError
        If the space group, the angle or `z_prime` makes no sense, or the volume is too small for a
        crystal.

    See Also
    --------
    near_relative : A crystal that is hard to tell from another.

    Examples
    --------
    >>> lines = virtual_crystal(random_state=0)
    >>> lines.space_group, len(lines)
    ('P -1', 224)
    """
    for name, value in (("molecular_volume", molecular_volume), ("z_prime", z_prime)):
        if value is not None and not 0 < value < np.inf:
            raise ValueError(f"{name}={value} must be above 0")
    rng = check_random_state(random_state)
    group = _draw_space_group(rng) if space_group is None else _listed(space_group)
    if z_prime is None:
        shares = [group.half, 1 - group.half - group.two, group.two]
        z_prime = float(rng.choice([0.5, 1.0, 2.0], p=shares))
    if molecular_volume is None:
        molecular_volume = draw_molecular_volume(rng)
    n_operations = len(gemmi.find_spacegroup_by_name(group.symbol).operations())
    cell = _draw_cell(group.symbol, n_operations * z_prime * molecular_volume, rng)
    packing = Packing.draw(rng)
    d_min = smallest_spacing(wavelength, two_theta_max)
    hkl = possible_planes(cell, group.symbol, d_min)
    mean = mean_f_squared(
        hkl, cartesian_axes(cell), group.symbol, packing.displacement, packing.stacking
    )
    factors = draw_factors(mean, centric_planes(hkl, group.symbol), rng)
    return Lines.from_structure_factors(
        hkl,
        np.abs(factors) ** 2,
        cell=cell,
        space_group=group.symbol,
        wavelength=wavelength,
        d_min=d_min,
    )


def draw_molecular_volume(rng: np.random.RandomState) -> float:
    """Draw the volume of a molecule in its crystal, cubic angstrom."""
    return float(np.exp(rng.normal(np.log(MOLECULAR_VOLUME), _MOLECULAR_VOLUME_SPREAD)))


def _draw_space_group(rng: np.random.RandomState) -> SpaceGroup:
    shares = np.array([group.percent for group in SPACE_GROUPS])
    return SPACE_GROUPS[rng.choice(len(SPACE_GROUPS), p=shares / shares.sum())]


def _listed(symbol: str) -> SpaceGroup:
    known = gemmi.find_spacegroup_by_name(symbol)
    if known is None:
        raise ValueError(f"space_group={symbol!r} is not a known Hermann-Mauguin symbol")
    for group in SPACE_GROUPS:
        if group.symbol == known.xhm():
            return group
    return SpaceGroup(known.xhm(), 0.0)


def _draw_cell(symbol: str, volume: float, rng: np.random.RandomState) -> NDArray[np.float64]:
    for _ in range(1000):
        shape = _draw_shape(symbol, rng)
        root = np.linalg.det(cartesian_axes(shape)) if _is_cell(shape) else 0.0
        if root < _SMALLEST_ROOT * shape[:3].prod():
            continue
        shape[:3] *= (volume / root) ** (1 / 3)
        if shape[:3].min() >= _SHORTEST_AXIS:
            return shape
    raise ValueError(
        f"no cell of {volume:.0f} cubic angstrom in {symbol} has axes of at least "
        f"{_SHORTEST_AXIS} angstrom; a molecule needs more room"
    )


def _draw_shape(symbol: str, rng: np.random.RandomState) -> NDArray[np.float64]:
    """Draw a cell of about unit volume."""
    group = gemmi.find_spacegroup_by_name(symbol)
    system = group.crystal_system_str()
    angles = np.full(3, 90.0)
    if system in ("tetragonal", "trigonal", "hexagonal"):
        ratio = np.exp(rng.normal(0.0, 0.5))
        if group.ext == "R":  # rhombohedral axes of the cell that hexagonal ones of this ratio have
            length = np.sqrt(3 + ratio**2) / 3
            return np.append(
                np.full(3, length), np.full(3, np.degrees(2 * np.arcsin(0.5 / length)))
            )
        angles[2] = 90.0 if system == "tetragonal" else 120.0
        return np.array([1.0, 1.0, ratio, *angles])
    if system == "cubic":
        return np.array([1.0, 1.0, 1.0, *angles])
    gaps = [rng.gamma((mean / sd) ** 2, sd**2 / mean) for mean, sd in _AXIS_GAPS[system]]
    lengths = np.exp(np.cumsum([0.0, *gaps]))
    if system == "triclinic":
        angles = rng.normal(*_TRICLINIC_ANGLES, size=3)
    else:
        lengths = rng.permutation(lengths)
    if system == "monoclinic":
        angles["abc".index(group.monoclinic_unique_axis())] += abs(rng.normal(0.0, _OBLIQUITY))
    return np.concatenate([lengths, angles])


def _is_cell(shape: NDArray[np.float64]) -> bool:
    alpha, beta, gamma = np.radians(shape[3:])
    # The angles of a parallelepiped obey spherical triangle inequalities.
    half = (alpha + beta + gamma) / 2
    return bool(half < np.pi and half > max(alpha, beta, gamma))
