"""How well scores separate pairs of the same form from pairs of different forms."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)
from sklearn.utils.validation import check_consistent_length

from .._support._estimators import last_step
from .._support._warnings import warn_user
from ..patterns.pairs import encode_phases, same_phase
from ..similarity.ranking import truth_values
from ._colours import DIFFERENT, MARKED, SAME
from ._matplotlib import literal, pyplot


class PairScoreDisplay:
    """ROC curve, precision-recall curve, and the scores of both kinds of pairs.

    Make one with `from_estimator` or `from_predictions`.

    Parameters
    ----------
    same : ndarray of shape (n_pairs,), bool
        Whether the patterns of a pair are the same form.
    scores : ndarray of shape (n_pairs,)
        Higher means more similar.
    threshold : float or None
        Score from which a pair is called the same form.
    name : str
        What the pictures are titled with.

    Attributes
    ----------
    axes_ : ndarray of three matplotlib Axes
    figure_ : matplotlib Figure
    auroc_, average_precision_ : float

    See Also
    --------
    xrpdsim.inspection.ReliabilityDisplay : how well probabilities hold.

    Examples
    --------
    >>> display = PairScoreDisplay.from_predictions([True, False, True], [0.9, 0.2, 0.7])
    >>> display.auroc_, display.average_precision_
    (1.0, 1.0)
    """

    def __init__(
        self,
        same: NDArray[np.bool_],
        scores: NDArray[np.floating],
        threshold: float | None,
        name: str,
    ) -> None:
        self.same = same
        self.scores = scores
        self.threshold = threshold
        self.name = name

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: ArrayLike, y: Any, *, name: str | None = None, axes: Any = None
    ) -> Self:
        """Score all pairs of patterns of known form.

        Parameters
        ----------
        estimator : fitted pair estimator, or Pipeline that ends in one
        X : array-like of shape (n_patterns, n_points)
        y : array-like of shape (n_patterns,) or (n_patterns, 2)
            The phase of each pattern, as in `fit`.
        name : str, optional
            By default that of the class.
        axes : sequence of three matplotlib Axes, optional

        Returns
        -------
        PairScoreDisplay
        """
        phases, _ = encode_phases(y)
        last = last_step(estimator)
        return cls.from_predictions(
            same_phase(phases),
            estimator.decision_function(X),
            threshold=getattr(last, "threshold_", None),
            name=type(last).__name__ if name is None else name,
            axes=axes,
        )

    @classmethod
    def from_predictions(
        cls,
        same: ArrayLike,
        scores: ArrayLike,
        *,
        threshold: float | None = None,
        name: str = "",
        axes: Any = None,
    ) -> Self:
        """Draw scores of pairs.

        Parameters
        ----------
        same : array-like of shape (n_pairs,), bool
        scores : array-like of shape (n_pairs,)
            Higher means more similar. Pairs that are NaN are left out, with a warning.
        threshold : float, optional
            Marked in all three pictures.
        name : str, default=""
        axes : sequence of three matplotlib Axes, optional

        Returns
        -------
        PairScoreDisplay

        Raises
        ------
        ValueError
            If all pairs are the same form, or none is, or `same` and `scores` do not fit.
        """
        same, scores = known_pairs(same, scores)
        if same.all() or not same.any():
            raise ValueError(
                "all pairs are of one kind; curves need pairs of the same form and of different "
                "forms"
            )
        return cls(same, scores, threshold, name).plot(axes=axes)

    def plot(self, axes: Any = None) -> Self:
        """Draw the pictures.

        Parameters
        ----------
        axes : sequence of three matplotlib Axes, optional

        Returns
        -------
        PairScoreDisplay
        """
        if axes is None:
            _, axes = pyplot().subplots(1, 3, figsize=(12, 3.6), layout="constrained")
        roc, pr, histogram = axes
        self.auroc_ = float(roc_auc_score(self.same, self.scores))
        self.average_precision_ = float(average_precision_score(self.same, self.scores))
        false_rate, true_rate, _ = roc_curve(self.same, self.scores)
        roc.plot(false_rate, true_rate, color=SAME)
        roc.plot([0, 1], [0, 1], color="0.7", lw=0.8)
        roc.set(
            xlabel="different-form pairs called the same",
            ylabel="same-form pairs found",
            title=f"{literal(self.name)} AUROC {self.auroc_:.3f}".strip(),
        )
        precision, recall, _ = precision_recall_curve(self.same, self.scores)
        pr.plot(recall, precision, color=SAME, drawstyle="steps-post")
        pr.axhline(self.same.mean(), color="0.7", lw=0.8)
        pr.set(
            xlabel="recall",
            ylabel="precision",
            ylim=(0, 1.02),
            title=f"average precision {self.average_precision_:.3f}",
        )
        bins = np.histogram_bin_edges(self.scores, bins=50)
        for kind, colour, text in (
            (~self.same, DIFFERENT, "different"),
            (self.same, SAME, "same"),
        ):
            histogram.hist(
                self.scores[kind], bins=bins, density=True, color=colour, alpha=0.6,
                label=f"{text} ({kind.sum()})",
            )  # fmt: skip
        histogram.set(xlabel="similarity", ylabel="density of pairs")
        if self.threshold is not None:
            called = self.scores >= self.threshold
            found, wrong = called[self.same].mean(), called[~self.same].mean()
            roc.plot(wrong, found, "o", color=MARKED, label="at the threshold")
            if called.any():
                pr.plot(found, self.same[called].mean(), "o", color=MARKED)
            histogram.axvline(self.threshold, color=MARKED, label="threshold")
            roc.legend()
        histogram.legend()
        self.axes_, self.figure_ = np.asarray(axes), roc.figure
        return self


def known_pairs(
    same: ArrayLike, values: ArrayLike, dtype: Any = None
) -> tuple[NDArray[np.bool_], NDArray[np.floating]]:
    """Return whether pairs are the same form, and their scores, without those that are NaN.

    Parameters
    ----------
    same : array-like of shape (n_pairs,), bool
    values : array-like of shape (n_pairs,)
        Scores or probabilities.
    dtype : data-type, optional
        Of the values that are returned.

    Returns
    -------
    same, values : ndarray of shape (n_known,)

    Raises
    ------
    ValueError
        If `same` holds others than True, False, 1 and 0, there are more or fewer values, or all
        of these are NaN.

    Examples
    --------
    >>> known_pairs([True, False], [0.9, 0.2])
    (array([ True, False]), array([0.9, 0.2]))
    """
    check_consistent_length(same, values)
    same, values = truth_values(same), np.asarray(values, dtype=dtype)
    missing = np.isnan(values)
    if not missing.any():
        return same, values
    if missing.all():
        raise ValueError(
            f"all {len(values)} pairs are NaN: their patterns have too little in common to be "
            "compared, so that there is nothing to show"
        )
    warn_user(
        f"{int(missing.sum())} of {len(values)} pairs are NaN and left out of the picture: their "
        "patterns have too little in common to be compared"
    )
    return same[~missing], values[~missing]
