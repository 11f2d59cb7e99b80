"""What a person knows of a screen, read from the table that a page saves or a person types.

Rows of the table are read (`corrections`), their names of files found in the screen
(`names_of_files`), and what contradicts itself is refused (`_contradictions`). This package sorts
nothing.
"""

from .corrections import NO_CORRECTIONS, Corrections, is_automatic, read_corrections
from .names_of_files import NamesOfFiles

__all__ = ["read_corrections", "Corrections", "NO_CORRECTIONS", "is_automatic", "NamesOfFiles"]
