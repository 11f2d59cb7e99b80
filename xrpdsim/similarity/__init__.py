"""Similarity measures: each an embedding plus a cheap comparison of two vectors."""

from .base import BasePairSimilarity
from .comparison import cosine, euclidean, pearson
from .correlation import CorrelationSimilarity
from .degelder import DeGelderSimilarity
from .embedded import EmbeddedPatterns
from .euclidean import EuclideanSimilarity

__all__ = [
    "BasePairSimilarity",
    "EuclideanSimilarity",
    "DeGelderSimilarity",
    "CorrelationSimilarity",
    "EmbeddedPatterns",
    "cosine",
    "euclidean",
    "pearson",
]
