"""The measures that need no training: one file each, a subclass of `BasePairSimilarity`.

None of them imports torch.
"""

from .correlation import CorrelationSimilarity
from .degelder import DeGelderSimilarity
from .euclidean import EuclideanSimilarity
from .screening import ScreeningSimilarity

__all__ = [
    "EuclideanSimilarity",
    "DeGelderSimilarity",
    "CorrelationSimilarity",
    "ScreeningSimilarity",
]
