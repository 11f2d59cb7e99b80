"""A second look at pairs that a first measure leaves in doubt: both patterns side by side.

`SecondLook` is an estimator over any first look; `TrainedSecondLook` is what it has learnt. It is
asked about pairs only; neighbours, maps and large screens go by the first look. torch is imported
only when a second look is fitted or used.
"""

from .band import Band
from .second_look import SecondLook
from .trained import TrainedSecondLook

__all__ = ["SecondLook", "TrainedSecondLook", "Band"]
