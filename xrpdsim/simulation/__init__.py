"""Simulated patterns: crystals and their lines, what sample and instrument do to them, rendering.

It knows no similarity and reads no files but CIFs.
"""

from .conditions import MeasurementConditions
from .crystals import (
    Lines,
    chemical_formula,
    compressibility,
    in_environment,
    lines_from_cif,
    lorentz_polarisation,
    measurement_temperature,
    near_relative,
    polytype,
    solvate_series,
    thermal_expansion,
    virtual_crystal,
    virtual_family,
)
from .distributions import Beta, LogNormal, LogUniform, Normal, Sometimes, Uniform
from .pattern_simulation import pattern_batches, simulate_patterns
from .presets import PRESETS, get_conditions

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
    "solvate_series",
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
