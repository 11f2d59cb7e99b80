"""Losses over pairs of embeddings; one file each, and a line in `LOSSES` (``lookup``).

All of them compare the rows of one batch of embeddings. A loss says which `output` it needs of the
network ("unit" vectors or "sigmoid" outputs) and by which `metric` its embeddings are compared. It
never sees patterns, and does not draw the batches.
"""

from .contrastive import ContrastiveLoss
from .lookup import (
    LOSSES,
    constants_of,
    look_up_loss,
    loss_builder,
    name_of_loss,
    refuse_arguments,
)
from .ntxent import NTXentLoss
from .pair_loss import PairLoss
from .siglip import SigLIPLoss

__all__ = [
    "PairLoss",
    "SigLIPLoss",
    "NTXentLoss",
    "ContrastiveLoss",
    "LOSSES",
    "look_up_loss",
    "loss_builder",
    "name_of_loss",
    "constants_of",
    "refuse_arguments",
]
