"""Data that others publish: fetched once, compared with their checksum, read as they are.

Nothing is unpacked to disk, and nothing is fetched unless it is asked for.
"""

from .cod_database import fetch_cod_structures
from .download import DownloadError, get_data_home
from .opxrd_database import fetch_opxrd
from .rockjock_library import fetch_rockjock
from .rruff_database import fetch_rruff

__all__ = [
    "fetch_opxrd",
    "fetch_rruff",
    "fetch_rockjock",
    "fetch_cod_structures",
    "get_data_home",
    "DownloadError",
]
