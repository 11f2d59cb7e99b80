"""A second look at pairs that a first measure leaves in doubt: both patterns side by side.

`SecondLook` is an estimator over any first look. It is asked about pairs only; neighbours, maps and
large screens go by the first look. torch is imported only when a second look is fitted or used.
"""

from .second_look import SecondLook

__all__ = ["SecondLook"]
