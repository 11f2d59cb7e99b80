"""Probabilities adapted to a screen by a few pairs that somebody judged: the one model of it."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit, logit

from .calibrators import Calibrator
from .judged_pairs import JudgedPairs
from .prior import SMALLEST_PRIOR, shift_prior

OFFSET_SPREAD = 2.5
"""Standard deviation of the offset between screens, in log odds; chosen on simulated campaigns."""

SLOPE_SPREAD = 0.2
"""Standard deviation of the slope between screens, about 1; chosen in the same way."""

_SMALLEST_PROBABILITY = 1e-6
_SMALLEST_SLOPE = 0.05


class JudgedEvidence(NamedTuple):
    """What judged pairs say about log odds.

    Attributes
    ----------
    log_odds : ndarray of shape (n_pairs,)
        Before they were judged.
    same : ndarray of shape (n_pairs,), bool
        Whether both patterns are the same form.
    weight : ndarray of shape (n_pairs,)
        How much each pair counts.
    """

    log_odds: NDArray[np.float64]
    same: NDArray[np.bool_]
    weight: NDArray[np.float64]


class Adaptation:
    """Log odds of pairs, moved and stretched for one screen: a + b log(p / (1 - p)).

    a and b maximise the posterior of the judged pairs, with normal priors around 0 and 1: with no
    pairs nothing changes, with many the pairs decide. The offset also takes up that same-form pairs
    may be more common here.

    Which pairs were judged may depend on their probabilities in any way: what is maximised is the
    probability of the answers *given* these, in which the choice cancels. How many of the judged
    pairs are the same form says nothing by itself, and is not used. Pairs must not be chosen by
    what they turned out to be, as corrections are: people correct what is wrong.

    Parameters
    ----------
    probability : array-like of shape (n_pairs,)
        That the judged pairs are the same form, before they were judged.
    judged : JudgedPairs

    Attributes
    ----------
    offset, slope : float
        a and b.
    covariance : ndarray of shape (2, 2)
        Of the two, by the curvature of the posterior (Laplace's approximation).

    Examples
    --------
    >>> judged = JudgedPairs.from_relations([[0, 1]], None, n_patterns=3)
    >>> adaptation = Adaptation([0.2], judged)
    >>> adaptation.probabilities([0.0, 0.2, 0.5]).round(2)
    array([0.  , 0.79, 0.93])
    """

    def __init__(self, probability: ArrayLike, judged: JudgedPairs) -> None:
        x = self._x = log_odds(probability)
        truth, weight = judged.same, np.full(x.shape, judged.weight, dtype=np.float64)
        self._same, self._weight = truth, weight

        def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            a, b = parameters
            slope = weight * (expit(a + b * x) - truth)
            gradient = [slope.sum() + a / OFFSET_SPREAD**2]
            gradient.append((slope * x).sum() + (b - 1) / SLOPE_SPREAD**2)
            return -float(self.log_posterior(a, b)), np.array(gradient)

        bounds = [(None, None), (_SMALLEST_SLOPE, None)]
        found = minimize(loss, [0.0, 1.0], jac=True, method="L-BFGS-B", bounds=bounds)
        self.offset, self.slope = (float(value) for value in found.x)
        p = expit(self.offset + self.slope * x)
        information = np.diag([OFFSET_SPREAD**-2.0, SLOPE_SPREAD**-2.0])
        design = np.stack([np.ones_like(x), x])
        information = information + weight * (design * p * (1 - p)) @ design.T
        self.covariance = np.linalg.inv(information)

    @classmethod
    def from_found(
        cls,
        evidence: JudgedEvidence,
        offset: float,
        slope: float,
        covariance: NDArray[np.float64],
    ) -> Self:
        """Return an adaptation that was found before, as it was.

        Parameters
        ----------
        evidence : JudgedEvidence
        offset, slope : float
        covariance : ndarray of shape (2, 2)

        Returns
        -------
        Adaptation
            As if by the constructor.
        """
        found = object.__new__(cls)
        found._x, found._same, found._weight = evidence
        found.offset, found.slope, found.covariance = offset, slope, covariance
        return found

    @property
    def evidence(self) -> JudgedEvidence:
        """What it was found from."""
        return JudgedEvidence(self._x, self._same, self._weight)

    @property
    def n_pairs(self) -> int:
        """Number of judged pairs."""
        return len(self._x)

    def probabilities(self, probability: ArrayLike) -> NDArray[np.float64]:
        """Return probabilities of any pairs as they are in this screen.

        0 and 1 stay: they mark pairs that cannot be compared, and a pattern with itself. Without a
        judged pair nothing changes, to the last bit.

        Parameters
        ----------
        probability : array-like

        Returns
        -------
        ndarray of the same shape
        """
        before = np.asarray(probability, dtype=np.float64)
        if not self.n_pairs:
            return before
        certain = (before <= _SMALLEST_PROBABILITY) | (before >= 1 - _SMALLEST_PROBABILITY)
        return np.where(certain, before, expit(self.offset + self.slope * log_odds(before)))

    def log_posterior(self, offset: ArrayLike, slope: ArrayLike) -> NDArray[np.float64]:
        """Return the log posterior density of offsets and slopes, but for a constant.

        Parameters
        ----------
        offset, slope : array-like of one shape

        Returns
        -------
        ndarray of that shape
        """
        a, b = np.asarray(offset, dtype=np.float64), np.asarray(slope, dtype=np.float64)
        z = a[..., None] + b[..., None] * self._x
        likelihood = (self._weight * log_expit(np.where(self._same, z, -z))).sum(axis=-1)
        return np.asarray(
            likelihood - (a / OFFSET_SPREAD) ** 2 / 2 - ((b - 1) / SLOPE_SPREAD) ** 2 / 2
        )

    def posterior(
        self, n_offsets: int = 81, n_slopes: int = 25
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return offsets and slopes on a grid over all that is plausible, with their probabilities.

        With few judged pairs the posterior is far from normal: one answer leaves all offsets on
        one side. `covariance` does not see that.

        Parameters
        ----------
        n_offsets, n_slopes : int
            Nodes, over four standard deviations of the prior to either side.

        Returns
        -------
        offsets, slopes, probabilities : ndarray of shape (n_nodes,)
        """
        offsets = OFFSET_SPREAD * np.linspace(-4, 4, n_offsets)
        slopes = 1 + SLOPE_SPREAD * np.linspace(-4, 4, n_slopes)
        a, b = (nodes.ravel() for nodes in np.meshgrid(offsets, slopes[slopes > _SMALLEST_SLOPE]))
        log_density = self.log_posterior(a, b)
        density = np.exp(log_density - log_density.max())
        return a, b, density / density.sum()


class AdaptedCalibrator:
    """Another calibrator, adapted to a screen.

    Parameters
    ----------
    base : Calibrator
    start : float
        The share of same-form pairs that `base` is to start from.
    scores : array-like of shape (n_pairs,)
        Of the judged pairs.
    judged : JudgedPairs
    screen : array-like, optional
        Scores of pairs that stand for all pairs of the screen; NaN is left out.

    Attributes
    ----------
    adaptation : Adaptation
    prior : float
        The share of same-form pairs that is now expected in the screen: the mean probability over
        `screen`; `start` where that is not given.

    Examples
    --------
    >>> from xrpdsim.similarity.probability import JudgedPairs, SigmoidCalibrator
    >>> base = SigmoidCalibrator(8.0, -6.0)
    >>> judged = JudgedPairs.from_relations(None, [[0, 1], [0, 2]], n_patterns=3)
    >>> adapted = AdaptedCalibrator(base, 0.5, [0.7, 0.8], judged)
    >>> bool(adapted.predict(0.7) < base.predict(0.7))
    True
    """

    def __init__(
        self,
        base: Calibrator,
        start: float,
        scores: ArrayLike,
        judged: JudgedPairs,
        screen: ArrayLike | None = None,
    ) -> None:
        self.base = base
        self.start = start
        self.adaptation = Adaptation(self._base_probability(scores), judged)
        self.prior = start
        if screen is not None:
            screen = np.asarray(screen, dtype=np.float64)
            share = self.predict(screen[~np.isnan(screen)]).mean()
            self.prior = float(np.clip(share, SMALLEST_PRIOR, 1 - SMALLEST_PRIOR))

    @classmethod
    def from_found(
        cls, base: Calibrator, start: float, adaptation: Adaptation, prior: float
    ) -> Self:
        """Return one whose adaptation and prior were found before.

        Parameters
        ----------
        base : Calibrator
        start, prior : float
        adaptation : Adaptation

        Returns
        -------
        AdaptedCalibrator
        """
        found = object.__new__(cls)
        found.base, found.start, found.adaptation, found.prior = base, start, adaptation, prior
        return found

    def predict(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of "same form" for each score."""
        a, b = self.adaptation.offset, self.adaptation.slope
        return np.asarray(expit(a + b * self.base_log_odds(scores)))

    def threshold(self, prior: float | None = None, n_deviations: float = 0.0) -> float:
        """Return the score of probability 1/2, or so many standard deviations from it.

        Parameters
        ----------
        prior : float, optional
            The share of same-form pairs; by default the own `prior`.
        n_deviations : float, default=0.0
            Of the log odds at that score, as far as the judged pairs leave them open.

        Returns
        -------
        float
            Minus or plus infinity if all or no scores reach it.
        """
        a, b = self.adaptation.offset, self.adaptation.slope
        even = 0.0 if prior is None else float(logit(self.prior) - logit(prior))
        at = np.array([1.0, (even - a) / b])
        spread = float(np.sqrt(at @ self.adaptation.covariance @ at))
        base_log_odds = (even + n_deviations * spread - a) / b
        low, high = log_odds([0.0, 1.0])
        if not low < base_log_odds <= high:  # which no score has, or every one
            return float(np.copysign(np.inf, base_log_odds))
        return self.base.threshold(float(expit(logit(self.start) - base_log_odds)))

    def base_log_odds(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the log odds that `base` gives to scores, at the share that it starts from."""
        return log_odds(self._base_probability(scores))

    def _base_probability(self, scores: ArrayLike) -> NDArray[np.float64]:
        scores = np.asarray(scores, dtype=np.float64)
        if not scores.size:  # which scikit-learn's isotonic regression refuses
            return scores
        return shift_prior(self.base.predict(scores), self.base.prior, self.start)


def log_odds(probability: ArrayLike) -> NDArray[np.float64]:
    """Return log(p / (1 - p)), with p kept one in a million off 0 and 1."""
    p = np.asarray(probability, dtype=np.float64)
    return np.asarray(logit(np.clip(p, _SMALLEST_PROBABILITY, 1 - _SMALLEST_PROBABILITY)))
