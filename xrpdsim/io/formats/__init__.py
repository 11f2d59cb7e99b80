"""One file a format; the table `FORMATS` is all that is known of them.

A new format is a file with a `Format` in it, in `instruments` if a maker of instruments writes it,
and a line below. A format never decides by the ending of a file name, never opens files, and never
guesses what a file does not say.
"""

from .._text import Content
from ..errors import PatternFileError
from .chi import CHI
from .columns import COLUMNS
from .foreign import FOREIGN
from .format import Format
from .fullprof import FULLPROF
from .gsas import GSAS
from .hdf5 import HDF5
from .instruments import (
    BRML,
    CPI,
    RAS,
    RASX,
    RAW1,
    RAW2,
    RAW3,
    RAW4,
    RIGAKU_ASCII,
    STOE_RAW,
    UDF,
    UXD,
    XRDML,
)
from .jcamp import JCAMP
from .opxrd import OPXRD
from .pdcif import PDCIF

__all__ = [
    "FORMATS",
    "Format",
    "identify_format",
    "BRML",
    "CHI",
    "COLUMNS",
    "CPI",
    "FOREIGN",
    "FULLPROF",
    "GSAS",
    "HDF5",
    "JCAMP",
    "OPXRD",
    "PDCIF",
    "RAS",
    "RASX",
    "RAW1",
    "RAW2",
    "RAW3",
    "RAW4",
    "RIGAKU_ASCII",
    "STOE_RAW",
    "UDF",
    "UXD",
    "XRDML",
]

# The first that recognises a file reads it, so plain columns, which announce nothing, come last.
FORMATS: tuple[Format, ...] = (
    XRDML, RAW1, RAW2, RAW3, RAW4, BRML, STOE_RAW, RAS, RASX, RIGAKU_ASCII, UXD, UDF, CPI, GSAS,
    PDCIF, OPXRD, JCAMP, HDF5, CHI, FULLPROF, FOREIGN, COLUMNS,
)  # fmt: skip


def identify_format(content: bytes | Content) -> Format:
    """Return the format that a file's content announces.

    Parameters
    ----------
    content : bytes
        The whole file.

    Returns
    -------
    Format

    Raises
    ------
    PatternFileError
        If it is none of `FORMATS`.

    Examples
    --------
    >>> identify_format(b"RAW4.00").name
    'Bruker RAW4'
    """
    if isinstance(content, bytes):
        content = Content(content)
    for format in FORMATS:
        if format.recognise(content):
            return format
    raise PatternFileError(
        f"the file begins with {content.raw[:8]!r}, which is none of the formats known here; "
        "export it as columns of 2theta and intensity (.xy)"
    )
