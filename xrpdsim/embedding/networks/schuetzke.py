"""The network of Schuetzke et al."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn


class SchuetzkeNet(nn.Module):
    """The VGG-like network of Schuetzke et al. (2020), from the authors' public code.

    Blocks of convolutions with kernel 5, "same" padding, ReLU and no bias, each followed by
    max-pooling over 2 and dropout; a last 1x1 convolution to one channel gives the embedding. 1950
    points give 122 values. Missing points enter as 0, which is all the published network can take.

    Parameters
    ----------
    n_points : int
        Not used: the network takes any number of points.
    filters : sequence of sequences of int, default=((6,), (16, 16), (32, 32), (64, 64))
        Filters of the convolutions of each block.
    kernel_size : int, default=5
    pooling : int, default=2
    dropout : float, default=0.2
    final_relu : bool, default=True
        Whether the last convolution is followed by ReLU, as published. The embedder sets it to
        False with a loss on sigmoid outputs: after ReLU those would lie in [0.5, 1), at most 5.5
        apart, and a margin of 8 would never close.

    See Also
    --------
    xrpdsim.embedding.SMolNet : the network of the paper.
    xrpdsim.embedding.HybridNet : begins with classical views of a pattern.

    Examples
    --------
    >>> import torch
    >>> SchuetzkeNet(1950)(torch.rand(2, 1950), torch.ones(2, 1950)).shape
    torch.Size([2, 122])
    """

    def __init__(
        self,
        n_points: int,
        *,
        filters: Sequence[Sequence[int]] = ((6,), (16, 16), (32, 32), (64, 64)),
        kernel_size: int = 5,
        pooling: int = 2,
        dropout: float = 0.2,
        final_relu: bool = True,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        n_channels = 1
        for block in filters:
            for n_filters in block:
                layers += [
                    nn.Conv1d(n_channels, n_filters, kernel_size, padding="same", bias=False),
                    nn.ReLU(),
                ]
                n_channels = n_filters
            layers += [nn.MaxPool1d(pooling, ceil_mode=True), nn.Dropout(dropout)]
        layers.append(nn.Conv1d(n_channels, 1, 1, bias=False))
        if final_relu:
            layers.append(nn.ReLU())
        self.layers = nn.Sequential(*layers, nn.Flatten())
        # Keras' default, which the original was trained with; torch's fades out over eight layers.
        for layer in layers:
            if isinstance(layer, nn.Conv1d):
                nn.init.xavier_uniform_(layer.weight)

    def forward(self, X: Tensor, mask: Tensor) -> Tensor:
        """Return embeddings of shape (n_patterns, about n_points / 16)."""
        return self.layers((X * mask)[:, None, :])
