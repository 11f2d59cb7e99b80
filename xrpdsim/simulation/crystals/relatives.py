"""Families of crystals: the polymorphs of a molecule, and near relatives of a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..._support._sklearn import check_random_state
from ._factor_pair import FactorPair, draw_strain
from .lines import Lines
from .virtual import draw_molecular_volume, virtual_crystal


class Kinship(NamedTuple):
    """How near a relative is: low and high end of what is drawn evenly.

    Parameters
    ----------
    strain : tuple of (float, float)
        Root mean square of the three principal strains between the cells.
    correlation : tuple of (float, float)
        Correlation of the structure factors; that of the intensities is about its square.
    growth : tuple of (float, float)
        Relative increase of the cell's volume, part of the strain.
    """

    strain: tuple[float, float]
    correlation: tuple[float, float]
    growth: tuple[float, float]


KINSHIPS = {
    "solid solution": Kinship((0.002, 0.010), (0.95, 0.99), (-0.01, 0.01)),
    "hydrate": Kinship((0.010, 0.030), (0.70, 0.95), (0.02, 0.05)),
    "solvate": Kinship((0.010, 0.050), (0.50, 0.90), (-0.05, 0.05)),
}
"""Degrees of similarity between crystals of one packing.

A hydrate is the same packing with and without water in its channels, a solvate the same packing
around another solvent molecule, a solid solution the same crystal with some molecules replaced.
"""


def near_relative(
    lines: Lines,
    *,
    strain: float = 0.02,
    correlation: float = 0.8,
    growth: float = 0.0,
    random_state: Any = None,
) -> Lines:
    """Draw a crystal of the same space group that is hard to tell from a given one.

    The cell is strained and the structure factors are mixed with those of an unrelated crystal,
    F' = r F + sqrt(1 - r^2) G with r the `correlation`, which keeps Wilson's distributions.
    Phases of F are not known and drawn.

    Parameters
    ----------
    lines : Lines
        Of a real or a virtual crystal.
    strain : float, default=0.02
        Root mean square of the three principal strains.
    correlation : float, default=0.8
        Correlation of the structure factors, from 0 (only the cell is alike) to 1 (only the cell
        differs). That of the intensities is about its square.
    growth : float, default=0.0
        Relative increase of the volume, at most 3 times `strain` in size. It is part of the
        strain; the rest is drawn. A cubic crystal can only swell or shrink: it grows by just this,
        or, where it is 0, is strained by `strain` either way.
    random_state : int, RandomState instance or None, default=None

    Returns
    -------
    Lines
        Up to the angle at which `lines` end.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Examples
    --------
    >>> lines = virtual_crystal(random_state=0)
    >>> relative = near_relative(lines, strain=0.01, correlation=0.9, random_state=0)
    >>> relative.space_group == lines.space_group
    True
    >>> (relative.cell / lines.cell).round(3)
    array([1.004, 1.004, 0.998, 1.007, 1.   , 0.99 ])
    """
    if not 0 <= correlation <= 1:
        raise ValueError(f"correlation={correlation} must lie between 0 and 1")
    if not len(lines):
        raise ValueError("lines is empty: a crystal without lines has no relatives")
    rng = check_random_state(random_state)
    pair = FactorPair.draw(lines, draw_strain(lines, strain, growth, rng), rng)
    return pair.mixed(correlation)


def virtual_family(
    n_forms: int,
    random_state: Any = None,
    *,
    kinds: Sequence[str] | None = None,
    molecular_volume: float | None = None,
    two_theta_max: float = 42.0,
) -> list[Lines]:
    """Draw the solid forms of one molecule.

    Polymorphs are unrelated crystals of nearly the same molecular volume (their densities differ
    by about 1.5 percent); every other kind is a near relative of one of the forms before it.

    Parameters
    ----------
    n_forms : int
        At least 1.
    random_state : int, RandomState instance or None, default=None
    kinds : sequence of str of length n_forms, optional
        "polymorph" or a key of `KINSHIPS` for each form. The first one is a polymorph. By default
        all are.
    molecular_volume : float, optional
        Cubic angstrom; drawn around 380 by default.
    two_theta_max : float, default=42.0
        In degrees.

    Returns
    -------
    list of Lines

    Raises
    ------
    ValueError
        If `kinds` has another length, an unknown kind, or does not begin with a polymorph.

    Examples
    --------
    >>> first, second = virtual_family(2, random_state=0, kinds=["polymorph", "hydrate"])
    >>> first.space_group == second.space_group, bool(second.volume > first.volume)
    (True, True)
    """
    kinds = ["polymorph"] * n_forms if kinds is None else list(kinds)
    unknown = set(kinds) - {"polymorph", *KINSHIPS}
    if unknown:
        raise ValueError(f"unknown kinds {sorted(unknown)}; choose from {['polymorph', *KINSHIPS]}")
    if n_forms < 1 or len(kinds) != n_forms:
        raise ValueError(f"n_forms={n_forms} needs as many kinds, got {len(kinds)}; at least 1")
    if kinds[0] != "polymorph":
        raise ValueError("the first form is a polymorph; a relative needs a form before it")
    rng = check_random_state(random_state)
    if molecular_volume is None:
        molecular_volume = draw_molecular_volume(rng)
    forms: list[Lines] = []
    for kind in kinds:
        if kind == "polymorph":
            volume = molecular_volume * np.exp(rng.normal(0.0, 0.015))
            form = virtual_crystal(rng, molecular_volume=volume, two_theta_max=two_theta_max)
        else:
            parent = forms[rng.randint(len(forms))]
            form = near_relative(parent, **draw_kinship(kind, rng), random_state=rng)
        forms.append(form)
    return forms


def draw_kinship(kind: str, random_state: Any = None) -> dict[str, float]:
    """Draw strain, correlation and growth of a kind of relative, for `near_relative`.

    Parameters
    ----------
    kind : str
        A key of `KINSHIPS`.
    random_state : int, RandomState instance or None, default=None

    Returns
    -------
    dict of str to float

    Examples
    --------
    >>> sorted(draw_kinship("hydrate", random_state=0))
    ['correlation', 'growth', 'strain']
    """
    rng = check_random_state(random_state)
    drawn = {name: float(rng.uniform(*ends)) for name, ends in KINSHIPS[kind]._asdict().items()}
    drawn["growth"] = float(np.clip(drawn["growth"], -2 * drawn["strain"], 2 * drawn["strain"]))
    return drawn
