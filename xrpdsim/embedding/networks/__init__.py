"""Networks that turn a pattern into an embedding, as ``forward(X, mask)``; one file each.

X has shape (n_patterns, n_points) with 0 where a pattern was not measured; mask has the same shape,
1 where it was measured and 0 where not. A network knows no labels and no loss. `PairNet` alone is
given two patterns, as channels that `pattern_channels` makes.
"""

from .architectures import ARCHITECTURES
from .embedding_module import EmbeddingModule, build_module, outline
from .hybrid import HybridNet, pattern_channels
from .pair_net import PairNet
from .schuetzke import SchuetzkeNet
from .smolnet import SMolNet

__all__ = [
    "SMolNet",
    "SchuetzkeNet",
    "HybridNet",
    "pattern_channels",
    "PairNet",
    "ARCHITECTURES",
    "EmbeddingModule",
    "build_module",
    "outline",
]
