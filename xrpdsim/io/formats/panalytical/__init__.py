"""Files of Philips and PANalytical diffractometers: XRDML and UDF.

Their binary RD and SD are not read.
"""

from xrpdsim.io.formats.panalytical.udf import UDF
from xrpdsim.io.formats.panalytical.xrdml import XRDML

__all__ = ["XRDML", "UDF"]
