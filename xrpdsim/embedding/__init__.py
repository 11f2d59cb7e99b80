"""Trained embeddings: the Siamese network, its losses and its training loop.

torch is imported only when one of these names is asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .architectures import ARCHITECTURES, SchuetzkeNet, SMolNet
    from .losses import LOSSES, ContrastiveLoss, NTXentLoss, PairLoss, SigLIPLoss
    from .siamese import SiameseXRPDEmbedder

__all__ = [
    "SiameseXRPDEmbedder",
    "SMolNet",
    "SchuetzkeNet",
    "ARCHITECTURES",
    "PairLoss",
    "SigLIPLoss",
    "NTXentLoss",
    "ContrastiveLoss",
    "LOSSES",
]

_HOMES = {
    "SiameseXRPDEmbedder": "siamese",
    "SMolNet": "architectures",
    "SchuetzkeNet": "architectures",
    "ARCHITECTURES": "architectures",
    "PairLoss": "losses",
    "SigLIPLoss": "losses",
    "NTXentLoss": "losses",
    "ContrastiveLoss": "losses",
    "LOSSES": "losses",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
