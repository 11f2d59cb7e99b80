"""What a training leaves for another one that goes on from it."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from .settings import TrainingSettings

# What learns from where these put it, by its name in the state of SigLIP.
_STARTS = {"siglip_t": "t_prime", "siglip_b": "b"}
_HEEDED = ("lr", "optimizer_params", *_STARTS)


@dataclass(frozen=True)
class TrainingState:
    """Optimiser and loss as a training left them, on the CPU.

    Parameters
    ----------
    optimizer : str
        Its class.
    of_optimizer, of_loss : dict
        Their `state_dict`.
    began_with : dict
        The settings of the training that make a difference to the next one if they are changed.
    n_fits : int
        Trainings that led here.
    trained_on : frozenset
        Labels of the compounds (or forms) that any of these learnt from.
    """

    optimizer: str
    of_optimizer: dict[str, Any]
    of_loss: dict[str, Any]
    began_with: dict[str, Any]
    n_fits: int = 1
    trained_on: frozenset[Any] = frozenset()

    @classmethod
    def of(cls, net: Any, settings: TrainingSettings, trained_on: Iterable[Any]) -> TrainingState:
        """Take the state of a network that was just trained."""
        return cls(
            type(net.optimizer_).__name__,
            _on_cpu(net.optimizer_.state_dict()),
            _on_cpu(net.criterion_.state_dict()),
            {name: copy.deepcopy(getattr(settings, name)) for name in _HEEDED},
            trained_on=frozenset(trained_on),
        )

    def put_into(self, net: Any, settings: TrainingSettings) -> None:
        """Let a network go on from here; what was changed since is as it was initialised.

        That is the learning rate, the parameters of the optimiser, and where t and b of SigLIP
        start.

        Raises
        ------
        ValueError
            If the optimiser or the loss is another one, or the optimiser works in another way.
        """
        if type(net.optimizer_).__name__ != self.optimizer:
            raise ValueError(
                f"the optimiser was {self.optimizer} and is now {type(net.optimizer_).__name__}, "
                "which cannot go on from it; set warm_start=False, or optimizer as it was"
            )
        changed = {
            name for name, before in self.began_with.items() if getattr(settings, name) != before
        }
        groups = net.optimizer_.param_groups
        options = [{k: v for k, v in g.items() if k not in ("params", "lr")} for g in groups]
        starts = _on_cpu(net.criterion_.state_dict())
        put_back = {_STARTS[name] for name in changed & _STARTS.keys()} & starts.keys()
        try:
            net.criterion_.load_state_dict(self.of_loss | {k: starts[k] for k in put_back})
            # it keeps the tensors that it is given
            net.optimizer_.load_state_dict(copy.deepcopy(self.of_optimizer))
        except (RuntimeError, ValueError) as error:
            raise ValueError(
                "optimiser or loss cannot go on from the last training; set warm_start=False, or "
                f"the parameters as they were ({error})"
            ) from error
        for group, of_group in zip(net.optimizer_.param_groups, options, strict=True):
            if "lr" in changed:
                group["lr"] = settings.lr
            if "optimizer_params" in changed:
                _refuse_other_switches(group, of_group)
                group |= of_group


def _refuse_other_switches(before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse what turns a part of an optimiser on or off: it would miss what that part keeps."""
    for name, value in now.items():
        if isinstance(value, bool) and value != before.get(name):
            raise ValueError(
                f"optimizer_params: {name} was {before.get(name)} in the last fit and is {value} "
                "now, so that the optimiser cannot go on from there; set warm_start=False"
            )


def _on_cpu(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().cpu().clone()
    if isinstance(value, dict):
        return {key: _on_cpu(each) for key, each in value.items()}
    return [_on_cpu(each) for each in value] if isinstance(value, list) else value
