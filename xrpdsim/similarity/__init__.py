"""Similarity measures: each an embedding plus a cheap comparison of two vectors.

A measure is a file in ``measures``, a subclass of `BasePairSimilarity` that fills in ``_embed`` and
``_compare``. Comparisons are functions in ``comparison``; a line in ``COMPARISONS`` there gives one
a name. How scores become probabilities is in ``probability``. Nothing here reads files, or builds
pairs of patterns: patterns are embedded once, and pairs are products of matrices.
"""

from .archive_learning import learn_from_archive
from .base import BasePairSimilarity
from .classifier import PairwisePhaseClassifier
from .comparison import cosine, euclidean, pearson
from .distances import pair_distances
from .embedded import EmbeddedPatterns
from .measures import (
    CorrelationSimilarity,
    DeGelderSimilarity,
    EuclideanSimilarity,
    ScreeningSimilarity,
)
from .named import default_similarity, similarity_by_name
from .ranking import RankedPairs

__all__ = [
    "BasePairSimilarity",
    "EuclideanSimilarity",
    "DeGelderSimilarity",
    "CorrelationSimilarity",
    "ScreeningSimilarity",
    "PairwisePhaseClassifier",
    "learn_from_archive",
    "default_similarity",
    "similarity_by_name",
    "pair_distances",
    "RankedPairs",
    "EmbeddedPatterns",
    "cosine",
    "euclidean",
    "pearson",
]
