"""The optimiser that an embedder's parameters describe."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import torch
from torch.optim import Optimizer

# Each of these is another way to compute the steps, and excludes `fused`.
_OTHER_WAYS = {"fused", "foreach", "differentiable"}


def optimizer_options(optimizer: Any, optimizer_params: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return an optimiser as arguments of skorch's network.

    Parameters
    ----------
    optimizer : str or Optimizer class
        A name in `torch.optim`, or a class of one's own.
    optimizer_params : mapping or None
        Its keyword arguments, apart from `lr`; `param_groups` is skorch's.

    Returns
    -------
    dict of str to object

    Raises
    ------
    ValueError
        If there is no optimiser of that name, or `optimizer_params` has the learning rate.
    TypeError
        If it is no optimiser, or does not take an argument.

    Examples
    --------
    >>> optimizer_options("SGD", {"momentum": 0.9})
    {'optimizer': <class 'torch.optim.sgd.SGD'>, 'optimizer__momentum': 0.9}
    """
    params = dict(optimizer_params or {})
    found = getattr(torch.optim, optimizer, None) if isinstance(optimizer, str) else optimizer
    if not (isinstance(found, type) and issubclass(found, Optimizer)):
        if isinstance(optimizer, str):
            raise ValueError(
                f"optimizer={optimizer!r} is no optimiser of torch.optim; give one of its names, "
                'such as "Adam", "AdamW" or "SGD", or a class'
            )
        raise TypeError(f"optimizer must be a name or a torch Optimizer class, got {optimizer!r}")
    accepted = inspect.signature(found).parameters
    if "lr" in params:
        raise ValueError("optimizer_params has lr, which is the parameter lr of the embedder")
    takes_any = any(p.kind is p.VAR_KEYWORD for p in accepted.values())
    unknown = set() if takes_any else params.keys() - accepted.keys() - {"param_groups"}
    if unknown:
        raise TypeError(
            f"{found.__name__} does not take {', '.join(sorted(unknown))} of optimizer_params; it "
            f"takes {', '.join(name for name in accepted if name not in ('params', 'lr'))}"
        )
    if found is torch.optim.Adam and not _OTHER_WAYS & params.keys():
        params["fused"] = True
    return {"optimizer": found} | {f"optimizer__{name}": value for name, value in params.items()}
