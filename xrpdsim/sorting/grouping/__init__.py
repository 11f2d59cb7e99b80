"""How groups are made of the probabilities of pairs: by average linkage, at any size of screen.

It works on row numbers and probabilities. Up to a portion of patterns there is one matrix and one
tree (`linkage`); the patterns of larger screens are joined to nodes first (`large_screens`). It
never reads a file, never gives a group a name, and never compares patterns otherwise than by the
measure it is given.
"""

from .answers import mean_between, set_mean
from .faint_lines import GroupLines, heed_faint_lines
from .group_fit import GroupFit, fit_to_all_members, fit_to_representatives
from .joining import groups_of_later_patterns, join_small_groups, representatives_of
from .known_forms import SURE, KnownForms, Probability
from .known_pairs import (
    check_known_pairs,
    check_set_aside,
    known_among,
    merge_pairs,
    pairs_of_groups,
)
from .large_screens import group_large_screen
from .linkage import average_linkage, cut, number_by_size
from .pair_probabilities import (
    PairProbabilities,
    blocks_of,
    check_probabilities,
    pair_probabilities_of,
)
from .pairs_to_ask import pairs_to_ask, parts_in_doubt
from .screen_groups import Grouping, ScreenGroups, representative_sample
from .second_looks import screen_probabilities
from .whole_groups import SEPARATION_OF_TWO_FORMS, heed_whole_groups, surely_one

__all__ = [
    "GroupFit",
    "GroupLines",
    "Grouping",
    "KnownForms",
    "PairProbabilities",
    "Probability",
    "SEPARATION_OF_TWO_FORMS",
    "SURE",
    "ScreenGroups",
    "average_linkage",
    "blocks_of",
    "check_known_pairs",
    "check_probabilities",
    "check_set_aside",
    "cut",
    "fit_to_all_members",
    "fit_to_representatives",
    "group_large_screen",
    "groups_of_later_patterns",
    "heed_faint_lines",
    "heed_whole_groups",
    "join_small_groups",
    "known_among",
    "mean_between",
    "merge_pairs",
    "number_by_size",
    "pair_probabilities_of",
    "pairs_of_groups",
    "pairs_to_ask",
    "parts_in_doubt",
    "representative_sample",
    "representatives_of",
    "screen_probabilities",
    "set_mean",
    "surely_one",
]
