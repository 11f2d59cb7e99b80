"""Data to train and test on: folders of patterns and public databases."""

from xrpdsim.datasets._cod import fetch_cod_structures
from xrpdsim.datasets._download import DownloadError, get_data_home
from xrpdsim.datasets._opxrd import fetch_opxrd
from xrpdsim.datasets._rockjock import fetch_rockjock
from xrpdsim.datasets._rruff import fetch_rruff

__all__ = [
    "fetch_opxrd",
    "fetch_rruff",
    "fetch_rockjock",
    "fetch_cod_structures",
    "get_data_home",
    "DownloadError",
]
