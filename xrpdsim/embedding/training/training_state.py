"""What a training leaves for another one that goes on from it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import torch

from .settings import TrainingSettings


@dataclass(frozen=True)
class TrainingState:
    """Optimiser and loss as a training left them, on the CPU.

    Parameters
    ----------
    optimizer : str
        Its class.
    of_optimizer, of_loss : dict
        Their `state_dict`.
    lr : float
        The learning rate that the training began with.
    n_fits : int
        Trainings that led here.
    """

    optimizer: str
    of_optimizer: dict[str, Any]
    of_loss: dict[str, Any]
    lr: float
    n_fits: int = 1

    @classmethod
    def of(cls, net: Any, settings: TrainingSettings) -> TrainingState:
        """Take the state of a network that was just trained."""
        return cls(
            type(net.optimizer_).__name__,
            _on_cpu(net.optimizer_.state_dict()),
            _on_cpu(net.criterion_.state_dict()),
            settings.lr,
        )

    def put_into(self, net: Any, settings: TrainingSettings) -> None:
        """Let a network go on from here; a learning rate that was changed since is heeded.

        Raises
        ------
        ValueError
            If the optimiser or the loss is another one.
        """
        if type(net.optimizer_).__name__ != self.optimizer:
            raise ValueError(
                f"the optimiser was {self.optimizer} and is now {type(net.optimizer_).__name__}, "
                "which cannot go on from it; set warm_start=False, or optimizer as it was"
            )
        try:
            net.criterion_.load_state_dict(self.of_loss)
            # it keeps the tensors that it is given
            net.optimizer_.load_state_dict(copy.deepcopy(self.of_optimizer))
        except (RuntimeError, ValueError) as error:
            raise ValueError(
                "optimiser or loss cannot go on from the last training; set warm_start=False, or "
                f"the parameters as they were ({error})"
            ) from error
        if settings.lr != self.lr:
            for group in net.optimizer_.param_groups:
                group["lr"] = settings.lr


def _on_cpu(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().cpu().clone()
    if isinstance(value, dict):
        return {key: _on_cpu(each) for key, each in value.items()}
    return [_on_cpu(each) for each in value] if isinstance(value, list) else value
