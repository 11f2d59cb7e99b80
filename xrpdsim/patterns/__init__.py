"""The data model: patterns on one grid, pairs of rows, and folds that leave two compounds out.

It reads no files and knows no measure; only `LeaveTwoGroupsOut` needs scikit-learn.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .grid import (
    CU_KALPHA1,
    GRID_POINTS,
    GRID_START,
    GRID_STEP,
    Pattern,
    check_grid,
    convert_two_theta,
    default_two_theta,
    grid_or_default,
    to_grid,
)
from .pairs import check_pairs, condensed_pairs, encode_phases, n_condensed, same_phase

if TYPE_CHECKING:
    from .splitting import LeaveTwoGroupsOut

__all__ = [
    "Pattern",
    "default_two_theta",
    "convert_two_theta",
    "to_grid",
    "check_grid",
    "grid_or_default",
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


def __getattr__(name: str) -> Any:
    if name != "LeaveTwoGroupsOut":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.splitting").LeaveTwoGroupsOut


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
