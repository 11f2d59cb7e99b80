"""Similarities that work without training data: how they are trained, their weights, their card.

``python -m xrpdsim.pretrained train`` makes the weights again. torch is imported only when a name
of this room is used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .calibration import LikelihoodRatioCalibrator
    from .loading import available_models, load_classifier, load_embedder

__all__ = ["available_models", "load_embedder", "load_classifier", "LikelihoodRatioCalibrator"]

_HOMES = {
    "available_models": "loading",
    "load_embedder": "loading",
    "load_classifier": "loading",
    "LikelihoodRatioCalibrator": "calibration",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
