"""How shipped weights with a second look are trained, chosen and judged.

Nothing measured is among the families of training, which are hard to tell apart. `_sets` has the
crystals kept apart, on which choices are made, and `judging_both_looks` what is reported.
"""

from .judging_both_looks import bars, calibration_as_signal_fades, calibration_by_difficulty
from .releasing_both_looks import release_both_looks, train_both_looks

__all__ = [
    "train_both_looks",
    "release_both_looks",
    "bars",
    "calibration_by_difficulty",
    "calibration_as_signal_fades",
]
