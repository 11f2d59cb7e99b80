"""Simulated patterns: a crystal's lines, what sample and instrument do to them, rendering."""

from .conditions import MeasurementConditions
from .distributions import Beta, LogNormal, LogUniform, Normal, Sometimes, Uniform
from .lines import Lines, lorentz_polarisation
from .patterns import pattern_batches, simulate_patterns
from .presets import PRESETS, get_conditions
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
    "simulate_patterns",
    "pattern_batches",
    "MeasurementConditions",
    "PRESETS",
    "get_conditions",
    "Uniform",
    "LogUniform",
    "Normal",
    "LogNormal",
    "Beta",
    "Sometimes",
]
