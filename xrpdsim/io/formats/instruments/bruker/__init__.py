"""Files of Siemens and Bruker diffractometers: RAW 1 to 4, BRML and UXD.

Nothing here writes them.
"""

from .brml import BRML
from .raw import RAW1, RAW2, RAW3, RAW4
from .uxd import UXD

__all__ = ["RAW1", "RAW2", "RAW3", "RAW4", "BRML", "UXD"]
