"""The training loop: what skorch is told about patterns, pairs and validation."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from skorch import NeuralNet
from skorch.dataset import unpack_data
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import Dataset

from ._callbacks import ended_by_a_callback
from ._samplers import Sampler

ROW_BLOCK = 32
"""Patterns are embedded in multiples of so many."""

Inputs = dict[str, Tensor]
PatternBatch = tuple[Inputs, dict[str, Any]]


class PatternDataset(Dataset):
    """Patterns and their phases as tensors, cut into batches by indexing.

    A single row is what torch's DataLoader can put together to a batch: inputs and targets.

    Parameters
    ----------
    X : ndarray of shape (n_patterns, n_points), float32
        NaN where not measured.
    phases : ndarray of shape (n_patterns,)
    device : torch.device
        Where the patterns are kept if they fit there; if not they stay in the CPU's memory.
    weights : ndarray of shape (n_patterns,), float32, optional
    """

    def __init__(
        self,
        X: NDArray[np.float32],
        phases: NDArray[np.intp],
        device: torch.device,
        weights: NDArray[np.float32] | None = None,
    ) -> None:
        self.has_missing = bool(np.isnan(X).any())
        kept_on = device if _fits(X.nbytes, device) else torch.device("cpu")
        self.X = torch.as_tensor(X, device=kept_on)
        self.phases = torch.as_tensor(phases, device=kept_on)
        self.weights = None if weights is None else torch.as_tensor(weights, device=kept_on)

    def __len__(self) -> int:
        return len(self.X)

    def __getitem__(self, row: int) -> PatternBatch:
        inputs, targets = self.batch(slice(row, row + 1))
        return (
            {name: tensor[0] for name, tensor in inputs.items()},
            {name: tensor[0] for name, tensor in targets.items() if tensor is not None},
        )

    def batch(self, rows: Any, pairs: NDArray[np.intp] | None = None) -> PatternBatch:
        """Return inputs (X, mask) and targets (phases, pairs) of some rows."""
        rows = rows if isinstance(rows, slice) else torch.as_tensor(rows, device=self.X.device)
        X = self.X[rows]
        mask = torch.ones_like(X)
        if self.has_missing:
            mask = (~X.isnan()).to(X.dtype)
            X = X.nan_to_num(0.0)
        targets: dict[str, Any] = {"phases": self.phases[rows], "pairs": None}
        if self.weights is not None:  # a loss of the user's own need not know them
            targets["weights"] = self.weights[rows]
        if pairs is not None:
            targets["pairs"] = torch.as_tensor(pairs, device=self.X.device)
        return {"X": X, "mask": mask}, targets


def _fits(n_bytes: int, device: torch.device) -> bool:
    if device.type != "cuda":
        return True
    free, _ = torch.cuda.mem_get_info(device)
    return n_bytes < free / 2


class TrainingBatches:
    """What skorch iterates over in an epoch: the batches that a sampler draws."""

    def __init__(self, dataset: PatternDataset, *, sampler: Sampler, batch_size: int) -> None:
        self.dataset = dataset
        self.sampler = sampler

    def __len__(self) -> int:
        return len(self.sampler)

    def __iter__(self) -> Iterator[PatternBatch]:
        for rows, pairs in self.sampler:
            yield self.dataset.batch(rows, pairs)


class ValidationBatch:
    """What skorch validates on: all patterns at once, since the loss is over pairs of them."""

    def __init__(self, dataset: PatternDataset, *, batch_size: int) -> None:
        self.dataset = dataset

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[PatternBatch]:
        yield self.dataset.batch(slice(None))


class EmbeddingNet(NeuralNet):
    """skorch's training loop with a loss over pairs.

    Validation embeds in pieces but computes the loss once, over all pairs. `interrupted_` says
    whether training was cut short by Ctrl-C, which skorch itself passes over in silence.
    """

    @property
    def _default_callbacks(self) -> list[Any]:
        return []

    def tell_of_check(self, row: dict[str, Any]) -> None:
        """Tell those callbacks of a validation check that have a method for it."""
        for _, callback in self.callbacks_:
            react = getattr(callback, "on_validation_check", None)
            if react is not None:
                react(self, row=row)

    def fit_loop(self, *args: Any, **kwargs: Any) -> EmbeddingNet:
        """Train, and note an interruption, unless a callback ended training."""
        self.interrupted_ = False
        try:
            return super().fit_loop(*args, **kwargs)
        except KeyboardInterrupt as error:
            self.interrupted_ = not ended_by_a_callback(error)
            raise

    def get_loss(
        self, y_pred: Tensor, y_true: Any, X: Any = None, training: bool = False
    ) -> Tensor:
        """Return the loss of a training batch."""
        return self.criterion_(y_pred, **_on(y_true, self.device))

    def validation_step(self, batch: PatternBatch, **fit_params: Any) -> dict[str, Tensor]:
        """Return the loss over all pairs of the validation patterns."""
        inputs, targets = unpack_data(batch)
        embeddings = self.embed(inputs)
        with torch.no_grad():
            on_device = _on(targets, self.device)
            weights = {k: v for k, v in on_device.items() if k == "weights"}
            loss = self.criterion_.mean_over_pairs(embeddings, on_device["phases"], **weights)
        return {"loss": loss, "y_pred": embeddings}

    def embed(self, inputs: Inputs) -> Tensor:
        """Return the embeddings of any number of patterns, computed in pieces."""
        self._set_training(False)
        with torch.no_grad():
            pieces = zip(
                inputs["X"].split(self.batch_size),
                inputs["mask"].split(self.batch_size),
                strict=True,
            )
            return torch.cat([self._embed_piece(X, mask) for X, mask in pieces])

    def embed_patterns(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the embeddings of patterns of shape (n_patterns, n_points), NaN where missing."""
        pieces = []
        for start in range(0, len(X), self.batch_size):
            piece = X[start : start + self.batch_size]
            phases = np.zeros(len(piece), dtype=np.intp)
            inputs, _ = PatternDataset(piece, phases, torch.device("cpu")).batch(slice(None))
            pieces.append(self.embed(inputs).cpu().numpy())
        return np.concatenate(pieces)

    def moved_to(self, device: str) -> EmbeddingNet:
        """Return a net that shares everything with this one but lies on `device`."""
        if str(self.device) == device:
            return self
        moved = object.__new__(type(self))
        moved.__dict__.update(self.__dict__)
        moved.__dict__.update(module_=copy.deepcopy(self.module_).to(device), device=device)
        return moved

    def _embed_piece(self, X: Tensor, mask: Tensor) -> Tensor:
        # Matrix kernels treat the last, odd rows differently. Whole blocks of rows make the bits of
        # an embedding independent of the patterns beside it.
        n_added = -len(X) % ROW_BLOCK
        padded = {
            "X": F.pad(X, (0, 0, 0, n_added)),
            "mask": F.pad(mask, (0, 0, 0, n_added), value=1),
        }
        return self.infer(padded)[: len(X)]


def _on(targets: dict[str, Any], device: Any) -> dict[str, Any]:
    return {name: None if t is None else t.to(device) for name, t in targets.items()}
