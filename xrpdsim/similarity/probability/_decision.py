"""What decides about pairs: what was learnt, and what was stated and adapted since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .adaptation import AdaptedCalibrator
from .calibrators import Calibrator
from .judged_pairs import JudgedPairs
from .prior import check_prior, shift_prior


@dataclass(frozen=True)
class Learnt:
    """What pairs of known forms taught about scores.

    Parameters
    ----------
    calibrator : Calibrator
    threshold : float
        The score from which two patterns are one form, if nobody says more.
    """

    calibrator: Calibrator
    threshold: float


@dataclass(frozen=True)
class Decision:
    """The rule by which prior, threshold and adaptation depend on each other.

    It never changes: each `with_...` returns another one. `PairwisePhaseClassifier` states the
    rule in words.

    Parameters
    ----------
    learnt : Learnt, optional
        None where no labels were seen.
    stated_threshold : float, optional
        The last threshold that was given as a number.
    stated_prior : float, optional
        The last prior that was given: where an adaptation starts.
    adapted : AdaptedCalibrator, optional
        From the last `adapt`.
    prior : float, optional
        The prior in force: the last of what was learnt, stated and adapted.
    """

    learnt: Learnt | None = None
    stated_threshold: float | None = None
    stated_prior: float | None = None
    adapted: AdaptedCalibrator | None = None
    prior: float | None = None

    @classmethod
    def from_learnt(
        cls, learnt: Learnt | None, *, threshold: float | None = None, prior: float | None = None
    ) -> Self:
        """Start from what was learnt, with what the parameters state."""
        if learnt is None:
            return cls(stated_threshold=threshold)
        start = cls(learnt, stated_threshold=threshold, prior=learnt.calibrator.prior)
        return start if prior is None else start.with_prior(prior)

    def with_prior(self, prior: float) -> Self:
        """State how common same-form pairs are."""
        prior = check_prior(prior)
        return replace(self, stated_prior=prior, prior=prior)

    def with_threshold(self, threshold: float) -> Self:
        """State the threshold."""
        return replace(self, stated_threshold=threshold)

    def with_judged(self, scores: ArrayLike, judged: JudgedPairs, screen: ArrayLike) -> Self:
        """Adapt to judged pairs of a screen, from what was learnt and the last stated prior."""
        adapted = AdaptedCalibrator(self._base, self._start, scores, judged, screen)
        return replace(self, adapted=adapted, prior=adapted.prior)

    @property
    def calibrator(self) -> Calibrator | None:
        """What turns scores into probabilities, before the prior in force."""
        if self.adapted is not None:
            return self.adapted
        return None if self.learnt is None else self.learnt.calibrator

    @property
    def threshold(self) -> float | None:
        """The threshold in force."""
        if self.stated_threshold is not None:
            return self.stated_threshold
        if self.learnt is None or self.calibrator is None or self.prior is None:
            return None
        if self.stated_prior is None and self.adapted is None:
            return self.learnt.threshold
        return self.calibrator.threshold(self.prior)

    def probability(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the probability of "same form" for each score; NaN where the score is NaN."""
        missing = np.isnan(scores)
        calibrator = self.calibrator
        if calibrator is None or self.prior is None:
            raise ValueError("nothing was learnt that gives probabilities")
        if not missing.any():
            return shift_prior(calibrator.predict(scores), calibrator.prior, self.prior)
        probability = np.full(scores.shape, np.nan)
        known = calibrator.predict(scores[~missing])
        probability[~missing] = shift_prior(known, calibrator.prior, self.prior)
        return probability

    def before_answers(self) -> AdaptedCalibrator:
        """Return the last adaptation, or one without any judged pairs."""
        if self.adapted is not None:
            return self.adapted
        nothing = JudgedPairs(np.empty((0, 2), dtype=np.intp), np.empty(0, dtype=bool))
        return AdaptedCalibrator(self._base, self._start, [], nothing)

    def report(self) -> dict[str, Any] | None:
        """Return what the last adaptation did, and how sure that is."""
        if self.adapted is None:
            return None
        found = self.adapted.adaptation
        spread = np.sqrt(np.diag(found.covariance))
        return {
            "n_pairs": found.n_pairs,
            "offset": found.offset,
            "offset_deviation": float(spread[0]),
            "slope": found.slope,
            "slope_deviation": float(spread[1]),
            "threshold_low": self.adapted.threshold(self.prior, -1.96),
            "threshold_high": self.adapted.threshold(self.prior, 1.96),
        }

    @property
    def _base(self) -> Calibrator:
        if self.learnt is None:
            raise ValueError("nothing was learnt to start from")
        return self.learnt.calibrator

    @property
    def _start(self) -> float:
        return self._base.prior if self.stated_prior is None else self.stated_prior
