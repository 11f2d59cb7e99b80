"""The crystals that are trained on: families of organics, and of what minerals are like."""

from __future__ import annotations

import gemmi
import numpy as np
from numpy.typing import NDArray

from ..simulation import Lines, near_relative, virtual_family
from ..simulation.lines import cartesian_axes
from ..simulation.structure_factors import centric_planes, draw_factors, possible_planes

TWO_THETA_MAX = 43.0
"""Degrees; lines just beyond the grid are shifted or broadened onto it."""

FORMS_PER_FAMILY = 4

FURTHER_FORMS = {"polymorph": 0.4, "hydrate": 0.3, "solvate": 0.3}
"""What the forms of an organic family after its first one are. Relatives share the lattice within
1 to 5 percent and intensities in part: the pairs that are hardest to tell apart."""

MINERAL_SPACE_GROUPS = (
    ("C 1 2/m 1", 16), ("C 1 2/c 1", 12), ("P 1 21/c 1", 8), ("P -1", 7), ("C -1", 5),
    ("P n m a", 9), ("P b c a", 3), ("C m c m", 3), ("P 63/m m c", 4), ("P 63/m", 3),
    ("R -3 m:H", 6), ("R -3 c:H", 5), ("R -3:H", 2), ("P 31 2 1", 3), ("P -3 m 1", 3),
    ("I 41/a m d:2", 3), ("P 42/m n m", 3), ("F m -3 m", 4), ("F d -3 m:2", 4), ("P a -3", 2),
)  # fmt: skip
"""Space groups of common minerals, with rough weights (ours)."""


def organic_family(rng: np.random.RandomState, n_forms: int = FORMS_PER_FAMILY) -> list[Lines]:
    """Draw the forms of a virtual organic molecule.

    Parameters
    ----------
    rng : RandomState
    n_forms : int

    Returns
    -------
    list of Lines
    """
    names, shares = zip(*FURTHER_FORMS.items(), strict=True)
    kinds = ["polymorph", *(str(kind) for kind in rng.choice(names, n_forms - 1, p=shares))]
    return virtual_family(n_forms, rng, kinds=kinds, two_theta_max=TWO_THETA_MAX)


def mineral_family(rng: np.random.RandomState, n_forms: int = FORMS_PER_FAMILY) -> list[Lines]:
    """Draw crystals with few strong lines, of which half are relatives of the first.

    Parameters
    ----------
    rng : RandomState
    n_forms : int

    Returns
    -------
    list of Lines
    """
    forms = [mineral_crystal(rng)]
    while len(forms) < n_forms:
        if rng.random_sample() < 0.5:
            form = near_relative(
                forms[rng.randint(len(forms))],
                strain=rng.uniform(0.008, 0.04),
                correlation=rng.uniform(0.6, 0.95),
                random_state=rng,
            )
        else:
            form = mineral_crystal(rng)
        forms.append(form)
    return forms


def mineral_crystal(rng: np.random.RandomState) -> Lines:
    """Draw a crystal unlike organics: a small or layered cell, high symmetry, few strong lines.

    Structure factors follow Wilson's distributions around a mean that falls slowly with the angle
    and scatters from plane to plane, since a few heavy atoms scatter in step. A quarter are layers
    7 to 16 angstrom thick whose basal lines are the strong ones.

    Parameters
    ----------
    rng : RandomState

    Returns
    -------
    Lines
    """
    symbols, shares = zip(*MINERAL_SPACE_GROUPS, strict=True)
    while True:
        layered = bool(rng.random_sample() < 0.25)
        symbol = (
            "C 1 2/m 1" if layered else str(rng.choice(symbols, p=np.divide(shares, sum(shares))))
        )
        symbol = gemmi.find_spacegroup_by_name(symbol).xhm()
        cell = _layered_cell(rng) if layered else _compact_cell(symbol, rng)
        hkl = possible_planes(cell, symbol, 1.5406 / (2 * np.sin(np.radians(TWO_THETA_MAX / 2))))
        if len(hkl) >= 3:
            break
    reciprocal = np.linalg.inv(cartesian_axes(cell))
    s_squared = ((hkl @ reciprocal) ** 2).sum(axis=1) / 4
    mean = np.exp(-2 * rng.uniform(1.0, 6.0) * s_squared + rng.normal(0.0, 0.8, len(hkl)))
    if layered:
        mean[(hkl[:, :2] == 0).all(axis=1)] *= np.exp(rng.uniform(1.0, 3.5))
    factors = draw_factors(mean, centric_planes(hkl, symbol), rng)
    return Lines.from_structure_factors(hkl, np.abs(factors) ** 2, cell=cell, space_group=symbol)


def _layered_cell(rng: np.random.RandomState) -> NDArray[np.float64]:
    a = rng.uniform(5.0, 5.5)
    b = a * np.sqrt(3) * rng.uniform(0.98, 1.02)
    c = rng.choice([7.2, 10.0, 14.2, 15.5]) + rng.normal(0.0, 0.3)
    return np.array([a, b, c, 90.0, rng.uniform(95.0, 105.0), 90.0])


def _compact_cell(symbol: str, rng: np.random.RandomState) -> NDArray[np.float64]:
    group = gemmi.find_spacegroup_by_name(symbol)
    n_lattice_points = len(list(group.operations().cen_ops))
    volume = np.exp(rng.normal(np.log(350.0), 0.7)) * n_lattice_points**0.5
    volume = float(np.clip(volume, 40.0, 2500.0))
    system = group.crystal_system_str()
    ratios = np.exp(rng.normal(0.0, 0.35, 3))
    angles = np.full(3, 90.0)
    if system == "cubic":
        ratios[:] = 1.0
    elif system in ("tetragonal", "trigonal", "hexagonal"):
        ratios[1] = ratios[0]
        angles[2] = 90.0 if system == "tetragonal" else 120.0
    elif system == "monoclinic":
        angles[1] = rng.uniform(90.0, 120.0)
    elif system == "triclinic":
        angles = rng.uniform(85.0, 105.0, 3)
    scale = (volume / np.linalg.det(cartesian_axes([*ratios, *angles]))) ** (1 / 3)
    return np.concatenate([scale * ratios, angles])
