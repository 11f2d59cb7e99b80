"""A network with what its loss needs at the end of it, built from an embedder's parameters."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .architectures import ARCHITECTURES
from .schuetzke import SchuetzkeNet


class EmbeddingModule(nn.Module):
    """A network and what its loss needs at the end of it.

    Parameters
    ----------
    network : Module
        Called as ``network(X, mask)``, or as ``network(X)`` where its `forward` has no second
        argument that is called mask or has no default; returns a tensor of shape (n_patterns,
        embedding_dim).
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
        If the network does not return one vector a pattern, or `output` is neither.
    TypeError
        If the network takes something else than X and mask.
    """

    def __init__(self, network: nn.Module, output: str, n_points: int) -> None:
        super().__init__()
        if output not in ("unit", "sigmoid"):
            raise ValueError(f"the loss asks for output={output!r}; it must be 'unit' or 'sigmoid'")
        self.network = network
        self.output = output
        self.takes_mask = takes_mask(network)
        network.eval()
        try:
            with torch.no_grad():
                tried = self._embed(torch.zeros(2, n_points), torch.ones(2, n_points))
        except TypeError as error:
            raise TypeError(
                f"{type(network).__name__}.forward must take the two tensors X and mask, or X "
                f"alone: {error}"
            ) from error
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
        embeddings = self._embed(X, mask)
        if self.output == "sigmoid":
            return embeddings.sigmoid()
        return F.normalize(embeddings, dim=1, eps=1e-6)

    def _embed(self, X: Tensor, mask: Tensor) -> Tensor:
        embedded: Tensor = self.network(X, mask) if self.takes_mask else self.network(X)
        return embedded


def takes_mask(network: nn.Module) -> bool:
    """Return whether a network is to be given the mask beside the signal.

    Examples
    --------
    >>> takes_mask(nn.Linear(3, 2))
    False
    """
    try:
        parameters = list(inspect.signature(network.forward).parameters.values())
    except ValueError:  # compiled ones may not say what they take
        return True
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters[:2]):
        return True
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return any(p.name == "mask" or p.default is p.empty for p in positional[1:2])


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
        If the name is unknown, `module_params` has another number of points, or the network does
        not give one vector a pattern.
    TypeError
        If `architecture` is neither a name nor a torch module, or does not take `module_params`.
    """
    return EmbeddingModule(
        _network(architecture, module_params, output, n_points), output, n_points
    )


def outline(
    architecture: str, module_params: Mapping[str, Any] | None, output: str, n_points: int
) -> dict[str, Tensor]:
    """Return what a network of `ARCHITECTURES` would hold, without taking memory for it.

    Parameters
    ----------
    architecture, module_params, output, n_points
        As in `build_module`.

    Returns
    -------
    dict of str to Tensor
        All parameters and buffers of the module, by the names that `build_module` gives them, as
        tensors of torch's "meta" device: shape and dtype without values. Buffers that no file holds
        are named with a "-" before.

    Examples
    --------
    >>> outline("schuetzke", {"filters": [[10**9]]}, "unit", 100)["network.layers.0.weight"].shape
    torch.Size([1000000000, 1, 5])
    """
    with torch.device("meta"):
        network = _network(architecture, module_params, output, n_points)
    kept = {f"network.{name}": tensor for name, tensor in network.state_dict().items()}
    others = {f"network.{name}": tensor for name, tensor in network.named_buffers()}
    return kept | {f"-{name}": tensor for name, tensor in others.items() if name not in kept}


def _network(
    architecture: str | type[nn.Module] | nn.Module,
    module_params: Mapping[str, Any] | None,
    output: str,
    n_points: int,
) -> nn.Module:
    params = dict(module_params or {})
    if isinstance(architecture, nn.Module):
        if params:
            raise TypeError(
                "architecture is a network that is built already, so it cannot take "
                f"module_params={params}; give its class instead"
            )
        return copy.deepcopy(architecture).cpu()
    network_class = _network_class(architecture)
    if network_class is SchuetzkeNet and output == "sigmoid":
        params.setdefault("final_relu", False)
    accepted = inspect.signature(network_class).parameters
    if "n_points" in accepted:
        if params.get("n_points", n_points) != n_points:
            raise ValueError(
                f"module_params has n_points={params['n_points']}, but the patterns have "
                f"{n_points}; leave it out"
            )
        params["n_points"] = n_points
    try:
        return network_class(**params)
    except TypeError as error:
        raise TypeError(
            f"{network_class.__name__} does not take module_params={dict(module_params or {})}"
            f": {error}. It takes {', '.join(accepted)}"
        ) from error


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
