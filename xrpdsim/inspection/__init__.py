"""Pictures of patterns, groups and scores, and the page that shows a sorted screen.

Displays draw with Matplotlib, as scikit-learn's do: each has a file here. The page is in `page/`.
They show what other packages found; nothing here reads files, sorts or decides.
"""

from .embedding_map import EmbeddingMapDisplay
from .forms_picture import draw_forms
from .layout import map_in_two_dimensions
from .page import PageLimits, render_report, write_report
from .pair_score import PairScoreDisplay
from .pattern_stack import PatternStackDisplay
from .reliability import ReliabilityDisplay
from .similarity_map import SimilarityMapDisplay
from .training_curve import TrainingCurveDisplay
from .two_patterns import compare_patterns, draw_comparison

__all__ = [
    "PatternStackDisplay",
    "SimilarityMapDisplay",
    "PairScoreDisplay",
    "ReliabilityDisplay",
    "TrainingCurveDisplay",
    "EmbeddingMapDisplay",
    "map_in_two_dimensions",
    "compare_patterns",
    "draw_comparison",
    "draw_forms",
    "write_report",
    "render_report",
    "PageLimits",
]
