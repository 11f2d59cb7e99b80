"""The data model: patterns on one grid, pairs of rows, and folds that leave two compounds out.

It says which angles points lie at, what counts as a pattern, and which pairs are of one form. It
reads no files and knows no measure; only `LeaveTwoGroupsOut` and `validate_patterns` need
scikit-learn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support._later import imported_later
from .grid import (
    CU_KALPHA1,
    GRID_POINTS,
    GRID_START,
    GRID_STEP,
    GridWarning,
    angles_in_columns,
    check_grid,
    check_same_grid,
    default_two_theta,
    grid_in_force,
    grid_or_default,
    stated_grid,
)
from .pairs import check_pairs, condensed_pairs, encode_phases, n_condensed, same_phase
from .pattern import Pattern, convert_two_theta, to_grid

if TYPE_CHECKING:
    from .splitting import LeaveTwoGroupsOut
    from .validation import validate_patterns

# Imported when asked for: they need scikit-learn, which readers of files do without.
_LATER = {"LeaveTwoGroupsOut": "splitting", "validate_patterns": "validation"}

__all__ = [
    "Pattern",
    "default_two_theta",
    "convert_two_theta",
    "to_grid",
    "check_grid",
    "check_same_grid",
    "grid_or_default",
    "grid_in_force",
    "stated_grid",
    "angles_in_columns",
    "GridWarning",
    "validate_patterns",
    "encode_phases",
    "n_condensed",
    "condensed_pairs",
    "same_phase",
    "check_pairs",
    "LeaveTwoGroupsOut",
    "CU_KALPHA1",
    "GRID_START",
    "GRID_STEP",
    "GRID_POINTS",
]

__getattr__, __dir__ = imported_later(__name__, _LATER)
