"""Everything that follows from the order of pair scores, from two sorts."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class RankedPairs:
    """Scores of the pairs of one phase and of different phases, each sorted once.

    A pair is called the same if its score is at least the threshold. Every metric then follows
    from how many positive and negative pairs lie at or above each *distinct positive* score: recall
    changes nowhere else. These counts are binary searches in the two sorted arrays, so millions of
    pairs are never sorted together, and never by index.

    Parameters
    ----------
    positive : array-like of shape (n_positive,)
        Scores of the pairs of one phase, higher = more alike; sorted here. Infinite ones are
        allowed. Integers are taken as float64, floats keep their precision.
    negative : array-like of shape (n_negative,)
        Scores of the pairs of different phases.

    Attributes
    ----------
    positive, negative : ndarray
        The scores, ascending.

    Raises
    ------
    ValueError
        If one of the two is empty, or a score is NaN.

    Examples
    --------
    >>> pairs = RankedPairs(positive=[0.9, 0.7], negative=[0.8, 0.2, 0.1])
    >>> round(pairs.auroc, 3)
    0.833
    >>> round(pairs.best_f1, 3), round(pairs.best_f1_threshold, 3)
    (0.8, 0.45)
    """

    def __init__(self, positive: ArrayLike, negative: ArrayLike) -> None:
        self.positive = _sorted_scores(positive, "same")
        self.negative = _sorted_scores(negative, "different")
        dtype = np.result_type(self.positive, self.negative)
        self.positive = self.positive.astype(dtype, copy=False)
        self.negative = self.negative.astype(dtype, copy=False)

    @classmethod
    def from_scores(cls, scores: ArrayLike, same: ArrayLike) -> RankedPairs:
        """Build from the scores of all pairs and which of them are of one phase.

        Parameters
        ----------
        scores : array-like of shape (n_pairs,)
            Higher = more alike.
        same : array-like of shape (n_pairs,)
            True or 1 where both patterns are of one phase, False or 0 otherwise.

        Returns
        -------
        RankedPairs

        Raises
        ------
        ValueError
            If lengths differ, `same` is not of truth values, only one class is there, or a score
            is NaN.
        """
        scores, same = np.asarray(scores), np.asarray(same)
        if scores.ndim != 1 or scores.shape != same.shape:
            raise ValueError(
                f"scores has shape {scores.shape} and same has shape {same.shape}; both must be "
                "(n_pairs,)"
            )
        same = truth_values(same)
        return cls(scores[same], scores[~same])

    @property
    def positive_rate(self) -> float:
        """Fraction of the pairs that are of one phase."""
        return self.positive.size / (self.positive.size + self.negative.size)

    @cached_property
    def auroc(self) -> float:
        """Area under the ROC curve.

        The probability that a positive pair scores above a negative one, ties counting half
        (Mann-Whitney; Hanley and McNeil, Radiology 143, 29, 1982).
        """
        counts = self._counts
        # Twice the wins, in integers: exact up to 2^63.
        wins = (
            counts.tied * (2 * self.negative.size - counts.negative - counts.negative_above)
        ).sum()
        return float(wins / (2 * self.positive.size * self.negative.size))

    @cached_property
    def average_precision(self) -> float:
        """Step sum of precision over recall, equal scores taken together, as in scikit-learn."""
        counts = self._counts
        precision = counts.positive / (counts.positive + counts.negative)
        return float((counts.tied * precision).sum() / self.positive.size)

    @cached_property
    def best_f1(self) -> float:
        """Highest F1 of the positive class that any threshold reaches."""
        return float(self._f1_at_positives.max())

    @cached_property
    def best_f1_threshold(self) -> float:
        """The threshold of `best_f1`; the highest one if several reach it.

        Halfway between the lowest score called the same and the next one below, so that rounding
        in a score computed again does not turn a decision. Exact in the precision of the scores.
        Where there is no (finite) score below, or no number between, the lowest score called the
        same itself.
        """
        f1 = self._f1_at_positives
        score = self._counts.score[np.flatnonzero(f1 == f1.max())[-1]]
        below = [
            ranked[end - 1]
            for ranked in (self.positive, self.negative)
            if (end := np.searchsorted(ranked, score)) > 0
        ]
        if not below or not np.isfinite(max(below)) or not np.isfinite(score):
            return float(score)
        # Half each: the difference of two large scores could overflow.
        middle = max(below) / 2 + score / 2
        return float(middle if max(below) < middle < score else score)

    def accuracy(self, threshold: float) -> float:
        """Return the fraction of pairs decided rightly.

        Parameters
        ----------
        threshold : float
            Pairs are called the same if score >= threshold, in the precision of the scores.

        Returns
        -------
        float
        """
        true_positive, false_positive = self._called_same(threshold)
        right = true_positive + self.negative.size - false_positive
        return float(right / (self.positive.size + self.negative.size))

    def f1(self, threshold: float) -> float:
        """Return F1 of the positive class: the harmonic mean of its precision and recall.

        Parameters
        ----------
        threshold : float
            Pairs are called the same if score >= threshold, in the precision of the scores.

        Returns
        -------
        float
            0 where no pair is called the same.
        """
        true_positive, false_positive = self._called_same(threshold)
        return float(2 * true_positive / (true_positive + false_positive + self.positive.size))

    def roc_curve(self, n_points: int = 201) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the ROC curve at evenly spaced false positive rates, to average over folds.

        Parameters
        ----------
        n_points : int, default=201

        Returns
        -------
        false_positive_rate : ndarray of shape (n_points,)
            From 0 to 1.
        true_positive_rate : ndarray of shape (n_points,)
            Interpolated linearly, as ties are; where the curve is vertical, its upper end.
        """
        counts = self._counts
        # From high scores to low: before and after each distinct positive score.
        false_positive = np.stack([counts.negative_above, counts.negative], axis=1)[::-1].ravel()
        true_positive = np.stack([counts.positive - counts.tied, counts.positive], axis=1)[
            ::-1
        ].ravel()
        x = np.concatenate([false_positive, [self.negative.size]]) / self.negative.size
        y = np.concatenate([true_positive, [self.positive.size]]) / self.positive.size
        grid = np.linspace(0, 1, n_points)
        left = np.searchsorted(x, grid + 1e-12, side="right") - 1
        right = np.minimum(left + 1, x.size - 1)
        # Left of the first vertex only negatives were passed: the curve is zero.
        rate = np.zeros(n_points)
        reached = left >= 0
        left, right = left[reached], right[reached]
        width = x[right] - x[left]
        part = np.divide(grid[reached] - x[left], width, out=np.zeros(left.size), where=width > 0)
        rate[reached] = y[left] + part * (y[right] - y[left])
        return grid, rate

    def precision_recall_curve(
        self, n_points: int = 201
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return precision at evenly spaced recalls, to average over folds.

        Parameters
        ----------
        n_points : int, default=201

        Returns
        -------
        recall : ndarray of shape (n_points,)
            From 0 to 1.
        precision : ndarray of shape (n_points,)
            At the highest threshold that reaches the recall: the steps that `average_precision`
            sums, without interpolation.
        """
        counts = self._counts
        recall = np.linspace(0, 1, n_points)
        wanted = np.ceil(recall * self.positive.size * (1 - 1e-12))
        descending = counts.positive[::-1]
        step = np.searchsorted(descending, wanted)
        precision = (counts.positive / (counts.positive + counts.negative))[::-1]
        return recall, precision[step]

    def _called_same(self, threshold: float) -> tuple[int, int]:
        # In the dtype of the scores, as NumPy compares an array with a Python float; it also
        # saves searchsorted a float64 copy of all scores.
        bound = self.positive.dtype.type(threshold)
        if np.isnan(bound):
            raise ValueError("the threshold is NaN")
        return (
            self.positive.size - int(np.searchsorted(self.positive, bound)),
            self.negative.size - int(np.searchsorted(self.negative, bound)),
        )

    @cached_property
    def _f1_at_positives(self) -> NDArray[np.float64]:
        # The best threshold is at a positive score: raising one to the next positive score above
        # it only removes false positives.
        counts = self._counts
        return 2 * counts.positive / (counts.positive + counts.negative + self.positive.size)

    @cached_property
    def _counts(self) -> _Counts:
        first = np.flatnonzero(
            np.concatenate([[True], self.positive[1:] != self.positive[:-1]])
        ).astype(np.int64)
        score = self.positive[first]
        return _Counts(
            score=score,
            tied=np.diff(first, append=self.positive.size),
            positive=self.positive.size - first,
            negative=self.negative.size - np.searchsorted(self.negative, score, side="left"),
            negative_above=self.negative.size - np.searchsorted(self.negative, score, side="right"),
        )


class _Counts(NamedTuple):
    """For each distinct positive score, ascending, how many pairs lie where."""

    score: NDArray[np.floating]
    tied: NDArray[np.int64]  # positives with exactly this score
    positive: NDArray[np.int64]  # positives at or above it
    negative: NDArray[np.int64]  # negatives at or above it
    negative_above: NDArray[np.int64]  # negatives above it


def truth_values(same: ArrayLike) -> NDArray[np.bool_]:
    """Return which pairs are of one phase as truth values.

    Raises
    ------
    ValueError
        If there are others than True, False, 1 and 0.

    Examples
    --------
    >>> truth_values([1, 0])
    array([ True, False])
    """
    same = np.asarray(same)
    if same.dtype != bool and not np.isin(same, (0, 1)).all():
        raise ValueError("same must hold True or 1 (one phase) and False or 0 (different)")
    return same.astype(bool, copy=False)


def _sorted_scores(scores: ArrayLike, kind: str) -> NDArray[np.floating]:
    array = np.asarray(scores)
    if array.dtype.kind not in "fiub" or array.ndim != 1:
        raise ValueError(
            f"scores must be a one-dimensional array of numbers, got shape {array.shape} and "
            f"dtype {array.dtype}"
        )
    if not array.size:
        raise ValueError(
            f"there is no pair of {kind} phase: ranking needs pairs of the same and of different "
            "phases"
        )
    if array.dtype.kind != "f":
        array = array.astype(np.float64)
    array = np.sort(array)
    if np.isnan(array[-1]):  # NaN sorts last
        number = int(np.isnan(array).sum())
        raise ValueError(
            f"{number} scores of pairs of {kind} phase are NaN; metrics need a score for every "
            "pair. NaN comes from patterns that have too little in common to compare"
        )
    return array
