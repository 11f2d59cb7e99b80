"""From files of instruments to patterns, and back to columns of text or pdCIF.

`read_pattern` is the one entry; `formats` holds a file for each format. A format is told by the
content of a file. Nothing here guesses a wavelength, an axis or a column, and nothing here needs
scikit-learn.
"""

from xrpdsim.io.errors import PatternFileError, PatternFileWarning, printable
from xrpdsim.io.folder import FolderContents, FolderFile, check_folder, iterate_folder, read_folder
from xrpdsim.io.formats import identify_format
from xrpdsim.io.reading import read_pattern, read_patterns
from xrpdsim.io.wavelengths import missing_wavelength, parse_wavelength
from xrpdsim.io.writing import write_pattern

__all__ = [
    "read_pattern",
    "read_patterns",
    "read_folder",
    "iterate_folder",
    "check_folder",
    "FolderContents",
    "FolderFile",
    "write_pattern",
    "identify_format",
    "parse_wavelength",
    "missing_wavelength",
    "printable",
    "PatternFileError",
    "PatternFileWarning",
]
