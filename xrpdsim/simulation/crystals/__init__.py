"""Crystals and their lines, read from structures or drawn; not what an instrument makes of them."""

from .environment import compressibility, in_environment, thermal_expansion
from .lines import Lines, lorentz_polarisation
from .polytypes import common_planes, polytype
from .relatives import near_relative, virtual_family
from .solvates import solvate_series
from .structures import chemical_formula, lines_from_cif, measurement_temperature
from .virtual import virtual_crystal

__all__ = [
    "Lines",
    "lorentz_polarisation",
    "chemical_formula",
    "lines_from_cif",
    "measurement_temperature",
    "thermal_expansion",
    "compressibility",
    "in_environment",
    "virtual_crystal",
    "near_relative",
    "polytype",
    "common_planes",
    "solvate_series",
    "virtual_family",
]
