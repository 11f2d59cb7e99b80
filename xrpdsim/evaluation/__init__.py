"""How well pair scores tell same from different: metrics, the scorer, summaries over folds."""

from .scorers import pair_metrics, pair_scoring
from .summary import compare_cv, summarize_cv

__all__ = ["pair_metrics", "pair_scoring", "summarize_cv", "compare_cv"]
