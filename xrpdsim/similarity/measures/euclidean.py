"""The naive baseline: the distance between two patterns as they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..._support._warnings import warn_user
from ..base import BasePairSimilarity
from ..comparison import euclidean


class EuclideanSimilarity(BasePairSimilarity):
    """Similarity 1 / (1 + d) from the Euclidean distance d between two patterns.

    The naive baseline of Lange et al.: the distance of the intensities, point by point. Scale the
    patterns first (`xrpdsim.preprocessing.PatternNormalizer`). Where scans are cut, the squared
    distance over the common points is scaled up to all points, as in
    `sklearn.metrics.pairwise.nan_euclidean_distances`.

    Parameters
    ----------
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
    xrpdsim.CorrelationSimilarity : does not depend on scale and offset.
    xrpdsim.DeGelderSimilarity : allows for shifted lines.

    Notes
    -----
    Equal patterns score exactly 1. Distances of float64 patterns are right to a relative 1e-6,
    those of float32 patterns to 1e-3, however close the patterns are. Pairs closer than about a
    thousandth of their norms (float32: a fifth) are computed again point by point, which takes
    about ten times as long a pair: that matters only where most pairs are so close.

    Examples
    --------
    >>> from xrpdsim import EuclideanSimilarity
    >>> X = [[0.0, 0.0, 1.0], [0.0, 0.1, 1.0], [1.0, 0.0, 0.0], [1.0, 0.1, 0.0]]
    >>> measure = EuclideanSimilarity().fit(X, ["I", "I", "II", "II"])
    >>> measure.decision_function(X).round(3)
    array([0.909, 0.414, 0.414, 0.414, 0.414, 0.909])
    >>> measure.predict(X)
    array([1, 0, 0, 0, 0, 1])
    """

    _compare = staticmethod(euclidean)

    def _embed(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        highest = np.maximum(np.fmax.reduce(X, axis=1), -np.fmin.reduce(X, axis=1))
        limits = np.finfo(X.dtype)
        # Four sums of n squares must stay finite.
        too_high = np.flatnonzero(highest > np.sqrt(limits.max / (4 * X.shape[1])))
        if too_high.size:
            raise ValueError(
                f"intensities up to {highest[too_high[0]]:g} (row {too_high[0]} of X) cannot be "
                f"squared in {X.dtype}: scale the patterns first, for example with "
                "xrpdsim.preprocessing.PatternNormalizer"
            )
        # 1 / (1 + d) keeps d to three digits where d is above a thousand eps.
        too_low = (highest > 0) & (highest * np.sqrt(X.shape[1]) < 1000 * limits.eps)
        if too_low.any():
            warn_user(
                f"intensities of {int(too_low.sum())} pattern(s) are all below "
                f"{highest[too_low].max():.0e}: 1 / (1 + distance) hardly tells such patterns "
                "apart. Scale them first, for example with xrpdsim.preprocessing.PatternNormalizer",
            )
        return X
