"""Crystals like minerals: few strong lines, layers in several stackings, solid solutions."""

from __future__ import annotations

from typing import NamedTuple

import gemmi
import numpy as np
from numpy.typing import NDArray

from ...simulation import Lines, near_relative
from ...simulation.crystals._structure_factors import centric_planes, draw_factors, possible_planes
from ...simulation.crystals.lines import cartesian_axes
from .organics import FORMS_PER_FAMILY, TWO_THETA_MAX

SPACE_GROUPS = (
    ("C 1 2/m 1", 16), ("C 1 2/c 1", 12), ("P 1 21/c 1", 8), ("P -1", 7), ("C -1", 5),
    ("P n m a", 9), ("P b c a", 3), ("C m c m", 3), ("P 63/m m c", 4), ("P 63/m", 3),
    ("R -3 m:H", 6), ("R -3 c:H", 5), ("R -3:H", 2), ("P 31 2 1", 3), ("P -3 m 1", 3),
    ("I 41/a m d:2", 3), ("P 42/m n m", 3), ("F m -3 m", 4), ("F d -3 m:2", 4), ("P a -3", 2),
)  # fmt: skip
"""Space groups of common minerals, with rough weights (ours)."""

STACKINGS = (("C 1 2/m 1", 1), ("C -1", 1), ("C 1 2/c 1", 2), ("C -1", 2))
"""Space group and layers a cell; a glide along c takes one layer to the next."""

THICKNESSES = (7.2, 10.0, 14.2, 15.5)
"""Angstrom, of a layer of kaolin, mica, chlorite and smectite."""

LAYERED_SHARE = 0.35
"""Share of families that are layers in several stackings and of several kinds."""

RELATIVE_SHARE = 0.5
"""Share of further forms that are near relatives, or another stacking of the same layers."""

SMALLEST_STRAIN = 0.002
"""Between neighbours in a series; below it no pattern tells two lattices apart."""

SOLID_SOLUTION_SHARE = 0.6
"""Share of forms whose specimens differ in composition."""


class Layer(NamedTuple):
    """What all stackings of one kind of layer share.

    Attributes
    ----------
    a, b, thickness : float
        Angstrom.
    basal : ndarray of shape (n_orders,)
        Squared structure factor of the basal reflections, by their order less one.
    """

    a: float
    b: float
    thickness: float
    basal: NDArray[np.float64]


def mineral_family(
    rng: np.random.RandomState, n_forms: int = FORMS_PER_FAMILY, *, series: bool = False
) -> list[Lines]:
    """Draw the forms of a group of minerals, of which half are relatives of another.

    A relative has a strained lattice and structure factors that are in part the same; among layered
    minerals it may instead stack the same layers in another way, and then shares the basal lines,
    often the strongest ones.

    Parameters
    ----------
    rng : RandomState
    n_forms : int
    series : bool
        Whether relatives may be neighbours in a series, which are named apart but no further from
        each other than specimens of one mineral are.

    Returns
    -------
    list of Lines
    """
    layered = bool(rng.random_sample() < LAYERED_SHARE)
    layer = draw_layer(rng)
    forms = [stacking(layer, rng) if layered else compact_crystal(rng)]
    while len(forms) < n_forms:
        if rng.random_sample() >= RELATIVE_SHARE:
            form = stacking(draw_layer(rng), rng) if layered else compact_crystal(rng)
        elif layered and rng.random_sample() < 0.5:
            form = stacking(layer, rng)
        else:
            parent = forms[rng.randint(len(forms))]
            if series:
                form = neighbour(parent, rng)
            else:
                form = _relative(parent, (0.008, 0.04), (0.6, 0.95), rng)
        forms.append(form)
    return forms


def neighbour(form: Lines, rng: np.random.RandomState) -> Lines:
    """Draw a neighbour in a series: albite and oligoclase, orthoclase and microcline.

    Lattices are 0.2 to 4 percent apart, each order of magnitude equally likely; up to half of the
    strain may be a change of the volume. Up to 0.7 of the structure factors are another crystal's,
    as amplitudes, so that their correlation is at least 0.71.

    Parameters
    ----------
    form : Lines
    rng : RandomState

    Returns
    -------
    Lines
    """
    strain = np.exp(rng.uniform(np.log(SMALLEST_STRAIN), np.log(0.04)))
    correlation = np.sqrt(1 - rng.uniform(0.0, 0.7) ** 2)
    growth = rng.uniform(-1.5, 1.5) * strain
    return _relative(form, (strain, strain), (correlation, correlation), rng, growth=growth)


def specimens(form: Lines, n: int, rng: np.random.RandomState) -> list[Lines]:
    """Draw crystals of one mineral from several places.

    Most minerals are solid solutions: what replaces part of the atoms moves the lattice, by about
    1 percent at most within what is still one mineral, and changes the structure factors.

    Parameters
    ----------
    form : Lines
    n : int
    rng : RandomState

    Returns
    -------
    list of Lines
    """
    if rng.random_sample() >= SOLID_SOLUTION_SHARE:
        return [form] * n
    largest = np.exp(rng.uniform(np.log(0.001), np.log(0.01)))
    least = 1 - 15 * largest
    return [_relative(form, (0.0, largest), (least, 1.0), rng) for _ in range(n)]


