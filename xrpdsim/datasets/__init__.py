"""Data to train and test on: simulated campaigns, folders of patterns, public databases.

All come as scikit-learn's data sets do, with intensities as measured: nothing here scales, smooths
or sorts patterns.
"""

from .campaign_folder import load_campaign, save_campaign
from .public import (
    DownloadError,
    fetch_cod_structures,
    fetch_opxrd,
    fetch_rockjock,
    fetch_rruff,
    get_data_home,
)
from .screening_campaign import make_screening_campaign

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
