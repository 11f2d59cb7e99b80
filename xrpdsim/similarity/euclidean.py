"""The naive baseline: the distance between two patterns as they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .base import BasePairSimilarity
from .comparison import euclidean


class EuclideanSimilarity(BasePairSimilarity):
    """Similarity 1 / (1 + d) from the Euclidean distance d between two patterns.

    The naive baseline of Lange et al.: the distance of the intensities, point by point. Scale the
    patterns first (`xrpdsim.preprocessing.PatternNormalizer`). Where scans are cut, the squared
    distance over the common points is scaled up to all points, as in
    `sklearn.metrics.pairwise.nan_euclidean_distances`. float32 patterns are compared in single
    precision; give float64 where distances below a thousandth of the patterns matter.

    Parameters
    ----------
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
        return X
