"""Steps that treat each pattern by itself, before any comparison.

Each is a subclass of ``PatternTransformer``. None learns from other patterns, none changes the
grid, and NaN, not measured, stays NaN.
"""

from .baseline import BaselineRemover
from .intensity import LogScaler, SquareRootScaler
from .normalization import PatternNormalizer, StandardNormalVariate

__all__ = [
    "PatternNormalizer",
    "StandardNormalVariate",
    "SquareRootScaler",
    "LogScaler",
    "BaselineRemover",
]
