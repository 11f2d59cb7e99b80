"""Files of Philips and PANalytical diffractometers: XRDML and UDF.

Their binary RD and SD are not read.
"""

from .udf import UDF
from .xrdml import XRDML

__all__ = ["XRDML", "UDF"]
