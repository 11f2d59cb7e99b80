"""Data to train and test on: folders of patterns and public databases."""

from ._campaign_folder import load_campaign, save_campaign
from ._cod import fetch_cod_structures
from ._download import DownloadError, get_data_home
from ._opxrd import fetch_opxrd
from ._rockjock import fetch_rockjock
from ._rruff import fetch_rruff
from ._screening_campaign import make_screening_campaign

__all__ = [
    "make_screening_campaign",
    "load_campaign",
    "save_campaign",
    "fetch_opxrd",
    "fetch_rruff",
    "fetch_rockjock",
    "fetch_cod_structures",
    "get_data_home",
    "DownloadError",
]
