"""A folder of measurements, from reading its files to the sorted screen.

In order: `read_screen` (screen), `read_corrections` (corrections), and `sort_screen`
(sorting_steps), which makes a `SortedScreen` (sorted_screen). This package never compares patterns
itself and draws nothing: that is done by the estimators of `xrpdsim.sorting`, and by
`xrpdsim.inspection`.
"""

from .corrections import Corrections, read_corrections
from .new_forms import PossibleNewForm
from .screen import Screen, read_screen
from .sorted_screen import SortedScreen
from .sorting_steps import sort_screen

__all__ = [
    "read_screen",
    "Screen",
    "read_corrections",
    "Corrections",
    "sort_screen",
    "SortedScreen",
    "PossibleNewForm",
]
