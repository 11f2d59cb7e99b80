"""From files of instruments to patterns, and back to columns of text or pdCIF.

`read_pattern` is the one entry; `formats` holds a file for each format. A format is told by the
content of a file. Nothing here guesses a wavelength, an axis or a column, and nothing here needs
scikit-learn.
"""

from .errors import PatternFileError, PatternFileWarning, printable
from .folder import FolderContents, FolderFile, check_folder, iterate_folder, read_folder
from .formats import identify_format
from .reading import name_of_scan, read_pattern, read_patterns
from .wavelengths import missing_wavelength, parse_wavelength
from .writing import write_pattern

__all__ = [
    "read_pattern",
    "read_patterns",
    "name_of_scan",
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
