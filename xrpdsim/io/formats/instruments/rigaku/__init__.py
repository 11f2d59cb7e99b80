"""Files of Rigaku diffractometers: RAS, RASX and the older ASCII format.

Its binary RAW is not read.
"""

from .ascii import RIGAKU_ASCII
from .ras import RAS
from .rasx import RASX

__all__ = ["RAS", "RASX", "RIGAKU_ASCII"]
