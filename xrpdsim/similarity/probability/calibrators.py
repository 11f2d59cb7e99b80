"""Probabilities from pair scores."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit
from sklearn.isotonic import IsotonicRegression

# Scores are binned between quantiles of both classes before a curve is fitted to them: fits to
# millions of single pairs cost many times the scores themselves and differ in the fourth decimal.
_N_QUANTILES = 1000


class Calibrator(Protocol):
    """What turns scores into probabilities."""

    def predict(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of "same form" for each score."""
        ...


class SigmoidCalibrator:
    """Platt scaling: P(same | s) = 1 / (1 + exp(-(slope s + intercept))), with slope >= 0.

    Maximum likelihood with Platt's smoothed targets (n+ + 1) / (n+ + 2) and 1 / (n- + 2), so that
    perfectly separated scores do not give an infinite slope. Source: J. Platt, "Probabilistic
    outputs for support vector machines", Advances in Large Margin Classifiers, 1999.

    Parameters
    ----------
    positive, negative : ndarray
        Scores of pairs of one form and of different forms, each sorted ascending.

    Examples
    --------
    >>> calibrator = SigmoidCalibrator(np.array([0.7, 0.8, 0.9]), np.array([0.1, 0.2, 0.8]))
    >>> calibrator.predict([0.1, 0.9]).round(2)
    array([0.19, 0.71])
    """

    def __init__(self, positive: NDArray[np.floating], negative: NDArray[np.floating]) -> None:
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
        self.slope = float(found.x[0] / scale)
        self.intercept = float(found.x[1] - found.x[0] * centre / scale)

    def predict(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of "same form" for each score."""
        return expit(self.slope * np.asarray(scores, dtype=np.float64) + self.intercept)


class IsotonicCalibrator:
    """The monotone step function nearest to the labels (scikit-learn's `IsotonicRegression`).

    Parameters
    ----------
    positive, negative : ndarray
        Scores of pairs of one form and of different forms, each sorted ascending.

    Examples
    --------
    >>> calibrator = IsotonicCalibrator(np.array([0.8, 0.9]), np.array([0.1, 0.2]))
    >>> calibrator.predict([0.1, 0.9])
    array([0., 1.])
    """

    def __init__(self, positive: NDArray[np.floating], negative: NDArray[np.floating]) -> None:
        scores, n_same, n_different = bin_scores(positive, negative)
        weight = n_same + n_different
        self._regression = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
        self._regression.fit(scores, n_same / weight, sample_weight=weight)

    def predict(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of "same form" for each score."""
        scores = np.asarray(scores, dtype=np.float64)
        return self._regression.predict(scores.reshape(-1)).reshape(scores.shape)


CALIBRATORS: dict[str, type[SigmoidCalibrator] | type[IsotonicCalibrator]] = {
    "sigmoid": SigmoidCalibrator,
    "isotonic": IsotonicCalibrator,
}
"""Calibrators by the name that `calibration` parameters use."""


def bin_scores(
    positive: NDArray[np.floating], negative: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Gather scores into bins between the quantiles of both classes.

    Parameters
    ----------
    positive, negative : ndarray
        Scores of pairs of one form and of different forms, each sorted ascending.

    Returns
    -------
    scores : ndarray of shape (n_bins,)
        Mean score of each bin, ascending; empty bins are left out.
    n_same, n_different : ndarray of shape (n_bins,)
        Number of pairs in each.

    Examples
    --------
    >>> bin_scores(np.array([2.0, 2.0]), np.array([1.0, 2.0]))
    (array([1., 2.]), array([0., 2.]), array([1., 1.]))
    """
    edges = np.unique(np.concatenate([_quantiles(positive), _quantiles(negative)]))
    # a bin holds the scores from its edge up to the next one
    counts, sums = zip(
        *(_count_and_sum(scores, edges) for scores in (positive, negative)), strict=True
    )
    total = counts[0] + counts[1]
    filled = total > 0
    means = (sums[0] + sums[1])[filled] / total[filled]
    return means, counts[0][filled], counts[1][filled]


def _quantiles(ordered: NDArray[np.floating]) -> NDArray[np.floating]:
    ranks = np.linspace(0, len(ordered) - 1, min(len(ordered), _N_QUANTILES)).astype(np.intp)
    return ordered[ranks]


def _count_and_sum(
    ordered: NDArray[np.floating], edges: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    start = np.searchsorted(ordered, edges, side="left")
    counts = np.diff(np.append(start, len(ordered)))
    filled = counts > 0
    sums = np.zeros(len(edges))
    sums[filled] = np.add.reduceat(ordered, start[filled], dtype=np.float64)
    return counts.astype(np.float64), sums
