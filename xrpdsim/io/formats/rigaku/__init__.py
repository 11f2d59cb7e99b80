"""Files of Rigaku diffractometers: RAS, RASX and the older ASCII format.

Its binary RAW is not read.
"""

from xrpdsim.io.formats.rigaku.ascii import RIGAKU_ASCII
from xrpdsim.io.formats.rigaku.ras import RAS
from xrpdsim.io.formats.rigaku.rasx import RASX

__all__ = ["RAS", "RASX", "RIGAKU_ASCII"]
