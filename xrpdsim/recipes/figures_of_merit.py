"""Figures of merit over pairs, with intervals by resampling compounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..evaluation.resampling import draw_compounds
from .labelled_patterns import LabelledPatterns


class Interval(NamedTuple):
    """A figure with the 2.5 and 97.5 percentiles over resampled compounds."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.4f} [{self.low:.4f}, {self.high:.4f}]"


class ResampledPairs:
    """The pairs of one set, over resamples of its compounds.

    In a resample each compound counts as often as it was drawn; so do pairs within it, while pairs
    across two compounds count the product. All methods are given the same resamples, so their
    differences have intervals, too. Equal scores are ordered at random, not averaged.

    Parameters
    ----------
    patterns : LabelledPatterns
    n_resamples : int, default=200
    seed : int, default=0
    within : bool, default=False
        Only pairs within a compound.

    Examples
    --------
    >>> import numpy as np
    >>> from xrpdsim.recipes import LabelledPatterns
    >>> compound, phase = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 2, 2])
    >>> pairs = ResampledPairs(LabelledPatterns(np.ones((5, 4)), compound, phase), n_resamples=10)
    >>> pairs.n_pairs, pairs.n_positive
    (10, 2)
    """

    def __init__(
        self,
        patterns: LabelledPatterns,
        n_resamples: int = 200,
        seed: int = 0,
        *,
        within: bool = False,
    ) -> None:
        first, second = patterns.pairs()
        _, compound = np.unique(patterns.compound, return_inverse=True)
        self.same = patterns.phase[first] == patterns.phase[second]
        self.first, self.second = compound[first], compound[second]
        self.kept = self.first == self.second if within else np.ones(len(first), dtype=bool)
        rng = np.random.default_rng(seed)
        n = compound.max() + 1
        drawn = draw_compounds(n, n_resamples, rng)
        self.counts = np.concatenate([np.ones((1, n), dtype=int), drawn])
        self.tie_breaker = rng.permutation(int(self.kept.sum()))

    @property
    def n_pairs(self) -> int:
        """Number of pairs."""
        return int(self.kept.sum())

    @property
    def n_positive(self) -> int:
        """Number of pairs of one form."""
        return int(self.same[self.kept].sum())

    def weights(self) -> Iterator[NDArray[np.int_]]:
        """Yield how often each pair counts: first once each, then in every resample."""
        first, second = self.first[self.kept], self.second[self.kept]
        within = first == second
        for count in self.counts:
            yield np.where(within, count[first], count[first] * count[second])

    def figures(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return AUROC and average precision, (n_resamples + 1, 2); the first row is of all."""
        ordered = np.asarray(scores, dtype=np.float64)[self.kept]
        order = np.lexsort((self.tie_breaker, -ordered))
        same = self.same[self.kept][order]
        rows = []
        for unordered in self.weights():
            weight = unordered[order]
            positive = np.where(same, weight, 0)
            above, total = np.cumsum(positive), np.cumsum(weight)
            n_positive, n_negative = above[-1], total[-1] - above[-1]
            if not n_positive or not n_negative:
                continue
            auroc = (above * (weight - positive)).sum() / (n_positive * n_negative)
            at = positive > 0
            precision = above[at] / total[at]
            rows.append((auroc, (precision * positive[at]).sum() / n_positive))
        return np.array(rows)


def interval(values: NDArray[np.float64]) -> Interval:
    """Return the first value with the percentiles of the others.

    Examples
    --------
    >>> import numpy as np
    >>> interval(np.array([0.5, 0.4, 0.5, 0.6])).value
    0.5
    """
    low, high = np.percentile(values[1:], [2.5, 97.5])
    return Interval(float(values[0]), float(low), float(high))


def expected_calibration_error(
    probability: NDArray[np.float64],
    same: NDArray[np.bool_],
    weight: NDArray[np.int_] | None = None,
    n_bins: int = 15,
) -> float:
    """Return the mean gap between probability and share of equal pairs, over even bins.

    Naeini, Cooper and Hauskrecht, AAAI 2015.

    Parameters
    ----------
    probability : ndarray of shape (n_pairs,)
    same : ndarray of shape (n_pairs,), bool
    weight : ndarray of shape (n_pairs,), optional
        How often each pair counts.
    n_bins : int, default=15

    Returns
    -------
    float

    Examples
    --------
    >>> expected_calibration_error(np.array([0.25] * 4), np.array([True, False, False, False]))
    0.0
    """
    weight = np.ones(len(same), dtype=int) if weight is None else weight
    index = np.minimum((probability * n_bins).astype(int), n_bins - 1)
    return _mean_gap(index, weight * (probability - same), weight)


def error_in_bins_of_equal_count(
    probability: NDArray[np.float64],
    same: NDArray[np.bool_],
    weight: NDArray[np.int_] | None = None,
    n_bins: int = 15,
) -> float:
    """Return the expected calibration error over bins that hold the same number of pairs.

    Nixon et al., "Measuring calibration in deep learning", CVPR workshops 2019.

    Parameters
    ----------
    probability : ndarray of shape (n_pairs,)
    same : ndarray of shape (n_pairs,), bool
    weight : ndarray of shape (n_pairs,), optional
        How often each pair counts.
    n_bins : int, default=15

    Returns
    -------
    float

    Examples
    --------
    >>> p, same = np.array([0.1, 0.1, 0.8, 0.8]), np.array([False, False, True, True])
    >>> round(error_in_bins_of_equal_count(p, same, n_bins=2), 3)
    0.15
    """
    weight = np.ones(len(same), dtype=int) if weight is None else weight
    order = np.argsort(probability, kind="stable")
    before = np.cumsum(weight[order]) - weight[order]
    index = np.minimum(before * n_bins // max(1, int(weight.sum())), n_bins - 1)
    return _mean_gap(index, (weight * (probability - same))[order], weight)


def _mean_gap(index: NDArray[np.int_], gap: NDArray[np.float64], weight: NDArray[np.int_]) -> float:
    """Return the sum over bins of the size of their summed gaps, over the sum of all weights."""
    return float(np.abs(np.bincount(index, gap)).sum() / weight.sum())


def chance_calibration_errors(
    probability: NDArray[np.float64], n_draws: int = 200, seed: int = 0
) -> NDArray[np.float64]:
    """Return calibration errors that chance alone makes of probabilities which hold.

    Outcomes are drawn from the probabilities, as if pairs were independent: with few pairs no
    figure below the mean of these can be expected.

    Parameters
    ----------
    probability : ndarray of shape (n_pairs,)
    n_draws : int, default=200
    seed : int, default=0

    Returns
    -------
    ndarray of shape (n_draws,)

    Examples
    --------
    One bin of 100 pairs: the mean size of a normal deviation is sqrt(2 / pi) 0.5 / 10.

    >>> round(float(chance_calibration_errors(np.full(100, 0.5), n_draws=2000).mean()), 2)
    0.04
    """
    rng = np.random.default_rng(seed)
    return np.array(
        [
            expected_calibration_error(probability, rng.random(len(probability)) < probability)
            for _ in range(n_draws)
        ]
    )


def brier_skill_score(
    probability: NDArray[np.float64],
    same: NDArray[np.bool_],
    weight: NDArray[np.int_] | None = None,
) -> float:
    """Return 1 - Brier score over that of the share of equal pairs as a constant."""
    rate = np.average(same, weights=weight)
    error = np.average((probability - same) ** 2, weights=weight)
    return float(1 - error / (rate * (1 - rate)))


def share_of_best_f1(
    scores: NDArray[np.floating],
    same: NDArray[np.bool_],
    threshold: float,
    weight: NDArray[np.int_] | None = None,
) -> float:
    """Return F1 at a threshold, over F1 at the best threshold for these pairs."""
    weight = np.ones(len(same), dtype=int) if weight is None else weight
    order = np.argsort(-scores, kind="stable")
    called = np.cumsum(weight[order])
    found = np.cumsum(np.where(same, weight, 0)[order])
    f1 = 2 * found / np.maximum(called + found[-1], 1)
    ends = np.append(np.diff(scores[order]) != 0, True)  # of runs of equal scores
    n_called = np.count_nonzero(scores >= threshold)
    return float((f1[n_called - 1] if n_called else 0.0) / f1[ends].max())
