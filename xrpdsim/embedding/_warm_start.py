"""Training that goes on from the last `fit` of the same embedder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from .._support._table import Table
from .._support._warnings import warn_user
from ._start import is_grid
from .storage import plain
from .training import NETWORK, TrainingSettings, TrainingState, leaves_both_kinds


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
    held_out : list
        Labels of `validation_groups_`.
    two_theta : ndarray of shape (n_points,)
        `two_theta_`.
    """

    settings: dict[str, Any]
    weights: dict[str, torch.Tensor]
    history: Table
    state: TrainingState
    held_out: list[Any]
    two_theta: NDArray[np.float64]

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

    def grid_for(self, two_theta: ArrayLike | None) -> NDArray[np.float64]:
        """Return the grid, unless another one is asked for.

        Raises
        ------
        ValueError
            If `two_theta` was changed since.
        """
        if two_theta is not None and not is_grid(two_theta, self.two_theta):
            first, last = self.two_theta[[0, -1]]
            raise ValueError(
                "two_theta is another grid than that of the last fit, "
                f"{len(self.two_theta)} points from {first:g} to {last:g} degrees 2theta, so that "
                "training cannot go on from there; bring the patterns to that grid, or set "
                "warm_start=False"
            )
        return self.two_theta

    def hold_out_again(
        self, drawn: NDArray[np.intp], phases: NDArray[np.intp], labels: NDArray[np.object_]
    ) -> NDArray[np.intp]:
        """Return the rows to validate on: compounds that the network has not learnt from.

        Parameters
        ----------
        drawn : ndarray of shape (n_rows,)
            Those that chance would have.
        phases, labels : ndarray of shape (n_patterns,)
            Forms as numbers; compounds, or forms where compounds are not known.

        Warns
        -----
        UserWarning
            If none that was held out before can be, and `drawn` holds some that were learnt from.
        """
        there, wanted = set(labels), set(labels[drawn])
        unseen = [label for label in self.held_out if label not in self.state.trained_on]
        again = {label for label in unseen if label in there}
        if len(again) > len(wanted):
            again = set([label for label in unseen if label in again][: len(wanted)])
        rows = np.array([label in again for label in labels])
        if wanted and leaves_both_kinds(phases, rows):
            return np.flatnonzero(rows)
        if wanted & self.state.trained_on:
            warn_user(
                "warm_start: what the last fit held out is not among the patterns, or was nothing, "
                "so that training is validated on compounds that the network has learnt from: "
                "losses are too low, and the weights that are kept may not be the best"
            )
        return drawn

    def other_batches(self, random: np.random.Generator) -> np.random.Generator:
        """Return what to draw from, so that a seed does not give the same batches again."""
        return np.random.default_rng([int(random.integers(2**31)), self.state.n_fits])

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
            "_training_state": replace(
                learnt["_training_state"],
                n_fits=self.state.n_fits + 1,
                trained_on=learnt["_training_state"].trained_on | self.state.trained_on,
            ),
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
    groups = embedder.validation_groups_
    return LastTraining(
        embedder.effective_params_,
        embedder.net_.module_.state_dict(),
        embedder.history_,
        embedder._training_state,
        [] if groups is None else groups.tolist(),
        embedder.two_theta_,
    )
