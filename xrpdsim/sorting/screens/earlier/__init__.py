"""An earlier result: the groups it had, and what is another way since.

Its groups are read and found again (`earlier_groups`), and a screen that was sorted again is
compared with them (`changes`). This package sorts nothing.
"""

from .changes import Change, changes_in_words, changes_since
from .earlier_groups import EarlierGroups, files_before, read_earlier_groups, successors

__all__ = [
    "read_earlier_groups",
    "EarlierGroups",
    "files_before",
    "successors",
    "changes_since",
    "changes_in_words",
    "Change",
]
