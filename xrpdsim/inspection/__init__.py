"""Pictures of patterns, groups and scores, and the report of a sorted screen."""

from .embedding_map import EmbeddingMapDisplay
from .layout import map_in_two_dimensions
from .pair_score import PairScoreDisplay
from .pattern_stack import PatternStackDisplay
from .reliability import ReliabilityDisplay
from .report import render_report, write_report
from .similarity_map import SimilarityMapDisplay

__all__ = [
    "PatternStackDisplay",
    "SimilarityMapDisplay",
    "PairScoreDisplay",
    "ReliabilityDisplay",
    "EmbeddingMapDisplay",
    "map_in_two_dimensions",
    "write_report",
    "render_report",
]
