"""Pearson's and Spearman's correlation of two patterns."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from .._support._sklearn import StrOptions
from .base import BasePairSimilarity
from .comparison import pearson
from .embedded import EmbeddedPatterns


class CorrelationSimilarity(BasePairSimilarity):
    """Correlation of the intensities of two patterns, point by point.

    Parameters
    ----------
    method : {"pearson", "spearman"}, default="pearson"
        Correlation of intensities, or of their ranks within the pattern (ties share their mean
        rank).
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta; by default 3 + 0.02 k.
    min_overlap : float, default=5.0
        Degrees 2theta that two cut scans must have in common.
    overlap : {"raise", "nan"}, default="raise"
        Whether pairs with too little in common are an error, or NaN in a whole matrix.
    threshold : "f1" or float, default="f1"
        The threshold that `fit` sets.
    calibration : {"sigmoid", "isotonic"}, default="sigmoid"
        How scores become probabilities.

    Attributes
    ----------
    pair_classes_, threshold_, calibrator_, two_theta_, n_features_in_
        As in `BasePairSimilarity`.

    Notes
    -----
    Means, deviations and ranks are those of the common range of two cut scans. That costs Pearson
    two more products with the different masks; Spearman ranks every pattern again for each
    different mask that it meets, which is slow where no two scans cover the same range.

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
        return _centred(_ranks(X) if self.method == "spearman" else X)

    def _compare(self, a: EmbeddedPatterns, b: EmbeddedPatterns) -> NDArray[np.floating]:
        if self.method == "pearson" or (a.masks is None and b.masks is None):
            return pearson(a, b)
        return _rank_anew(a, b)


def _ranks(X: NDArray[np.floating]) -> NDArray[np.floating]:
    nan_policy = "omit" if np.isnan(X).any() else "propagate"
    return rankdata(X, axis=1, nan_policy=nan_policy).astype(X.dtype, copy=False)


def _centred(X: NDArray[np.floating]) -> NDArray[np.floating]:
    return X - np.nanmean(X, axis=1, keepdims=True)


def _rank_anew(a: EmbeddedPatterns, b: EmbeddedPatterns) -> NDArray[np.floating]:
    """Correlate ranks within the common range, for each combination of two masks.

    Ranks within a whole scan keep the order of its points, so that ranking them again over a part
    of the scan gives the ranks of that part.
    """
    similarity = np.zeros((len(a), len(b)), dtype=a.values.dtype)
    for mask_a, rows_a in _rows_by_mask(a):
        for mask_b, rows_b in _rows_by_mask(b):
            common = mask_a & mask_b
            if not common.any():
                continue
            ranked = [
                EmbeddedPatterns.from_array(_centred(_ranks(part)))
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