def _relative(
    form: Lines,
    strain: tuple[float, float],
    correlation: tuple[float, float],
    rng: np.random.RandomState,
    *,
    growth: float = 0.0,
) -> Lines:
    while True:
        relative = near_relative(
            form,
            strain=rng.uniform(*strain),
            correlation=rng.uniform(*correlation),
            growth=growth,
            random_state=rng,
        )
        # A cubic cell that shrinks may push the last of its few lines beyond the range.
        if relative.intensity.any():
            return relative


def compact_crystal(rng: np.random.RandomState) -> Lines:
    """Draw a crystal with a small cell, high symmetry and few strong lines.

    Structure factors follow Wilson's distributions around a mean that falls slowly with the angle
    and scatters from plane to plane, since a few heavy atoms scatter in step.

    Parameters
    ----------
    rng : RandomState

    Returns
    -------
    Lines
    """
    symbols, weights = zip(*SPACE_GROUPS, strict=True)
    while True:
        symbol = str(rng.choice(symbols, p=np.divide(weights, sum(weights))))
        symbol = gemmi.find_spacegroup_by_name(symbol).xhm()
        cell = _compact_cell(symbol, rng)
        hkl = possible_planes(cell, symbol, _d_min())
        if len(hkl) >= 3:
            return _crystal(hkl, _mean(hkl, cell, rng), cell, symbol, rng)


def draw_layer(rng: np.random.RandomState) -> Layer:
    """Draw a kind of layer, 7 to 16 angstrom thick, whose basal reflections are strong."""
    a = rng.uniform(5.0, 5.5)
    thickness = rng.choice(THICKNESSES) + rng.normal(0.0, 0.3)
    n_orders = int(thickness / _d_min())
    basal = np.exp(rng.normal(0.0, 0.8, n_orders)) * rng.exponential(size=n_orders)
    basal *= np.exp(rng.uniform(1.0, 3.5))
    return Layer(a, a * np.sqrt(3) * rng.uniform(0.98, 1.02), float(thickness), basal)


def stacking(layer: Layer, rng: np.random.RandomState) -> Lines:
    """Draw a polytype: one or two layers a cell, with basal lines as all stackings have them.

    Parameters
    ----------
    layer : Layer
    rng : RandomState

    Returns
    -------
    Lines
    """
    symbol, n_layers = STACKINGS[rng.randint(len(STACKINGS))]
    symbol = gemmi.find_spacegroup_by_name(symbol).xhm()
    beta = np.radians(rng.uniform(95.0, 105.0))
    c = n_layers * layer.thickness / np.sin(beta)
    alpha, gamma = (90.0, 90.0) if symbol.startswith("C 1") else rng.uniform(88.0, 92.0, 2)
    cell = np.array([layer.a, layer.b, c, alpha, np.degrees(beta), gamma])
    hkl = possible_planes(cell, symbol, _d_min())
    lines = _crystal(hkl, _mean(hkl, cell, rng), cell, symbol, rng)
    order, between = np.divmod(np.abs(lines.hkl[:, 2]), n_layers)
    basal = (lines.hkl[:, :2] == 0).all(axis=1)
    f_squared = lines.f_squared.copy()
    f_squared[basal & (between > 0)] = 0.0  # equal layers are in step for whole orders only
    whole = basal & (between == 0) & (order <= len(layer.basal))
    f_squared[whole] = layer.basal[order[whole] - 1] * np.exp(rng.normal(0.0, 0.15, whole.sum()))
    return Lines.from_structure_factors(lines.hkl, f_squared, cell=cell, space_group=symbol)


def _d_min() -> float:
    return float(1.5406 / (2 * np.sin(np.radians(TWO_THETA_MAX / 2))))


def _mean(
    hkl: NDArray[np.int_], cell: NDArray[np.float64], rng: np.random.RandomState
) -> NDArray[np.float64]:
    reciprocal = np.linalg.inv(cartesian_axes(cell))
    s_squared = ((hkl @ reciprocal) ** 2).sum(axis=1) / 4
    falling = -2 * rng.uniform(1.0, 6.0) * s_squared
    return np.asarray(np.exp(falling + rng.normal(0.0, 0.8, len(hkl))))


def _crystal(
    hkl: NDArray[np.int_],
    mean: NDArray[np.float64],
    cell: NDArray[np.float64],
    symbol: str,
    rng: np.random.RandomState,
) -> Lines:
    factors = draw_factors(mean, centric_planes(hkl, symbol), rng)
    return Lines.from_structure_factors(hkl, np.abs(factors) ** 2, cell=cell, space_group=symbol)


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
