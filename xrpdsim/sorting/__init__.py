"""Sorting a screen into solid forms, and matching it to references."""

from .clusterer import FormClusterer
from .corrections import Corrections, read_corrections
from .flags import PatternFlags, flag_patterns
from .mixtures import Explanation, MixtureExplainer
from .references import ReferenceMatcher
from .screens.screen import Screen, read_screen
from .screens.sorted_screen import SortedScreen
from .screens.workflow import sort_screen

__all__ = [
    "FormClusterer",
    "ReferenceMatcher",
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
