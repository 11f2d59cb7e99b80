"""What the atoms of a CIF stand for: how often each counts, and whether all are there."""

from __future__ import annotations

import re
from collections import defaultdict

import gemmi

_SAME_PLACE = 0.1
"""Angstrom: images of an atom that lie this close are one atom, but for rounded coordinates."""

_ONE_ATOM = 0.4
"""Angstrom: images of an atom that lie this close cannot be there together."""

_FULL = 1.05
"""A place holds no more than one atom, but for rounded occupancies."""

_MISSING = 0.9
"""Atoms a formula unit; disorder leaves formulas uncertain by less."""


def divide_occupancies(structure: gemmi.SmallStructure) -> None:
    """Make atoms on special positions count once, not once for each operation.

    A CIF states the share of a site that is filled, whatever its multiplicity. Images in the same
    place are one atom. Images close by are one too, off its position by the errors of refinement,
    if they would hold more than an atom together; halves of a disordered one hold just that. A
    negative disorder group says that the atom only looks as if it lay on a special position.

    Parameters
    ----------
    structure : gemmi.SmallStructure
        Changed in place; `setup_cell_images` was called.
    """
    for site in structure.sites:
        if site.disorder_group < 0:
            continue
        same, close = (
            1 + structure.cell.is_special_position(site.fract, distance)
            for distance in (_SAME_PLACE, _ONE_ATOM)
        )
        site.occ /= close if site.occ * close / same > _FULL else same


def missing_atoms(structure: gemmi.SmallStructure, formula: str) -> dict[str, float]:
    """Return how many atoms of each element a formula unit lacks, where it lacks any.

    The formula units of the cell are counted by the element that is there most often.

    Parameters
    ----------
    structure : gemmi.SmallStructure
        After `divide_occupancies`.
    formula : str
        As in "C8 H9 N O2".

    Returns
    -------
    dict of str to float
        Deuterium counts as hydrogen.
    """
    stated: dict[str, float] = defaultdict(float)
    for element, number in re.findall(r"([A-Z][a-z]?)\s*(\d+\.?\d*|\.\d+)?", formula):
        stated[_as_hydrogen(element)] += float(number or 1)
    found: dict[str, float] = defaultdict(float)
    n_operations = len(structure.spacegroup.operations())
    for site in structure.sites:
        found[_as_hydrogen(site.element.name)] += site.occ * n_operations
    n_units = max((found[element] / n for element, n in stated.items() if n > 0), default=0.0)
    if not n_units:
        return {}
    lacking = {element: n - found[element] / n_units for element, n in stated.items()}
    return {e: n for e, n in lacking.items() if n > 0 and n >= min(_MISSING, stated[e])}


def _as_hydrogen(element: str) -> str:
    return "H" if element in ("D", "T") else element
