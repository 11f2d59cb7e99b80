"""Solvates that lose their solvent and keep their packing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._support._sklearn import check_random_state
from ._factor_pair import FactorPair, draw_strain
from .lines import Lines


def solvate_series(
    host: Lines,
    occupancies: Sequence[float],
    *,
    scattering: float = 0.5,
    strain: float = 0.015,
    growth: float = 0.03,
    random_state: Any = None,
) -> list[Lines]:
    r"""Return one packing of molecules with more or less solvent in its voids.

    With a share x of the solvent's sites occupied, structure factors are
    :math:`F(x) = F_\mathrm{host} + x\, G`, with G those of the solvent alone, and the cell grows
    in proportion to x (Vegard's law). So samples that lost part of their solvent lie on a line
    from the solvate to the empty host.

    Parameters
    ----------
    host : Lines
        Of the crystal without solvent.
    occupancies : sequence of float
        x of each crystal to return, from 0 to 1.
    scattering : float, default=0.5
        Root mean square of G over that of F of the host: how much the solvent scatters.
    strain : float, default=0.015
        Root mean square of the three principal strains from the empty to the full crystal.
    growth : float, default=0.03
        Relative increase of the volume, part of the strain; at most 3 times `strain` in size. In a
        cubic crystal it is all of the strain, unless it is 0.
    random_state : int, RandomState instance or None, default=None

    Returns
    -------
    list of Lines
        One for each occupancy; the host itself where it is 0.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    See Also
    --------
    near_relative : Two crystals of one packing, without what lies between them.

    Examples
    --------
    >>> from xrpdsim.simulation import virtual_crystal
    >>> empty, half, full = solvate_series(virtual_crystal(0), [0.0, 0.5, 1.0], random_state=0)
    >>> round(half.volume / empty.volume, 3), round(full.volume / empty.volume, 3)
    (1.015, 1.03)
    """
    occupancy = np.asarray(occupancies, dtype=np.float64)
    if occupancy.ndim != 1 or not ((occupancy >= 0) & (occupancy <= 1)).all():
        raise ValueError(f"occupancies={occupancies!r} must be numbers from 0 to 1")
    if not scattering >= 0:
        raise ValueError(f"scattering={scattering} must be at least 0")
    if not len(host):
        raise ValueError("host is empty: a crystal without lines takes up no solvent")
    rng = check_random_state(random_state)
    full = draw_strain(host, strain, growth, rng)
    pair = FactorPair.draw(host, full, rng)
    crystals = []
    for x in occupancy:
        if x == 0:
            crystals.append(host)
            continue
        swollen = pair.lines_of(pair.own + x * scattering * pair.unrelated)
        crystals.append(swollen.with_cell(host.strained(x * full).cell))
    return crystals
