"""Sorting a screen into solid forms, and matching it to references."""

from .clusterer import FormClusterer
from .corrections import Corrections, read_corrections
from .flags import PatternFlags, flag_patterns
from .measure import default_similarity, similarity_by_name
from .mixtures import Explanation, MixtureExplainer
from .references import ReferenceMatcher
from .screen import Screen, read_screen
from .screening import ScreeningSimilarity
from .sorted_screen import SortedScreen
from .workflow import sort_screen

__all__ = [
    "FormClusterer",
    "ReferenceMatcher",
    "ScreeningSimilarity",
    "default_similarity",
    "similarity_by_name",
    "flag_patterns",
    "PatternFlags",
    "MixtureExplainer",
    "Explanation",
    "read_screen",
    "Screen",
    "sort_screen",
    "SortedScreen",
    "read_corrections",
    "Corrections",
]
