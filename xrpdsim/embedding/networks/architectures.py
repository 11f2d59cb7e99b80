"""The networks by name."""

from __future__ import annotations

from torch import nn

from .hybrid import HybridNet
from .schuetzke import SchuetzkeNet
from .smolnet import SMolNet

ARCHITECTURES: dict[str, type[nn.Module]] = {
    "smolnet": SMolNet,
    "schuetzke": SchuetzkeNet,
    "hybrid": HybridNet,
}
"""A network of one name more is a file in this package and a line here."""
