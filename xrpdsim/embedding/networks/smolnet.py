"""SMolNet, the network of Lange et al."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class SMolNet(nn.Module):
    """The network of Lange et al.: parallel convolutions side by side, then dense layers.

    Four 1-D convolutions see the pattern, each followed by batch normalisation, Mish and dropout;
    what they give is concatenated and passed through two dense layers to the embedding. Each
    feature is multiplied by the share of its window that was measured, so a missing range gives
    features of exactly 0, and a whole scan passes as if there were no mask.

    The diagram in the paper's appendix was not at hand. What is ours below was chosen
    so that 20 epochs on 2400 patterns of 1950 points take about two minutes on one core of a CPU.
    What a search found best for sixteen forms, the size of the paper's data, is in the rows of the
    benchmark; it is not the default, as it loses where forms are many.

    Parameters
    ----------
    n_points : int
        Number of points of a pattern.
    kernel_sizes : sequence of int, default=(8, 32, 64, 128)
        One convolution each. The paper gives the number, the smallest and the largest; the two
        between are ours.
    channels : int, default=16
        Filters of each convolution (ours).
    stride : int, default=4
        Step of the convolutions in points (ours).
    pooling : int, default=8
        Neighbours of which the largest is kept, after the activation (ours).
    hidden : int, default=2048
        Width of both dense layers, as in the paper. Their activation, Mish, is ours.
    dense_norm : bool, default=False
        Whether batch normalisation comes before the activation of both dense layers, and all
        dense layers start from the weights of He et al. 2015 (ours).
    embedding_dim : int, default=128
        As in the paper.
    dropout : float, default=0.2
        After each convolution, as in the paper.

    See Also
    --------
    xrpdsim.embedding.SchuetzkeNet : an earlier network.
    xrpdsim.embedding.HybridNet : begins with classical views of a pattern.

    Examples
    --------
    >>> import torch
    >>> net = SMolNet(100, hidden=16)
    >>> net(torch.rand(3, 100), torch.ones(3, 100)).shape
    torch.Size([3, 128])
    """

    def __init__(
        self,
        n_points: int,
        *,
        kernel_sizes: Sequence[int] = (8, 32, 64, 128),
        channels: int = 16,
        stride: int = 4,
        pooling: int = 8,
        hidden: int = 2048,
        dense_norm: bool = False,
        embedding_dim: int = 128,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            _Branch(kernel_size, channels, stride, pooling, dropout) for kernel_size in kernel_sizes
        )
        n_features = 0
        for kernel_size in kernel_sizes:
            n_steps = (n_points + 2 * (kernel_size // 2) - kernel_size) // stride + 1
            n_features += channels * -(-n_steps // pooling)
        layers: list[nn.Module] = []
        for width in (n_features, hidden):
            layers.append(nn.Linear(width, hidden))
            if dense_norm:
                layers.append(nn.BatchNorm1d(hidden))
            layers.append(nn.Mish())
        self.dense = nn.Sequential(*layers, nn.Linear(hidden, embedding_dim))
        if dense_norm:
            for layer in self.dense:
                if isinstance(layer, nn.Linear):
                    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    def forward(self, X: Tensor, mask: Tensor) -> Tensor:
        """Return embeddings of shape (n_patterns, embedding_dim)."""
        signal = (X * mask)[:, None, :]
        # whole scans save a step, but a network that is exported has to take all
        whole = not torch.compiler.is_compiling() and bool(mask.all())
        measured = None if whole else mask[:, None, :]
        features = [branch(signal, measured) for branch in self.branches]
        return self.dense(torch.cat(features, dim=1))


class _Branch(nn.Module):
    def __init__(
        self, kernel_size: int, channels: int, stride: int, pooling: int, dropout: float
    ) -> None:
        super().__init__()
        window = {"kernel_size": kernel_size, "stride": stride, "padding": kernel_size // 2}
        # Batch normalisation takes the mean away, so a bias would do nothing.
        self.convolution = nn.Conv1d(1, channels, bias=False, **window)  # type: ignore[arg-type]
        self.coverage = nn.AvgPool1d(count_include_pad=False, **window)  # type: ignore[arg-type]
        self.activation = nn.Sequential(nn.BatchNorm1d(channels), nn.Mish(), nn.Dropout(dropout))
        self.pooling = nn.MaxPool1d(pooling, ceil_mode=True)

    def forward(self, signal: Tensor, measured: Tensor | None) -> Tensor:
        features = self.activation(self.convolution(signal))
        if measured is not None:
            features = features * self.coverage(measured)
        return self.pooling(features).flatten(1)
