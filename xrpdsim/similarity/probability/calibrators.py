"""Calibrators: how the score of a pair becomes the probability that both are the same form."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit, logit
from sklearn.isotonic import IsotonicRegression

from ._scores import bin_scores, lowest_reaching
from .prior import check_prior

N_KNOTS = 33

MOST_EVIDENCE = 7.0
"""Largest size of a log likelihood ratio: a simulation cannot vouch for more than 1 in 1000."""


class Calibrator(Protocol):
    """What turns scores into probabilities.

    Attributes
    ----------
    prior : float
        The share of same-form pairs that its probabilities hold for.

    Examples
    --------
    >>> from xrpdsim.similarity.probability import SigmoidCalibrator
    >>> calibrator = SigmoidCalibrator(10.0, -5.0)  # one of them
    >>> calibrator.predict([0.5, 0.8]).round(2)
    array([0.5 , 0.95])
    """

    prior: float

    def predict(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of "same form" for each score."""
        ...

    def threshold(self, prior: float) -> float:
        """Return the score from which "same form" is the likelier answer under a prior."""
        ...


class SigmoidCalibrator:
    """P(same | s) = 1 / (1 + exp(-(slope s + intercept))).

    Parameters
    ----------
    slope : float
        0 or more.
    intercept : float
    prior : float, default=0.5
        The share of same-form pairs that these numbers hold for.

    Raises
    ------
    ValueError
        If the slope is negative, or the prior is not between 0 and 1.

    See Also
    --------
    xrpdsim.similarity.probability.IsotonicCalibrator : any rising curve.
    xrpdsim.similarity.probability.LikelihoodRatioCalibrator : for every prior.

    Examples
    --------
    >>> SigmoidCalibrator(10.0, -5.0).predict([0.5])
    array([0.5])
    >>> calibrator = SigmoidCalibrator.from_scores(
    ...     np.array([0.7, 0.8, 0.9]), np.array([0.1, 0.2, 0.8])
    ... )
    >>> calibrator.predict([0.1, 0.9]).round(2)
    array([0.19, 0.71])
    """

    def __init__(self, slope: float, intercept: float, prior: float = 0.5) -> None:
        if not slope >= 0:
            raise ValueError(f"slope={slope} must be 0 or more: higher scores mean more alike")
        self.slope = float(slope)
        self.intercept = float(intercept)
        self.prior = check_prior(prior)

    @classmethod
    def from_scores(
        cls, positive: NDArray[np.floating], negative: NDArray[np.floating]
    ) -> SigmoidCalibrator:
        """Fit slope and intercept: Platt scaling.

        Maximum likelihood with Platt's smoothed targets (n+ + 1) / (n+ + 2) and 1 / (n- + 2), so
        that perfectly separated scores do not give an infinite slope. Source: J. Platt,
        "Probabilistic outputs for support vector machines", Advances in Large Margin Classifiers,
        1999.

        Parameters
        ----------
        positive, negative : ndarray
            Scores of same-form pairs and of pairs of different forms, each sorted ascending.

        Returns
        -------
        SigmoidCalibrator
        """
        scores, n_same, n_different = bin_scores(positive, negative)
        total_same, total_different = n_same.sum(), n_different.sum()
        target_same = (total_same + 1) / (total_same + 2)
        target_different = 1 / (total_different + 2)
        weight_1 = n_same * target_same + n_different * target_different
        weight_0 = n_same + n_different - weight_1
        total = total_same + total_different
        centre, scale = scores.mean(), scores.std() or 1.0
        z = (scores - centre) / scale

        def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            logit = parameters[0] * z + parameters[1]
            value = -(weight_1 * log_expit(logit) + weight_0 * log_expit(-logit)).sum() / total
            slope = (expit(logit) * (weight_0 + weight_1) - weight_1) / total
            return value, np.array([(slope * z).sum(), slope.sum()])

        start = np.array([1.0, np.log(total_same / total_different)])
        found = minimize(
            loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None)], tol=1e-12
        )
        return cls(
            found.x[0] / scale,
            found.x[1] - found.x[0] * centre / scale,
            _share(positive, negative),
        )

    def predict(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of "same form" for each score."""
        return expit(self.slope * np.asarray(scores, dtype=np.float64) + self.intercept)

    def threshold(self, prior: float) -> float:
        """Return the score from which "same form" is the likelier answer under a prior.

        Minus or plus infinity if the slope is 0 and all or no scores reach it.
        """
        wanted = logit(self.prior) - logit(prior)
        if self.slope == 0:
            return -np.inf if self.intercept >= wanted else np.inf
        return float((wanted - self.intercept) / self.slope)


class IsotonicCalibrator:
    """The monotone curve nearest to the labels (scikit-learn's `IsotonicRegression`).

    Parameters
    ----------
    regression : IsotonicRegression
        Fitted; from scores to the share of same-form pairs.
    prior : float
        The share of same-form pairs that it was fitted to.

    See Also
    --------
    xrpdsim.similarity.probability.SigmoidCalibrator : two numbers.

    Examples
    --------
    >>> calibrator = IsotonicCalibrator.from_scores(np.array([0.8, 0.9]), np.array([0.1, 0.2]))
    >>> calibrator.predict([0.1, 0.9])
    array([0., 1.])
    """

    def __init__(self, regression: IsotonicRegression, prior: float) -> None:
        self.regression = regression
        self.prior = check_prior(prior)

    @classmethod
    def from_scores(
        cls, positive: NDArray[np.floating], negative: NDArray[np.floating]
    ) -> IsotonicCalibrator:
        """Fit the curve.

        Parameters
        ----------
        positive, negative : ndarray
            Scores of same-form pairs and of pairs of different forms, each sorted ascending.

        Returns
        -------
        IsotonicCalibrator
        """
        scores, n_same, n_different = bin_scores(positive, negative)
        weight = n_same + n_different
        regression = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
        regression.fit(scores, n_same / weight, sample_weight=weight)
        return cls(regression, _share(positive, negative))

    def predict(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of "same form" for each score."""
        scores = np.asarray(scores, dtype=np.float64)
        return self.regression.predict(scores.reshape(-1)).reshape(scores.shape)

    def threshold(self, prior: float) -> float:
        """Return the score from which "same form" is the likelier answer under a prior.

        Minus or plus infinity if all or no scores reach it.
        """
        knots = self.regression.X_thresholds_
        wanted = expit(logit(self.prior) - logit(prior))
        if self.predict(knots[-1:])[0] < wanted:
            return np.inf
        if self.predict(knots[:1])[0] >= wanted:
            return -np.inf
        return lowest_reaching(
            lambda score: float(self.predict([score])[0]), wanted, knots[0], knots[-1]
        )


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

    See Also
    --------
    xrpdsim.similarity.probability.SigmoidCalibrator : two numbers.

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
        """Estimate the likelihood ratio from same-form pairs and pairs of different forms.

        An isotonic regression of the labels, both classes weighing the same, read off between the
        quantiles of the scores. The prior is then the share of same-form pairs.

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
        # Three decimals are enough, but where scores differ by less than 0.1 in all.
        span = high - low
        decimals = 3 if span >= 0.1 or span == 0 else 2 - int(np.floor(np.log10(span)))
        knots = np.unique(knots.round(decimals))
        # Steps of the isotonic curve are smoothed over neighbouring knots.
        fine = np.linspace(knots[0], knots[-1], 2001)
        with np.errstate(divide="ignore"):
            ratio = np.clip(logit(curve.predict(fine)), -MOST_EVIDENCE, MOST_EVIDENCE)
        width = max(1, len(fine) // 100)
        kernel = np.ones(2 * width + 1) / (2 * width + 1)
        ratio = np.convolve(np.pad(ratio, width, mode="edge"), kernel, mode="valid")
        ratios = np.maximum.accumulate(np.interp(knots, fine, ratio))
        return cls(knots, ratios, _share(positive, negative))

    def log_likelihood_ratio(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return log p(s | same) - log p(s | different)."""
        values = np.asarray(scores, dtype=np.float64)
        return np.asarray(np.interp(values, self.scores, self.log_likelihood_ratios))

    def predict(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of "same form" for each score."""
        return np.asarray(expit(self.log_likelihood_ratio(scores) + logit(self.prior)))

    def threshold(self, prior: float) -> float:
        """Return the score from which "same form" is the likelier answer under a prior.

        Minus or plus infinity if all or no scores reach it.
        """
        wanted = -logit(prior)
        ratios = self.log_likelihood_ratios
        if wanted > ratios[-1]:
            return np.inf
        if wanted <= ratios[0]:
            return -np.inf
        return float(np.interp(wanted, ratios + 1e-9 * np.arange(len(ratios)), self.scores))

    def to_json(self) -> dict[str, Any]:
        """Return plain numbers from which the same calibrator is built."""
        return {
            "scores": self.scores.tolist(),
            "log_likelihood_ratios": self.log_likelihood_ratios.tolist(),
            "prior": self.prior,
        }


CALIBRATORS: dict[str, Any] = {
    "sigmoid": SigmoidCalibrator,
    "isotonic": IsotonicCalibrator,
    "likelihood-ratio": LikelihoodRatioCalibrator,
}
"""Calibrators by the name that `calibration` parameters use; each has `from_scores`."""


def _share(positive: NDArray[np.floating], negative: NDArray[np.floating]) -> float:
    return len(positive) / (len(positive) + len(negative))
