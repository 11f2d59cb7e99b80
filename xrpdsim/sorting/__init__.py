"""Sorting a screen into solid forms, and matching it to references."""

from .clusterer import FormClusterer
from .corrections import Corrections, read_corrections
from .flags import PatternFlags, flag_patterns
from .measure import ScreeningSimilarity, default_similarity
from .mixtures import Explanation, MixtureExplainer
from .references import ReferenceMatcher

__all__ = [
    "FormClusterer",
    "ReferenceMatcher",
    "ScreeningSimilarity",
    "default_similarity",
    "flag_patterns",
    "PatternFlags",
    "MixtureExplainer",
    "Explanation",
    "read_corrections",
    "Corrections",
]
