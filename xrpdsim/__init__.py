"""Decide whether two X-ray powder diffraction patterns come from the same solid form."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._support._version import __version__ as __version__

if TYPE_CHECKING:
    from .datasets import load_campaign
    from .embedding import SiameseXRPDEmbedder
    from .evaluation import compare_cv, pair_scoring, summarize_cv
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
    "LeaveTwoGroupsOut",
    "pair_scoring",
    "summarize_cv",
    "compare_cv",
    "FormClusterer",
    "ReferenceMatcher",
    "load_campaign",
]

# Names are imported when they are first used: the classical measures do without torch, which takes
# seconds to import, and reading files does without scikit-learn.
_ROOM_OF = {
    "EuclideanSimilarity": "similarity",
    "DeGelderSimilarity": "similarity",
    "CorrelationSimilarity": "similarity",
    "BasePairSimilarity": "similarity",
    "SiameseXRPDEmbedder": "embedding",
    "PairwisePhaseClassifier": "similarity",
    "LeaveTwoGroupsOut": "patterns",
    "pair_scoring": "evaluation",
    "summarize_cv": "evaluation",
    "compare_cv": "evaluation",
    "FormClusterer": "sorting",
    "ReferenceMatcher": "sorting",
    "load_campaign": "datasets",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_ROOM_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
