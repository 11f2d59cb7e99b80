"""Reading what instruments write: one module a family of formats, one entry, `read_pattern`."""

from xrpdsim.io._errors import PatternFileError, PatternFileWarning
from xrpdsim.io._registry import identify_format, read_pattern, read_patterns
from xrpdsim.io.folder import FolderContents, read_folder
from xrpdsim.io.wavelengths import parse_wavelength
from xrpdsim.io.writing import write_pattern

__all__ = [
    "read_pattern",
    "read_patterns",
    "read_folder",
    "FolderContents",
    "write_pattern",
    "identify_format",
    "parse_wavelength",
    "PatternFileError",
    "PatternFileWarning",
]
