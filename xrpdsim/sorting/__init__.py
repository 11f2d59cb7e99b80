"""Sorting a screen into solid forms, and matching it to references.

Flags judge patterns one by one (`flags`); `find_copies` finds measurements that are there twice;
`FormClusterer` makes groups (how: `grouping`); `ReferenceMatcher` names forms that are known,
`MixtureExplainer` finds sums of two, and `find_two_parts` groups that may be two forms. `screens`
takes a folder of files through all of them; `cif_references` fits the cells of crystal structures
that are references. This package never learns a similarity, and draws nothing.
"""

from .clusterer import FormClusterer
from .copies import find_copies
from .flags import PatternFlags, flag_patterns
from .mixtures import Explanation, MixtureExplainer
from .references import ReferenceMatcher, ReferenceMatches
from .screens import (
    Corrections,
    EarlierGroups,
    PossibleNewForm,
    ReferencePatterns,
    Screen,
    SortedScreen,
    add_to_screen,
    changes_since,
    read_corrections,
    read_earlier_groups,
    read_references,
    read_screen,
    sort_screen,
)
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
    "find_copies",
    "TwoParts",
    "DifferingLine",
    "read_screen",
    "add_to_screen",
    "read_references",
    "ReferencePatterns",
    "Screen",
    "sort_screen",
    "SortedScreen",
    "PossibleNewForm",
    "read_corrections",
    "Corrections",
    "read_earlier_groups",
    "EarlierGroups",
    "changes_since",
]
