"""What happens during training: validation checks, best weights, learning rate, progress."""

from __future__ import annotations

import copy
import math
import sys
from typing import Any

import torch
from skorch.callbacks import Callback, PassthroughScoring
from torch.optim.lr_scheduler import ReduceLROnPlateau
from tqdm import tqdm


class CheckCallback(Callback):
    """A callback that is also told of every validation check."""

    def on_validation_check(self, net: Any, row: dict[str, Any]) -> None:
        """React to a check; `row` holds what `history_` gets."""


def ended_by_a_callback(error: KeyboardInterrupt) -> bool:
    """Return whether a user's callback ended training, as `EarlyStopping` does, and not Ctrl-C.

    Both raise KeyboardInterrupt: it counts in whose method that was.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    raised_in = None if trace is None else trace.tb_frame.f_locals.get("self")
    ours = (CheckCallback, PassthroughScoring)
    return isinstance(raised_in, Callback) and not isinstance(raised_in, ours)


def copy_of_callback(callback: Any) -> Any:
    """Return a callback of the user's as it was given; what no copy can hold is shared with it.

    Parameters
    ----------
    callback : Callback, class, or tuple of name and either

    Raises
    ------
    TypeError
        If it is something else.
    """
    match callback:
        case (str(name), named):
            return name, copy_of_callback(named)
    kind = callback if isinstance(callback, type) else type(callback)
    if not issubclass(kind, Callback):
        raise TypeError(
            "callbacks must hold callbacks of skorch, their classes, or tuples of a name and one "
            f"of these, got {callback!r}"
        )
    try:
        return copy.deepcopy(callback)
    except (TypeError, RuntimeError):  # an open file, a lock, a tensor in a graph
        return copy.copy(callback)


class ValidationChecks(CheckCallback):
    """Validates several times an epoch, evenly spread, and tells the other callbacks.

    The last check of an epoch is skorch's own. Without a validation set there is one row an epoch,
    with a validation loss of NaN.

    Parameters
    ----------
    n_batches : int
        Training batches an epoch.
    checks_per_epoch : int
    check_start : bool, default=False
        Whether to validate before the first step too, as check 0.
    """

    def __init__(self, n_batches: int, checks_per_epoch: int, check_start: bool = False) -> None:
        self.n_batches = n_batches
        self.checks_per_epoch = checks_per_epoch
        self.check_start = check_start

    def on_train_begin(self, net: Any, X: Any = None, y: Any = None, **kwargs: Any) -> None:
        """Spread the checks over the batches of an epoch."""
        self.rows: list[dict[str, Any]] = []
        checks = range(1, self.checks_per_epoch)
        self.check_after = {-(-k * self.n_batches // self.checks_per_epoch) for k in checks}
        self.check_after.discard(self.n_batches)
        self.losses: list[float] = []

    def on_epoch_begin(
        self, net: Any, dataset_train: Any = None, dataset_valid: Any = None, **kwargs: Any
    ) -> None:
        """Take the validation patterns."""
        self.n_done = 0
        self.validates = dataset_valid is not None
        if self.validates:
            self.batch = dataset_valid.batch(slice(None))
            if self.check_start and not self.rows:
                self._check(net, net.validation_step(self.batch)["loss"].item())

    def on_batch_end(
        self, net: Any, batch: Any = None, training: bool = False, **kwargs: Any
    ) -> None:
        """Validate where a check is due."""
        if not training:
            self._check(net, net.history[-1, "batches", -1, "valid_loss"])
            return
        self.n_done += 1
        loss = net.history[-1, "batches", -1, "train_loss"]
        self.losses.append(net.criterion_.per_pair(loss, len(batch[0]["X"])))
        if self.validates and self.n_done in self.check_after:
            self._check(net, net.validation_step(self.batch)["loss"].item())

    def on_epoch_end(
        self, net: Any, dataset_train: Any = None, dataset_valid: Any = None, **kwargs: Any
    ) -> None:
        """Note the epoch where nothing is validated."""
        if not self.validates:
            self._check(net, float("nan"))

    def on_train_end(self, net: Any, X: Any = None, y: Any = None, **kwargs: Any) -> None:
        """Let go of the validation patterns."""
        self.batch = None

    def _check(self, net: Any, valid_loss: float) -> None:
        row = {
            "check": len(self.rows) + (not self.check_start),
            "epoch": len(net.history) - 1 + self.n_done / self.n_batches,
            "train_loss": sum(self.losses) / len(self.losses) if self.losses else math.nan,
            "valid_loss": valid_loss,
            "learning_rate": float(net.optimizer_.param_groups[0]["lr"]),
        }
        self.losses = []
        self.rows.append(row)
        net.tell_of_check(row)


class BestWeights(CheckCallback):
    """Keeps, in memory, the weights of the lowest validation loss, and restores them at the end.

    The parameters of the loss (t and b of SigLIP) belong to them.
    """

    def on_train_begin(self, net: Any, X: Any = None, y: Any = None, **kwargs: Any) -> None:
        """Forget earlier weights."""
        self.check: int | None = None
        self.best: tuple[float, int | None, list[dict[str, torch.Tensor]]]
        self.best = (float("inf"), None, [])

    def on_validation_check(self, net: Any, row: dict[str, Any]) -> None:
        """Keep the weights if they are the best so far."""
        if row["valid_loss"] < self.best[0]:
            states = [_copied(part.state_dict()) for part in (net.module_, net.criterion_)]
            # One assignment: Ctrl-C comes before it or after it.
            self.best = (row["valid_loss"], row["check"], states)

    def on_train_end(self, net: Any, X: Any = None, y: Any = None, **kwargs: Any) -> None:
        """Restore the best weights."""
        _, self.check, states = self.best
        for part, state in zip((net.module_, net.criterion_), states, strict=False):
            part.load_state_dict(state)


def _copied(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().clone() for name, tensor in state.items()}


class PlateauSchedule(CheckCallback):
    """Multiplies the learning rate by `factor` after `patience` checks without improvement."""

    def __init__(self, factor: float, patience: int) -> None:
        self.factor = factor
        self.patience = patience

    def on_train_begin(self, net: Any, X: Any = None, y: Any = None, **kwargs: Any) -> None:
        """Begin with the optimiser as it is."""
        # torch counts the checks that are let pass before the one that reduces.
        self.scheduler = ReduceLROnPlateau(
            net.optimizer_, factor=self.factor, patience=self.patience - 1, threshold=0.0
        )

    def on_validation_check(self, net: Any, row: dict[str, Any]) -> None:
        """Reduce the learning rate if it is time to."""
        if not math.isnan(row["valid_loss"]):
            self.scheduler.step(row["valid_loss"])


class ProgressLine(CheckCallback):
    """Writes losses and learning rate to stderr: a bar that renews itself.

    Where stderr is not a terminal, it is one line a check.
    """

    bar: Any = None

    def on_validation_check(self, net: Any, row: dict[str, Any]) -> None:
        """Renew the bar."""
        figures = (
            f"train {row['train_loss']:.4f}  valid {row['valid_loss']:.4f}  "
            f"lr {row['learning_rate']:.0e}"
        )
        if not sys.stderr.isatty():
            print(f"epoch {row['epoch']:5.2f}/{net.max_epochs}  {figures}", file=sys.stderr)
            return
        if self.bar is None:
            self.bar = tqdm(
                total=net.max_epochs,
                bar_format="epoch {n:.2f}/{total} |{bar}| {postfix} [{elapsed}<{remaining}]",
                dynamic_ncols=True,
            )
        self.bar.set_postfix_str(figures, refresh=False)
        self.bar.n = row["epoch"]
        self.bar.refresh()

    def on_train_end(self, net: Any, X: Any = None, y: Any = None, **kwargs: Any) -> None:
        """End the bar, which stays to be read."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None
