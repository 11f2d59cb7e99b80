"""Sorting a screen into solid forms, and matching it to references."""

from .clusterer import FormClusterer
from .measure import ScreeningSimilarity, default_similarity
from .references import ReferenceMatcher

__all__ = ["FormClusterer", "ReferenceMatcher", "ScreeningSimilarity", "default_similarity"]
