"""Crystals and their lines, read from structures or drawn; not what an instrument makes of them."""

from .lines import Lines, lorentz_polarisation
from .relatives import near_relative, virtual_family
from .structures import chemical_formula, lines_from_cif, thermal_expansion
from .virtual import virtual_crystal

__all__ = [
    "Lines",
    "lorentz_polarisation",
    "chemical_formula",
    "lines_from_cif",
    "thermal_expansion",
    "virtual_crystal",
    "near_relative",
    "virtual_family",
]
