"""Sorting a screen into solid forms, and matching it to references.

Flags judge patterns one by one (`flags`); `FormClusterer` makes groups (how: `grouping`);
`ReferenceMatcher` names forms that are known, and `MixtureExplainer` finds sums of two. `screens`
takes a folder of files through all of them. This package never learns a similarity, and draws
nothing.
"""

from .clusterer import FormClusterer
from .flags import PatternFlags, flag_patterns
from .mixtures import Explanation, MixtureExplainer
from .references import ReferenceMatcher, ReferenceMatches
from .screens import Corrections, Screen, SortedScreen, read_corrections, read_screen, sort_screen
from .two_parts import DifferingLine, TwoParts, find_two_parts

__all__ = [
    "FormClusterer",
    "ReferenceMatcher",
    "ReferenceMatches",
    "flag_patterns",
    "PatternFlags",
    "MixtureExplainer",
    "Explanation",
    "find_two_parts",
    "TwoParts",
    "DifferingLine",
    "read_screen",
    "Screen",
    "sort_screen",
    "SortedScreen",
    "read_corrections",
    "Corrections",
]
