"""Decide whether two X-ray powder diffraction patterns come from the same solid form."""

from typing import TYPE_CHECKING

from ._support._later import imported_later
from ._support._version import __version__ as __version__

if TYPE_CHECKING:
    from .datasets import load_campaign
    from .embedding import SiameseXRPDEmbedder
    from .evaluation import (
        compare_cv,
        leave_two_compounds_out,
        pair_auroc,
        pair_average_precision,
        pair_scoring,
        summarize_cv,
    )
    from .patterns import LeaveTwoGroupsOut
    from .similarity import (
        BasePairSimilarity,
        CorrelationSimilarity,
        DeGelderSimilarity,
        EuclideanSimilarity,
        PairwisePhaseClassifier,
    )
    from .sorting import FormClusterer, ReferenceMatcher

__all__ = [
    "EuclideanSimilarity",
    "DeGelderSimilarity",
    "CorrelationSimilarity",
    "SiameseXRPDEmbedder",
    "PairwisePhaseClassifier",
    "BasePairSimilarity",
    "leave_two_compounds_out",
    "LeaveTwoGroupsOut",
    "pair_scoring",
    "pair_auroc",
    "pair_average_precision",
    "summarize_cv",
    "compare_cv",
    "FormClusterer",
    "ReferenceMatcher",
    "load_campaign",
]

# Names are imported when they are first used: the classical measures do without torch, which takes
# seconds to import, and reading files does without scikit-learn.
_PACKAGE_OF = {
    "EuclideanSimilarity": "similarity",
    "DeGelderSimilarity": "similarity",
    "CorrelationSimilarity": "similarity",
    "BasePairSimilarity": "similarity",
    "SiameseXRPDEmbedder": "embedding",
    "PairwisePhaseClassifier": "similarity",
    "LeaveTwoGroupsOut": "patterns",
    "leave_two_compounds_out": "evaluation",
    "pair_scoring": "evaluation",
    "pair_auroc": "evaluation",
    "pair_average_precision": "evaluation",
    "summarize_cv": "evaluation",
    "compare_cv": "evaluation",
    "FormClusterer": "sorting",
    "ReferenceMatcher": "sorting",
    "load_campaign": "datasets",
}

__getattr__, __dir__ = imported_later(__name__, _PACKAGE_OF)
