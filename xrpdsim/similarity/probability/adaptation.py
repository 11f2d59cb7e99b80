"""Probabilities adapted to a screen by a few pairs that somebody judged."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit, logit
from sklearn.utils.validation import check_consistent_length

from ...patterns.pairs import check_pairs
from .calibrators import Calibrator
from .prior import shift_prior

OFFSET_SPREAD = 2.5
"""Standard deviation of the offset between screens, in log odds; chosen on simulated campaigns."""

SLOPE_SPREAD = 0.2
"""Standard deviation of the slope between screens, about 1; chosen in the same way."""

_SMALLEST_PROBABILITY = 1e-6
_SMALLEST_SLOPE = 0.05


class AdaptedCalibrator:
    """Log odds of another calibrator, moved and stretched: a + b log(p / (1 - p)).

    a and b maximise the posterior of the judged pairs, with normal priors around 0 and 1: with no
    pairs nothing changes, with many the pairs decide. The offset also takes up that equal pairs may
    be more common here.

    Which pairs were judged may depend on their scores in any way: what is maximised is the
    probability of the answers *given* the scores, in which the choice of scores cancels. How many
    of the judged pairs are equal says nothing by itself, and is not used. Pairs must not be chosen
    by what they turned out to be.

    Parameters
    ----------
    base : Calibrator
    learnt_prior, prior : float
        Share of equal pairs that `base` learnt from, and that it is to start from.
    scores : array-like of shape (n_pairs,)
        Of the judged pairs.
    same : array-like of shape (n_pairs,), bool
    weight : float, default=1.0
        Of each pair; below 1 where pairs share patterns, and so are not independent.

    Attributes
    ----------
    offset, slope : float
        a and b.
    covariance : ndarray of shape (2, 2)
        Of the two, by the curvature of the posterior (Laplace's approximation).
    evidence : tuple of (ndarray, ndarray, float)
        Log odds of the judged pairs by `base`, whether they are the same, and their weight.

    Examples
    --------
    >>> from xrpdsim.similarity.probability.calibrators import SigmoidCalibrator
    >>> base = SigmoidCalibrator(np.array([0.7, 0.8, 0.9]), np.array([0.1, 0.2, 0.8]))
    >>> adapted = AdaptedCalibrator(base, 0.5, 0.5, [0.6, 0.7, 0.9], [False, False, True])
    >>> bool(adapted.predict(0.7) < base.predict(0.7))
    True
    """

    def __init__(
        self,
        base: Calibrator,
        learnt_prior: float,
        prior: float,
        scores: ArrayLike,
        same: ArrayLike,
        weight: float = 1.0,
    ) -> None:
        self.base = base
        self.learnt_prior = learnt_prior
        self.prior = prior
        x = self.base_log_odds(scores)
        truth = np.asarray(same, dtype=bool)
        self.evidence = x, truth, weight

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

    def predict(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of "same form" for each score."""
        return np.asarray(expit(self.offset + self.slope * self.base_log_odds(scores)))

    def threshold(self, n_deviations: float = 0.0) -> float:
        """Return the score of probability 1/2, or so many standard deviations from it.

        Parameters
        ----------
        n_deviations : float, default=0.0
            Of the log odds at that score, as far as the judged pairs leave them open.

        Returns
        -------
        float
            Between -1 and 1, the range of similarities.
        """
        at = np.array([1.0, -self.offset / self.slope])
        spread = float(np.sqrt(at @ self.covariance @ at))
        wanted = n_deviations * spread
        low, high = -1.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            log_odds = self.offset + self.slope * float(self.base_log_odds(middle))
            low, high = (middle, high) if log_odds < wanted else (low, middle)
        return (low + high) / 2

    def base_log_odds(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the log odds that `base` gives to scores, under the prior that it starts from."""
        scores = np.asarray(scores, dtype=np.float64)
        if not scores.size:  # which scikit-learn's isotonic regression refuses
            return scores
        probability = shift_prior(self.base.predict(scores), self.learnt_prior, self.prior)
        return np.asarray(
            logit(np.clip(probability, _SMALLEST_PROBABILITY, 1 - _SMALLEST_PROBABILITY))
        )

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
        x, truth, weight = self.evidence
        z = a[..., None] + b[..., None] * x
        likelihood = weight * log_expit(np.where(truth, z, -z)).sum(axis=-1)
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


def labelled_pairs(y: ArrayLike) -> tuple[NDArray[np.intp], NDArray[np.bool_], float]:
    """Return the pairs of labelled patterns, and how much each of them counts.

    Parameters
    ----------
    y : array-like of shape (n_patterns,)
        Forms; None (or NaN) where not known.

    Returns
    -------
    pairs : ndarray of shape (n_pairs, 2)
    same : ndarray of shape (n_pairs,), bool
    weight : float
        Patterns over pairs, at most 1: n patterns tell about n independent things.

    Raises
    ------
    ValueError
        If `y` is not one-dimensional or fewer than two patterns are labelled.

    Examples
    --------
    >>> pairs, same, weight = labelled_pairs(["I", None, "I", "II"])
    >>> pairs.tolist(), same.tolist(), weight
    ([[0, 2], [0, 3], [2, 3]], [True, False, False], 1.0)
    """
    labels = np.asarray(y, dtype=object)
    if labels.ndim != 1:
        raise ValueError("y must be one label a pattern, None where it is not known")
    rows = np.flatnonzero([not _unknown(label) for label in labels])
    if len(rows) < 2:
        raise ValueError(f"{len(rows)} patterns are labelled; adapting needs two at least")
    first, second = np.triu_indices(len(rows), 1)
    pairs = np.column_stack([rows[first], rows[second]])
    same = np.array([labels[i] == labels[j] for i, j in pairs], dtype=bool)
    return pairs, same, min(1.0, len(rows) / len(pairs))


def judged_pairs(
    pairs: ArrayLike, same: ArrayLike, n_patterns: int
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return pairs that a person judged, checked.

    Parameters
    ----------
    pairs : array-like of shape (n_pairs, 2), int
        Row numbers.
    same : array-like of shape (n_pairs,), bool
    n_patterns : int

    Returns
    -------
    pairs : ndarray of shape (n_pairs, 2)
    same : ndarray of shape (n_pairs,), bool

    Raises
    ------
    ValueError
        If a row does not exist, an answer is neither yes nor no, or a pair has both.

    Examples
    --------
    >>> judged_pairs([[0, 1], [1, 2]], [True, False], 3)[1]
    array([ True, False])
    """
    rows, answers = check_pairs(pairs, n_patterns), np.asarray(same)
    check_consistent_length(rows, answers)
    if answers.dtype.kind not in "biuf" or not np.isin(answers, (0, 1)).all():
        raise ValueError("same must be True or False for each of the pairs")
    answers = answers.astype(bool)
    given: dict[tuple[int, int], bool] = {}
    for (first, second), answer in zip(np.sort(rows, axis=1).tolist(), answers, strict=True):
        if given.setdefault((first, second), bool(answer)) != answer:
            raise ValueError(
                f"patterns {first} and {second} are judged to be the same form and not to be; "
                "leave one of the two answers out"
            )
    return rows, answers


def _unknown(label: Any) -> bool:
    return label is None or (isinstance(label, float) and np.isnan(label))
