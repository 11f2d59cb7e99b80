"""What sample and instrument do to a pattern: one function a formula, one file a kind of effect.

How strong each effect is stands in `MeasurementConditions` and the presets, never here.
"""

from .axial import axial_divergence
from .background import air_scatter, amorphous_bands, cellulose_acetate, glass, kapton, sloped
from .counting import count, measured, stitched_gain
from .intensities import absorption, beam_overflow, few_grains, polarisation
from .positions import (
    height_displacement,
    levels,
    line_strain,
    second_wavelength,
    strained,
    transmission_displacement,
)
from .profile import (
    LineWidths,
    pseudo_voigt,
    pseudo_voigt_transform,
    size_broadening,
    strain_broadening,
    thompson_cox_hastings,
)
from .texture import azimuth_average, draw_axes, march_dollase, texture_factors

__all__ = [
    "strained",
    "line_strain",
    "second_wavelength",
    "height_displacement",
    "transmission_displacement",
    "levels",
    "polarisation",
    "absorption",
    "beam_overflow",
    "few_grains",
    "march_dollase",
    "azimuth_average",
    "texture_factors",
    "draw_axes",
    "LineWidths",
    "size_broadening",
    "strain_broadening",
    "thompson_cox_hastings",
    "pseudo_voigt",
    "pseudo_voigt_transform",
    "axial_divergence",
    "amorphous_bands",
    "kapton",
    "cellulose_acetate",
    "glass",
    "air_scatter",
    "sloped",
    "stitched_gain",
    "count",
    "measured",
]
