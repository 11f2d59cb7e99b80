"""Formats of the makers of instruments: a file or a package for each maker.

What programs and data bases write stands one folder up.
"""

from .bruker import BRML, RAW1, RAW2, RAW3, RAW4, UXD
from .panalytical import UDF, XRDML
from .rigaku import RAS, RASX, RIGAKU_ASCII
from .sietronics import CPI
from .stoe import STOE_RAW

__all__ = [
    "BRML",
    "RAW1",
    "RAW2",
    "RAW3",
    "RAW4",
    "UXD",
    "UDF",
    "XRDML",
    "RAS",
    "RASX",
    "RIGAKU_ASCII",
    "CPI",
    "STOE_RAW",
]
