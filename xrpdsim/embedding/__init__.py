"""Trained embeddings: `SiameseXRPDEmbedder`, its networks, losses, training and files.

``networks`` and ``losses`` have one file each; ``training`` is the loop, ``storage`` the files,
``weights`` what is shipped. Pairs are compared elsewhere, in ``xrpdsim.similarity``. torch is
imported only when one of these names is asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .losses import LOSSES, ContrastiveLoss, NTXentLoss, PairLoss, SigLIPLoss
    from .networks import ARCHITECTURES, HybridNet, SchuetzkeNet, SMolNet
    from .siamese import SiameseXRPDEmbedder

__all__ = [
    "SiameseXRPDEmbedder",
    "SMolNet",
    "SchuetzkeNet",
    "HybridNet",
    "ARCHITECTURES",
    "PairLoss",
    "SigLIPLoss",
    "NTXentLoss",
    "ContrastiveLoss",
    "LOSSES",
]

_HOMES = {
    "SiameseXRPDEmbedder": "siamese",
    "SMolNet": "networks",
    "SchuetzkeNet": "networks",
    "HybridNet": "networks",
    "ARCHITECTURES": "networks",
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
