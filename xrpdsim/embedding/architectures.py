"""Networks that turn a pattern into an embedding, as ``forward(X, mask)``.

X has shape (n_patterns, n_points) with 0 where a pattern was not measured; mask has the same shape,
1 where it was measured and 0 where not.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .hybrid import HybridNet


class SMolNet(nn.Module):
    """The network of Lange et al.: parallel convolutions side by side, then dense layers.

    Four 1-D convolutions see the pattern, each followed by batch normalisation, Mish and dropout;
    what they give is concatenated and passed through two dense layers to the embedding. Each
    feature is multiplied by the share of its window that was measured, so a missing range gives
    features of exactly 0, and a whole scan passes as if there were no mask.

    The diagram in the paper's appendix was not at hand. What is ours below was chosen
    so that 20 epochs on 2400 patterns of 1950 points take about two minutes on one core of a CPU.

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
    embedding_dim : int, default=128
        As in the paper.
    dropout : float, default=0.2
        After each convolution, as in the paper.

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
        embedding_dim: int = 128,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            _Branch(kernel_size, channels, stride, pooling, dropout) for kernel_size in kernel_sizes
        )
        n_features = sum(branch.n_features(n_points) for branch in self.branches)  # type: ignore[operator]
        self.dense = nn.Sequential(
            nn.Linear(n_features, hidden),
            nn.Mish(),
            nn.Linear(hidden, hidden),
            nn.Mish(),
            nn.Linear(hidden, embedding_dim),
        )

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

    def n_features(self, n_points: int) -> int:
        with torch.no_grad():
            return self.pooling(self.convolution(torch.zeros(1, 1, n_points))).numel()


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


class EmbeddingModule(nn.Module):
    """A network and what its loss needs at the end of it.

    Parameters
    ----------
    network : Module
        Called as ``network(X, mask)``; returns a tensor of shape (n_patterns, embedding_dim).
    output : {"unit", "sigmoid"}
        Vectors of length 1, or a sigmoid of each value.
    n_points : int
        Number of points of a pattern, to try the network on.

    Attributes
    ----------
    embedding_dim : int
        Length of an embedding.

    Raises
    ------
    ValueError
        If the network does not return one vector a pattern.
    """

    def __init__(self, network: nn.Module, output: str, n_points: int) -> None:
        super().__init__()
        self.network = network
        self.output = output
        network.eval()
        with torch.no_grad():
            tried = network(torch.zeros(2, n_points), torch.ones(2, n_points))
        if not isinstance(tried, Tensor) or tried.ndim != 2 or len(tried) != 2:
            got = (
                f"shape {tuple(tried.shape)}" if isinstance(tried, Tensor) else type(tried).__name__
            )
            raise ValueError(
                f"{type(network).__name__} must return a tensor of shape (n_patterns, "
                f"embedding_dim); for 2 patterns of {n_points} points it gave {got}"
            )
        self.embedding_dim = tried.shape[1]

    def forward(self, X: Tensor, mask: Tensor) -> Tensor:
        """Return embeddings of shape (n_patterns, embedding_dim), to be compared as they are."""
        embeddings = self.network(X, mask)
        if self.output == "sigmoid":
            return embeddings.sigmoid()
        return F.normalize(embeddings, dim=1, eps=1e-6)


ARCHITECTURES: dict[str, type[nn.Module]] = {
    "smolnet": SMolNet,
    "schuetzke": SchuetzkeNet,
    "hybrid": HybridNet,
}


def build_module(
    architecture: str | type[nn.Module] | nn.Module,
    module_params: Mapping[str, Any] | None,
    output: str,
    n_points: int,
) -> EmbeddingModule:
    """Build the network that an embedder's parameters describe.

    Parameters
    ----------
    architecture : str, Module class or Module
        A name of `ARCHITECTURES`, or a network of the user's. A class is called with
        `module_params`, and with ``n_points`` if it takes that; an instance is copied.
    module_params : mapping or None
        Keyword arguments of the network.
    output : {"unit", "sigmoid"}
        What the loss needs.
    n_points : int

    Returns
    -------
    EmbeddingModule

    Raises
    ------
    ValueError
        If the name is unknown, or the network does not give one vector a pattern.
    TypeError
        If `architecture` is neither a name nor a torch module, or does not take `module_params`.
    """
    params = dict(module_params or {})
    if isinstance(architecture, nn.Module):
        if params:
            raise TypeError(
                "architecture is a network that is built already, so it cannot take "
                f"module_params={params}; give its class instead"
            )
        network = copy.deepcopy(architecture).cpu()
    else:
        network_class = _network_class(architecture)
        if network_class is SchuetzkeNet and output == "sigmoid":
            params.setdefault("final_relu", False)
        accepted = inspect.signature(network_class).parameters
        if "n_points" in accepted:
            params["n_points"] = n_points
        try:
            network = network_class(**params)
        except TypeError as error:
            raise TypeError(
                f"{network_class.__name__} does not take module_params={dict(module_params or {})}"
                f": {error}. It takes {', '.join(accepted)}"
            ) from error
    return EmbeddingModule(network, output, n_points)


def _network_class(architecture: Any) -> type[nn.Module]:
    if isinstance(architecture, str):
        if architecture not in ARCHITECTURES:
            raise ValueError(
                f"architecture={architecture!r} is unknown; choose one of "
                f"{sorted(ARCHITECTURES)}, or give a torch module"
            )
        return ARCHITECTURES[architecture]
    if isinstance(architecture, type) and issubclass(architecture, nn.Module):
        return architecture
    raise TypeError(
        "architecture must be a name, a torch module, or the class of one, got "
        f"{type(architecture).__name__}"
    )
