"""Training that goes on from the last `fit` of the same embedder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch

from .._support._table import Table
from .storage import plain
from .training import NETWORK, TrainingSettings, TrainingState


@dataclass(frozen=True)
class LastTraining:
    """What a `fit` with `warm_start` begins from.

    Parameters
    ----------
    settings : dict
        `effective_params_`.
    weights : dict of str to Tensor
        Of the module.
    history : Table
        `history_`.
    state : TrainingState
    """

    settings: dict[str, Any]
    weights: dict[str, torch.Tensor]
    history: Table
    state: TrainingState

    def weights_for(self, settings: TrainingSettings) -> dict[str, torch.Tensor]:
        """Return the weights, unless they are of another network than is asked for.

        Raises
        ------
        ValueError
            If network, loss or metric was changed since.
        """
        for name in NETWORK:
            before, now = self.settings[name], getattr(settings, name)
            if now is not before and plain(now) != plain(before):
                raise ValueError(
                    f"{name} was {before!r} in the last fit and is {now!r} now, so that training "
                    "cannot go on from there; set warm_start=False"
                )
        # the last network stays as it is if training fails
        return {name: tensor.clone() for name, tensor in self.weights.items()}

    def continued_by(self, learnt: dict[str, Any]) -> dict[str, Any]:
        """Return the attributes that go on from here, given what the new training learnt."""
        rows = learnt["history_"].rows()
        # checks are counted from 0 where the start is validated, else from 1
        later = self.history["check"][-1] + 1 - rows[0]["check"]
        epoch = self.history["epoch"][-1]
        rows = [
            row | {"check": row["check"] + later, "epoch": row["epoch"] + epoch} for row in rows
        ]
        best = learnt["best_check_"]
        return {
            "history_": Table.from_rows([*self.history.rows(), *rows]),
            "best_check_": None if best is None else best + later,
            "_training_state": replace(learnt["_training_state"], n_fits=self.state.n_fits + 1),
        }


def last_training(embedder: Any) -> LastTraining | None:
    """Return what the last `fit` left; None before the first, or with weights of files.

    Raises
    ------
    ValueError
        If the last `fit` kept nothing.
    """
    if not hasattr(embedder, "net_") or hasattr(embedder, "_from_weights"):
        return None
    if not hasattr(embedder, "_training_state"):
        raise ValueError(
            "warm_start=True, but the last fit was without it and kept no optimiser to go on "
            "with; give init=FrozenEstimator(embedder) to begin from its weights"
        )
    weights = embedder.net_.module_.state_dict()
    return LastTraining(
        embedder.effective_params_, weights, embedder.history_, embedder._training_state
    )
