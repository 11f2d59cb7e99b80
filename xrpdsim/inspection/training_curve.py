"""How a training went: losses and learning rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import NotFittedError

from .._support._estimators import inner_steps
from ._colours import DIFFERENT, MARKED, SAME
from ._matplotlib import axes_or_new, literal
from .layout import one_each

_COLUMNS = ("epoch", "train_loss", "valid_loss", "learning_rate")


class TrainingCurveDisplay:
    """Training and validation loss of a network against the epoch.

    Make one with `from_estimator` or `from_history`. A dotted line marks where the learning rate
    was changed, a circle the check whose weights were kept.

    Parameters
    ----------
    epoch, train_loss, valid_loss, learning_rate : ndarray of shape (n_checks,)
        NaN where there is no loss.
    best : int or None
        The row whose weights were kept.
    name : str

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    See Also
    --------
    sklearn.model_selection.LearningCurveDisplay : Scores against the number of patterns.

    Examples
    --------
    >>> history = {
    ...     "check": [1, 2], "epoch": [1.0, 2.0], "train_loss": [0.9, 0.5],
    ...     "valid_loss": [0.8, 0.6], "learning_rate": [5e-3, 5e-4],
    ... }
    >>> display = TrainingCurveDisplay.from_history(history, best_check=2)
    >>> display.best
    1
    """

    def __init__(
        self,
        epoch: NDArray[np.float64],
        train_loss: NDArray[np.float64],
        valid_loss: NDArray[np.float64],
        learning_rate: NDArray[np.float64],
        best: int | None = None,
        name: str = "",
    ) -> None:
        self.epoch = epoch
        self.train_loss = train_loss
        self.valid_loss = valid_loss
        self.learning_rate = learning_rate
        self.best = best
        self.name = name

    @classmethod
    def from_estimator(cls, estimator: Any, *, name: str | None = None, ax: Any = None) -> Self:
        """Draw the training of a fitted embedder.

        Parameters
        ----------
        estimator : SiameseXRPDEmbedder, or an estimator that holds one
            Fitted; a `PairwisePhaseClassifier` or a Pipeline, for example.
        name : str, optional
            By default that of the class.
        ax : matplotlib Axes, optional

        Returns
        -------
        TrainingCurveDisplay

        Raises
        ------
        NotFittedError
            If no embedder in it has a `history_`.
        ValueError
            If the history is of another training, as that of shipped weights is.
        """
        last = [step.estimator for step in inner_steps(estimator)][-1:]
        within = [estimator, *last, *(getattr(each, "embedder_", None) for each in last)]
        embedders = [
            step.estimator
            for each in within
            if each is not None
            for step in inner_steps(each)
            if hasattr(step.estimator, "history_")
        ]
        if not embedders:
            raise NotFittedError(
                f"{type(estimator).__name__} holds no embedder with a history_; fit it first"
            )
        embedder = embedders[-1]
        return cls.from_history(
            embedder.history_,
            best_check=embedder.best_check_,
            name=type(embedder).__name__ if name is None else name,
            ax=ax,
        )

    @classmethod
    def from_history(
        cls,
        history: Mapping[str, Sequence[float]],
        *,
        best_check: int | None = None,
        name: str = "",
        ax: Any = None,
    ) -> Self:
        """Draw a history.

        Parameters
        ----------
        history : mapping of str to sequence
            With check, epoch, train_loss, valid_loss and learning_rate, as `history_` of
            `SiameseXRPDEmbedder`.
        best_check : int, optional
            The check whose weights were kept.
        name : str, default=""
        ax : matplotlib Axes, optional

        Returns
        -------
        TrainingCurveDisplay

        Raises
        ------
        ValueError
            If there is no such check, or columns are missing or not equally long.
        """
        missing = [name for name in ("check", *_COLUMNS) if name not in history]
        if missing:
            raise ValueError(
                f"the history has no {', '.join(missing)}, but {', '.join(history) or 'nothing'}; "
                "give that of a fit of SiameseXRPDEmbedder: shipped weights were trained otherwise"
            )
        checks = list(history["check"])
        if best_check is not None and best_check not in checks:
            raise ValueError(f"best_check={best_check} is none of the checks of the history")
        columns = {of: one_each(history[of], of, len(checks), "check") for of in _COLUMNS}
        columns = {of: column.astype(np.float64) for of, column in columns.items()}
        best = None if best_check is None else checks.index(best_check)
        display = cls(**columns, best=best, name=name)
        return display.plot(ax=ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw the picture.

        Parameters
        ----------
        ax : matplotlib Axes, optional

        Returns
        -------
        TrainingCurveDisplay
        """
        ax = axes_or_new(ax, figsize=(6, 4))
        losses = (("training", self.train_loss, DIFFERENT), ("validation", self.valid_loss, SAME))
        for label, loss, colour in losses:
            known = ~np.isnan(loss)
            if known.any():
                ax.plot(self.epoch[known], loss[known], ".-", color=colour, label=label)
        for row in np.flatnonzero(np.diff(self.learning_rate)):
            rate = self.learning_rate[row + 1]
            ax.axvline(
                self.epoch[row], color="0.6", ls=":", lw=1, label=f"rate {rate:.3g} from here"
            )
        if self.best is not None:
            place = self.epoch[self.best], self.valid_loss[self.best]
            ax.plot(*place, "o", mfc="none", ms=10, color=MARKED, label="weights kept")
        ax.set(xlabel="epoch", ylabel="loss of a pair", title=literal(self.name))
        ax.legend()
        self.ax_, self.figure_ = ax, ax.figure
        return self
