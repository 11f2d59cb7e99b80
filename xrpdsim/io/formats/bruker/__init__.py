"""Files of Siemens and Bruker diffractometers: RAW 1 to 4, BRML and UXD.

Nothing here writes them.
"""

from xrpdsim.io.formats.bruker.brml import BRML
from xrpdsim.io.formats.bruker.raw import RAW1, RAW2, RAW3, RAW4
from xrpdsim.io.formats.bruker.uxd import UXD

__all__ = ["RAW1", "RAW2", "RAW3", "RAW4", "BRML", "UXD"]
