"""A folder of measurements, from reading its files to the sorted screen.

In order: `read_screen` (screen), `read_references` (reference_files), `read_corrections`
(corrections), and `sort_screen` (sorting_steps), which makes a `SortedScreen` (sorted_screen). This
package never compares patterns itself and draws nothing: that is done by the estimators of
`xrpdsim.sorting`, and by `xrpdsim.inspection`.
"""

from .added_files import add_to_screen
from .corrections import Corrections, read_corrections
from .earlier import EarlierGroups, changes_since, read_earlier_groups
from .new_forms import PossibleNewForm
from .reference_files import ReferencePatterns, read_references
from .screen import AddedFolder, Screen, read_screen
from .sorted_screen import SortedScreen
from .sorting_steps import sort_screen

__all__ = [
    "read_screen",
    "add_to_screen",
    "AddedFolder",
    "read_references",
    "ReferencePatterns",
    "Screen",
    "read_corrections",
    "Corrections",
    "read_earlier_groups",
    "EarlierGroups",
    "changes_since",
    "sort_screen",
    "SortedScreen",
    "PossibleNewForm",
]
