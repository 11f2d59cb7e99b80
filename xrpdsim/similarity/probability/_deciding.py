"""The part of a pair estimator that turns scores into probabilities and answers."""

from __future__ import annotations

from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from ..._support._warnings import warn_user
from ..ranking import RankedPairs
from ._decision import Decision, Learnt
from .calibrators import CALIBRATORS, Calibrator


class DecidingMixin:
    """Threshold and probabilities of a pair estimator, kept in one `Decision`.

    The estimator has the parameters `threshold` and `calibration`, and `prior` if it has one.
    """

    threshold: str | float
    calibration: str

    def set_calibrator(self, calibrator: Calibrator, threshold: float | None = None) -> Self:
        """Set how scores become probabilities, as found elsewhere; the embedding stays as it is.

        Like `calibrate_threshold`, it replaces whatever was learnt or set before.

        Parameters
        ----------
        calibrator : Calibrator
        threshold : float, optional
            The score from which pairs are the same form, unless the parameter `threshold` is a
            number; by default that of probability 1/2.

        Returns
        -------
        self
        """
        check_is_fitted(self, "pair_classes_")
        if threshold is None:
            threshold = calibrator.threshold(calibrator.prior)
        self._decision = self._decide(Learnt(calibrator, float(threshold)))
        return self

    @property
    def threshold_(self) -> float:
        """The score from which pairs are predicted to be the same form."""
        return self._in_force("threshold_", self._decided.threshold)

    @property
    def calibrator_(self) -> Calibrator:
        """What turns scores into probabilities."""
        return self._in_force("calibrator_", self._decided.calibrator)

    @property
    def classes_(self) -> Any:
        """Not there: `fit` is given phases of patterns, and answers are about pairs.

        `~sklearn.model_selection.cross_val_predict` and `~sklearn.ensemble.StackingClassifier` ask
        for it. They take the answer about pair k for one about pattern k.
        """
        raise AttributeError(
            f"{type(self).__name__} has no classes_: it answers for pairs of patterns, not for "
            "patterns, so that it cannot stand in a StackingClassifier or in cross_val_predict. "
            "The columns of predict_proba are pair_classes_"
        )

    def set_threshold(self, threshold: float) -> Self:
        """Set the similarity from which two patterns are predicted to be the same form.

        Parameters
        ----------
        threshold : float

        Returns
        -------
        self
        """
        check_is_fitted(self, "pair_classes_")
        is_number = isinstance(threshold, Real) and not isinstance(threshold, bool)
        if not is_number or not np.isfinite(threshold):
            raise ValueError(f"threshold={threshold!r} must be a finite number")
        self._decision = self._decision.with_threshold(float(threshold))
        return self

    def proba_of_scores(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the probabilities that pairs with these scores are the same form.

        Parameters
        ----------
        scores : array-like
            As from `decision_function` or `pairwise`.

        Returns
        -------
        ndarray of the same shape
            NaN where the score is NaN.
        """
        if self._decided.calibrator is None:
            raise NotFittedError(
                f"this {type(self).__name__} has no probabilities: it was fitted without labels. "
                "Call calibrate_threshold with labelled patterns, or fit with y"
            )
        return self._decision.probability(np.asarray(scores))

    def _check_threshold(self) -> float:
        threshold = self._decided.threshold
        if threshold is None:
            raise NotFittedError(
                f"this {type(self).__name__} has no threshold: it was fitted without labels. Call "
                "set_threshold, or calibrate_threshold with labelled patterns"
            )
        return threshold

    def _answers(self, scores: NDArray[np.floating]) -> NDArray[np.intp]:
        """Return 1 for scores that reach the threshold, else 0; refuse those that are missing."""
        n_missing = int(np.isnan(scores).sum())
        if n_missing:
            raise ValueError(
                f"{n_missing} pair(s) have no score, so that predict has no answer: their patterns "
                "have less than min_overlap degrees 2theta in common. Give pairs= without them, "
                "lower min_overlap, or ask predict_proba, where they are NaN"
            )
        return (scores >= self._check_threshold()).astype(np.intp)

    def _decide(self, learnt: Learnt | None) -> Decision:
        """Return the decision that what was learnt and the parameters give."""
        threshold = None if isinstance(self.threshold, str) else float(self.threshold)
        return Decision.from_learnt(learnt, threshold=threshold, prior=getattr(self, "prior", None))

    @property
    def _decided(self) -> Decision:
        return self.__dict__.get("_decision", Decision())

    def _in_force(self, name: str, value: Any) -> Any:
        if value is None:
            raise AttributeError(f"this {type(self).__name__} has no {name} yet")
        return value

    def _learn(self, positive: NDArray[np.floating], negative: NDArray[np.floating]) -> None:
        """Learn from the scores of same-form pairs and of pairs of different forms."""
        ranked = RankedPairs(positive, negative)
        if ranked.auroc < 0.5:
            warn_user(
                f"same-form pairs score lower than pairs of different forms (area under the ROC "
                f"curve {ranked.auroc:.3f}), so that scores say little or the opposite. A measure "
                "must return similarities, higher where patterns are more alike; turn distances "
                "round, for example to 1 / (1 + distance)"
            )
        calibrator = CALIBRATORS[self.calibration].from_scores(ranked.positive, ranked.negative)
        self._decision = self._decide(Learnt(calibrator, ranked.best_f1_threshold))
