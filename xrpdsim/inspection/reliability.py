"""Whether probabilities mean what they say."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import brier_score_loss

from .._support._estimators import last_step
from .._support._sklearn import check_whole
from ..patterns.pairs import encode_phases, same_phase
from ._colours import SAME
from ._matplotlib import axes_or_new, literal
from .pair_score import known_pairs


class ReliabilityDisplay:
    """Share of pairs that are the same form, against the probability they were given.

    Make one with `from_estimator` or `from_predictions`.

    Parameters
    ----------
    predicted, observed : ndarray of shape (n_bins,)
        Mean probability and share of same-form pairs in each bin that is not empty.
    n_pairs : ndarray of shape (n_bins,)
        Pairs in each of these bins.
    brier : float
        Mean squared difference of probability and outcome.
    name : str

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    See Also
    --------
    xrpdsim.inspection.PairScoreDisplay : scores of both kinds of pairs.

    Examples
    --------
    >>> same = [True, True, False, False]
    >>> display = ReliabilityDisplay.from_predictions(same, [0.9, 0.8, 0.2, 0.1], n_bins=2)
    >>> display.observed, round(display.brier, 3)
    (array([0., 1.]), 0.025)
    """

    def __init__(
        self,
        predicted: NDArray[np.float64],
        observed: NDArray[np.float64],
        n_pairs: NDArray[np.intp],
        brier: float,
        name: str,
    ) -> None:
        self.predicted = predicted
        self.observed = observed
        self.n_pairs = n_pairs
        self.brier = brier
        self.name = name

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: ArrayLike,
        y: Any,
        *,
        n_bins: int = 10,
        name: str | None = None,
        ax: Any = None,
    ) -> Self:
        """Compare the probabilities of all pairs with what they are.

        Parameters
        ----------
        estimator : fitted pair estimator, or Pipeline that ends in one
        X : array-like of shape (n_patterns, n_points)
        y : array-like of shape (n_patterns,) or (n_patterns, 2)
            The phase of each pattern, as in `fit`.
        n_bins : int, default=10
            Equal intervals of probability.
        name : str, optional
            By default that of the class.
        ax : matplotlib Axes, optional

        Returns
        -------
        ReliabilityDisplay
        """
        phases, _ = encode_phases(y)
        return cls.from_predictions(
            same_phase(phases),
            estimator.predict_proba(X)[:, 1],
            n_bins=n_bins,
            name=type(last_step(estimator)).__name__ if name is None else name,
            ax=ax,
        )

    @classmethod
    def from_predictions(
        cls,
        same: ArrayLike,
        probability: ArrayLike,
        *,
        n_bins: int = 10,
        name: str = "",
        ax: Any = None,
    ) -> Self:
        """Compare probabilities of pairs with what they are.

        Parameters
        ----------
        same : array-like of shape (n_pairs,), bool
        probability : array-like of shape (n_pairs,)
            Pairs that are NaN are left out, with a warning.
        n_bins : int, default=10
        name : str, default=""
        ax : matplotlib Axes, optional

        Returns
        -------
        ReliabilityDisplay

        Raises
        ------
        ValueError
            If `same` holds others than True, False, 1 and 0, a probability lies outside 0 to 1,
            there are more or fewer of them, or `n_bins` is no whole number from 1 on.
        """
        check_whole(n_bins, "n_bins")
        same, probability = known_pairs(same, probability, np.float64)
        outside = probability[(probability < 0) | (probability > 1)]
        if outside.size:
            raise ValueError(
                f"probability holds {outside[0]:g}, which lies outside 0 to 1; give the second "
                "column of predict_proba, not scores"
            )
        bin_of = np.minimum((probability * n_bins).astype(np.intp), n_bins - 1)
        n_pairs = np.bincount(bin_of, minlength=n_bins)
        filled = n_pairs > 0
        display = cls(
            np.bincount(bin_of, probability, n_bins)[filled] / n_pairs[filled],
            np.bincount(bin_of, same, n_bins)[filled] / n_pairs[filled],
            n_pairs[filled],
            float(brier_score_loss(same, probability)),
            name,
        )
        return display.plot(ax=ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw the picture.

        Parameters
        ----------
        ax : matplotlib Axes, optional

        Returns
        -------
        ReliabilityDisplay
        """
        ax = axes_or_new(ax, figsize=(4.5, 4.5))
        ax.plot([0, 1], [0, 1], color="0.7", lw=0.8, label="perfectly calibrated")
        label = f"{literal(self.name)} (Brier score {self.brier:.3g})".strip()
        ax.plot(self.predicted, self.observed, "o-", color=SAME, label=label)
        for x, y, n in zip(self.predicted, self.observed, self.n_pairs, strict=True):
            inwards = {"xytext": (-4, -10), "ha": "right"} if x > 0.9 else {"xytext": (4, -10)}
            ax.annotate(f"{n}", (x, y), textcoords="offset points", fontsize=7, **inwards)
        ax.set(
            xlabel="probability of the same form",
            ylabel="share that is the same form",
            xlim=(-0.02, 1.02),
            ylim=(-0.02, 1.02),
        )
        ax.legend()
        self.ax_, self.figure_ = ax, ax.figure
        return self
