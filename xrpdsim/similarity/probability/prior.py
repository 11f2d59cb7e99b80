"""How common same-form pairs are in a screen, and what that does to probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

SMALLEST_PRIOR = 1e-4


def check_prior(prior: float) -> float:
    """Return the prior, or raise ValueError unless it is a number between 0 and 1."""
    if isinstance(prior, bool) or not isinstance(prior, int | float | np.number):
        raise ValueError(f"prior={prior!r} must be a number between 0 and 1")
    if not 0 < prior < 1:
        raise ValueError(f"prior={prior!r} must be a number between 0 and 1")
    return float(prior)


def shift_prior(probability: ArrayLike, before: float, after: float) -> NDArray[np.float64]:
    """Return probabilities as they are where same-form pairs are more or less common.

    By Bayes' rule the odds change by the ratio of the odds of both priors.

    Parameters
    ----------
    probability : array-like
        Of "same form", where the share of same-form pairs is `before`.
    before, after : float
        Between 0 and 1.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> shift_prior([0.0, 0.5, 1.0], 0.5, 0.1)
    array([0. , 0.1, 1. ])
    """
    probability = np.asarray(probability, dtype=np.float64)
    if before == after:
        return probability
    return np.asarray(expit(logit(probability) + logit(after) - logit(before)))


def estimate_prior(probability: ArrayLike, before: float) -> float:
    """Return the share of same-form pairs that makes unlabelled scores most likely.

    Expectation maximisation over the mean posterior: Saerens, Latinne and Decaestecker, Neural
    Computation 14 (2002) 21-41. It holds as far as same-form pairs score here as they did
    where the probabilities were learnt, and pairs of different forms too.

    Parameters
    ----------
    probability : array-like
        Of "same form" for each pair, where the share of same-form pairs is `before`; NaN is left
        out.
    before : float

    Returns
    -------
    float
        At least 0.0001 and at most 0.9999.

    Raises
    ------
    ValueError
        If there are no pairs.

    Examples
    --------
    >>> round(estimate_prior([0.001, 0.001, 0.001, 0.999], before=0.5), 2)
    0.25
    """
    probability = np.asarray(probability, dtype=np.float64).ravel()
    probability = probability[~np.isnan(probability)]
    if not probability.size:
        raise ValueError("there are no scores to estimate a prior from")
    evidence = logit(probability) - logit(before)
    prior = before
    for _ in range(1000):
        earlier = prior
        prior = float(expit(evidence + logit(prior)).mean())
        prior = float(np.clip(prior, SMALLEST_PRIOR, 1 - SMALLEST_PRIOR))
        if abs(prior - earlier) < 1e-7:
            break
    return prior
