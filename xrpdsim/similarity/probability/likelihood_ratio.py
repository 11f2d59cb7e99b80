"""Probabilities from the likelihood ratio of a score."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression

from .calibrators import bin_scores
from .prior import check_prior

N_KNOTS = 33

MOST_EVIDENCE = 7.0
"""Largest size of a log likelihood ratio: a simulation cannot vouch for more than 1 in 1000."""


class LikelihoodRatioCalibrator:
    """P(same | s) from the likelihood ratio of a score and the prior of a pair.

    By Bayes' rule the log odds of "same form" are log p(s | same) - log p(s | different) plus the
    log odds of the prior, the share of pairs that are of one form. The first part belongs to the
    measure, the second to the screen. The log likelihood ratio is linear between knots and constant
    beyond them.

    Parameters
    ----------
    scores : array-like of shape (n_knots,)
        Ascending.
    log_likelihood_ratios : array-like of shape (n_knots,)
        Not descending.
    prior : float
        Between 0 and 1.

    Raises
    ------
    ValueError
        If the knots do not ascend, or the prior is not between 0 and 1.

    Examples
    --------
    >>> calibrator = LikelihoodRatioCalibrator([0.0, 1.0], [-4.0, 4.0], prior=0.5)
    >>> calibrator.predict([0.5, 1.0]).round(3)
    array([0.5  , 0.982])
    >>> LikelihoodRatioCalibrator([0.0, 1.0], [-4.0, 4.0], prior=0.1).predict([0.5, 1.0]).round(3)
    array([0.1  , 0.858])
    """

    def __init__(
        self, scores: ArrayLike, log_likelihood_ratios: ArrayLike, prior: float = 0.5
    ) -> None:
        self.scores = np.asarray(scores, dtype=np.float64)
        self.log_likelihood_ratios = np.asarray(log_likelihood_ratios, dtype=np.float64)
        if self.scores.ndim != 1 or self.scores.shape != self.log_likelihood_ratios.shape:
            raise ValueError("scores and log_likelihood_ratios must be as long as each other")
        if (np.diff(self.scores) <= 0).any() or (np.diff(self.log_likelihood_ratios) < 0).any():
            raise ValueError("scores must ascend, and log_likelihood_ratios must not descend")
        self.prior = check_prior(prior)

    @classmethod
    def from_scores(
        cls, positive: NDArray[np.floating], negative: NDArray[np.floating]
    ) -> LikelihoodRatioCalibrator:
        """Estimate the likelihood ratio from pairs of one form and of different forms.

        An isotonic regression of the labels, both classes weighing the same, read off between the
        quantiles of the scores. The prior is then the share of the positive pairs.

        Parameters
        ----------
        positive, negative : ndarray
            Scores, each sorted ascending.

        Returns
        -------
        LikelihoodRatioCalibrator
        """
        scores, n_same, n_different = bin_scores(positive, negative)
        # Half a pair more of each kind at either end: no score is evidence without limit.
        same = n_same / (len(positive) + 1)
        different = n_different / (len(negative) + 1)
        weight = same + different
        curve = IsotonicRegression(out_of_bounds="clip")
        curve.fit(scores, same / weight, sample_weight=weight)
        cumulated = np.cumsum(weight) / weight.sum()
        # Even knots where both classes are rare, and knots where the scores are.
        low, high = np.interp([0.005, 0.995], cumulated, scores)
        even = np.linspace(low, high, N_KNOTS)
        knots = np.concatenate([even, np.interp(np.linspace(0, 1, N_KNOTS), cumulated, scores)])
        knots = np.unique(knots.round(3))
        # Steps of the isotonic curve are smoothed over neighbouring knots.
        fine = np.linspace(knots[0], knots[-1], 2001)
        with np.errstate(divide="ignore"):
            ratio = np.clip(logit(curve.predict(fine)), -MOST_EVIDENCE, MOST_EVIDENCE)
        width = max(1, len(fine) // 100)
        kernel = np.ones(2 * width + 1) / (2 * width + 1)
        ratio = np.convolve(np.pad(ratio, width, mode="edge"), kernel, mode="valid")
        prior = len(positive) / (len(positive) + len(negative))
        return cls(knots, np.maximum.accumulate(np.interp(knots, fine, ratio)), prior)

    def log_likelihood_ratio(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return log p(s | same) - log p(s | different)."""
        values = np.asarray(scores, dtype=np.float64)
        return np.asarray(np.interp(values, self.scores, self.log_likelihood_ratios))

    def predict(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of "same form" for each score."""
        return np.asarray(expit(self.log_likelihood_ratio(scores) + logit(self.prior)))

    def threshold(self, prior: float) -> float:
        """Return the score from which "same form" is the likelier answer under a prior."""
        wanted = -logit(prior)
        ratios = self.log_likelihood_ratios
        return float(np.interp(wanted, ratios + 1e-9 * np.arange(len(ratios)), self.scores))

    def to_json(self) -> dict[str, Any]:
        """Return plain numbers from which the same calibrator is built."""
        return {
            "scores": self.scores.tolist(),
            "log_likelihood_ratios": self.log_likelihood_ratios.tolist(),
            "prior": self.prior,
        }
