"""Trained embeddings: `SiameseXRPDEmbedder`, its networks, losses, training and files.

``networks`` and ``losses`` have one file each; ``training`` is the loop, ``storage`` the files,
``weights`` what is shipped. Pairs are compared elsewhere, in ``xrpdsim.similarity``. torch is
imported only when one of these names is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support._later import imported_later

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

__getattr__, __dir__ = imported_later(__name__, _HOMES)
