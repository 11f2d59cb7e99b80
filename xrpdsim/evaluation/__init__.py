"""How well scores of pairs tell the same form from different ones: protocol, metrics, summaries.

Folds share compounds, so intervals are by resampling compounds, here and nowhere else. Nothing here
chooses or calibrates.
"""

from .learning_gain import ArchiveGain, archive_gain
from .leaving_out import CompoundFolds, leave_two_compounds_out
from .resampling import interval_of_mean, resample_compounds
from .scorers import (
    pair_accuracy,
    pair_auroc,
    pair_average_precision,
    pair_average_precision_gain,
    pair_best_f1,
    pair_f1,
    pair_metrics,
    pair_scoring,
)
from .summary import compare_cv, summarize_cv

__all__ = [
    "leave_two_compounds_out",
    "CompoundFolds",
    "archive_gain",
    "ArchiveGain",
    "pair_metrics",
    "pair_scoring",
    "pair_auroc",
    "pair_average_precision",
    "pair_average_precision_gain",
    "pair_best_f1",
    "pair_f1",
    "pair_accuracy",
    "summarize_cv",
    "compare_cv",
    "resample_compounds",
    "interval_of_mean",
]
