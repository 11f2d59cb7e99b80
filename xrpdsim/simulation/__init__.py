"""Simulated patterns: a crystal's lines, what sample and instrument do to them, rendering."""

from .lines import Lines, lorentz_polarisation
from .structures import lines_from_cif, thermal_expansion

__all__ = ["Lines", "lorentz_polarisation", "lines_from_cif", "thermal_expansion"]
