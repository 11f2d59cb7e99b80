"""Pearson's and Spearman's correlation of two patterns."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from ..._support._scaling import in_safe_range
from ..._support._sklearn import StrOptions
from ..base import BasePairSimilarity
from ..comparison import pearson
from ..embedded import EmbeddedPatterns

# Patterns of either side whose ranks are taken together.
_RANKED_TOGETHER = 16
# Ranking a row by a sort of its own takes as long as so many of the other way.
_SORT_IN_COUNTS = 5


class CorrelationSimilarity(BasePairSimilarity):
    """Correlation of the intensities of two patterns, point by point.

    Parameters
    ----------
    method : {"pearson", "spearman"}, default="pearson"
        Correlation of intensities, or of their ranks within the pattern (ties share their mean
        rank).
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta; by default the angles in the columns of a DataFrame, or else
        3, 3.02, 3.04 and so on.
    min_overlap : float, default=5.0
        Degrees 2theta that two cut scans must have in common.
    overlap : {"raise", "nan"}, default="raise"
        Whether pairs with too little in common are an error, or NaN in a whole matrix.
    threshold : "f1" or float, default="f1"
        The threshold that `fit` sets.
    calibration : {"sigmoid", "isotonic", "likelihood-ratio"}, default="sigmoid"
        How scores become probabilities.

    Attributes
    ----------
    pair_classes_, threshold_, calibrator_, two_theta_, n_features_in_
        As in `BasePairSimilarity`.

    See Also
    --------
    xrpdsim.DeGelderSimilarity : allows for shifted lines.
    xrpdsim.EuclideanSimilarity : the naive baseline.

    Notes
    -----
    Means, deviations and ranks are those of the common range of two cut scans. That costs Pearson
    two more products with the different masks. Spearman ranks every pattern again within each
    different range: 500 scans that are each cut differently take some seconds. A pattern that is
    flat over the common range scores exactly 0.

    Examples
    --------
    >>> from xrpdsim import CorrelationSimilarity
    >>> X = [[1.0, 2.0, 4.0], [1.0, 2.0, 3.0], [5.0, 1.0, 0.0]]
    >>> CorrelationSimilarity().fit(X).decision_function(X).round(3)
    array([ 0.982, -0.866, -0.945])
    >>> CorrelationSimilarity("spearman").fit(X).decision_function(X).round(3)
    array([ 1., -1., -1.])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BasePairSimilarity._parameter_constraints,
        "method": [StrOptions({"pearson", "spearman"})],
    }

    def __init__(
        self,
        method: str = "pearson",
        *,
        two_theta: ArrayLike | None = None,
        min_overlap: float = 5.0,
        overlap: str = "raise",
        threshold: str | float = "f1",
        calibration: str = "sigmoid",
    ) -> None:
        super().__init__(
            two_theta=two_theta,
            min_overlap=min_overlap,
            overlap=overlap,
            threshold=threshold,
            calibration=calibration,
        )
        self.method = method

    def _embed(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        # centred by their own mean: correlations are the same, the sums lose fewer digits
        return _centred(_ranks(X) if self.method == "spearman" else in_safe_range(X))

    def _compare(self, a: EmbeddedPatterns, b: EmbeddedPatterns) -> NDArray[np.floating]:
        if self.method == "pearson" or (a.masks is None and b.masks is None):
            return pearson(a, b)
        n_masks_a, n_masks_b = (1 if p.masks is None else len(p.masks) for p in (a, b))
        sorts = n_masks_b * len(a) + n_masks_a * len(b)
        if _SORT_IN_COUNTS * sorts < len(a) * len(b):
            return _by_mask(a, b)
        return _by_pair(a, b)


def _ranks(X: NDArray[np.floating]) -> NDArray[np.floating]:
    nan_policy = "omit" if np.isnan(X).any() else "propagate"
    return rankdata(X, axis=1, nan_policy=nan_policy).astype(X.dtype, copy=False)


def _centred(X: NDArray[np.floating]) -> NDArray[np.floating]:
    return X - np.nanmean(X, axis=1, keepdims=True)


def _by_mask(a: EmbeddedPatterns, b: EmbeddedPatterns) -> NDArray[np.floating]:
    """Correlate ranks within the common range, for each combination of two masks.

    Ranks within a whole scan keep the order of its points, so that ranking them again over a part
    of the scan gives the ranks of that part. In double precision the sums are exact.
    """
    similarity = np.zeros((len(a), len(b)), dtype=a.values.dtype)
    for mask_a, rows_a in _rows_by_mask(a):
        for mask_b, rows_b in _rows_by_mask(b):
            common = mask_a & mask_b
            if not common.any():
                continue
            ranked = [
                EmbeddedPatterns.from_array(_centred(_ranks(part.astype(np.float64))))
                for part in (a.values[rows_a][:, common], b.values[rows_b][:, common])
            ]
            similarity[np.ix_(rows_a, rows_b)] = pearson(*ranked)
    return similarity


def _rows_by_mask(
    patterns: EmbeddedPatterns,
) -> list[tuple[NDArray[np.bool_], NDArray[np.intp]]]:
    if patterns.masks is None:
        everything = np.ones(patterns.values.shape[1], dtype=bool)
        return [(everything, np.arange(len(patterns)))]
    mask_of = np.arange(len(patterns)) if patterns.mask_of is None else patterns.mask_of
    return [
        (mask.astype(bool), np.flatnonzero(mask_of == number))
        for number, mask in enumerate(patterns.masks)
    ]


def _by_pair(a: EmbeddedPatterns, b: EmbeddedPatterns) -> NDArray[np.floating]:
    """Correlate ranks within the common range of each pair.

    A pattern is sorted once. Its ranks within a part of the scan then follow from how many points
    of that part come before each point in this order. Twice a rank less the mean rank is a whole
    number, so that the sums are exact.
    """
    sorted_a, sorted_b = _sort(a), _sort(b)
    similarity = np.zeros((len(a), len(b)), dtype=np.result_type(a.values, b.values))
    for start_a in range(0, len(a), _RANKED_TOGETHER):
        some_a = sorted_a[start_a : start_a + _RANKED_TOGETHER]
        for start_b in range(0, len(b), _RANKED_TOGETHER):
            some_b = sorted_b[start_b : start_b + _RANKED_TOGETHER]
            block = np.s_[start_a : start_a + len(some_a), start_b : start_b + len(some_b)]
            similarity[block] = _correlate(some_a, some_b)
    return similarity


class _SortedPattern(NamedTuple):
    """The points of a pattern in the order of their values."""

    present: NDArray[np.bool_]  # (n_points,): which were measured
    order: NDArray[np.intp]  # those, by their values
    first: NDArray[np.int32]  # (n_points,): how many values are lower
    last: NDArray[np.int32]  # (n_points,): how many are lower or equal


def _sort(patterns: EmbeddedPatterns) -> list[_SortedPattern]:
    found = []
    present = patterns.measured(np.arange(len(patterns)))
    for row, measured in zip(patterns.values, present, strict=True):
        points = np.flatnonzero(measured)
        order = points[np.argsort(row[points])]
        first, last = (
            np.searchsorted(row[order], row, side=side).astype(np.int32)
            for side in ("left", "right")
        )
        found.append(_SortedPattern(measured, order, first, last))
    return found


def _correlate(a: list[_SortedPattern], b: list[_SortedPattern]) -> NDArray[np.float64]:
    ranks_a = _ranks_within_parts(a, b)
    ranks_b = _ranks_within_parts(b, a).transpose(0, 2, 1)
    present_a, present_b = (np.stack([x.present for x in some]).astype(float) for some in (a, b))
    n = present_a @ present_b.T
    product, squares_a, squares_b = (
        n * (np.multiply(x, y).sum(axis=0, dtype=np.int64) / 4)  # of ranks, not twice the ranks
        for x, y in ((ranks_a, ranks_b), (ranks_a, ranks_a), (ranks_b, ranks_b))
    )
    for squares in (squares_a, squares_b):
        product /= np.sqrt(np.where(squares > 0, squares, np.inf))
    return np.clip(product, -1, 1)


def _ranks_within_parts(
    patterns: list[_SortedPattern], others: list[_SortedPattern]
) -> NDArray[np.integer]:
    """Return twice the ranks of patterns within what they share with others, less their mean.

    Returns
    -------
    ndarray of shape (n_points, n_patterns, n_others)
        0 where not shared.
    """
    n_points = len(others[0].present)
    # the squares of ranks must fit
    dtype = np.int32 if n_points**2 < np.iinfo(np.int32).max else np.int64
    parts = np.stack([other.present for other in others], axis=1).astype(dtype)
    ranks = np.empty((n_points, len(patterns), len(others)), dtype=dtype)
    for number, pattern in enumerate(patterns):
        before = np.zeros((len(pattern.order) + 1, len(others)), dtype=dtype)
        np.cumsum(parts.take(pattern.order, axis=0), axis=0, dtype=dtype, out=before[1:])
        # Tied points share the mean of their ranks, first + 1 to last: twice that less (n + 1).
        twice = before.take(pattern.first, axis=0)
        twice += before.take(pattern.last, axis=0)
        twice -= before[-1]
        twice *= parts
        twice[~pattern.present] = 0
        ranks[:, number] = twice
    return ranks
