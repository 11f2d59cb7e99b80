"""How well scores of pairs tell the same form from different ones: metrics, scorer, summaries.

Folds share compounds, so intervals are by resampling compounds, here and nowhere else. Nothing here
fits, chooses or calibrates.
"""

from .resampling import interval_of_mean, resample_compounds
from .scorers import pair_metrics, pair_scoring
from .summary import compare_cv, summarize_cv

__all__ = [
    "pair_metrics",
    "pair_scoring",
    "summarize_cv",
    "compare_cv",
    "resample_compounds",
    "interval_of_mean",
]
