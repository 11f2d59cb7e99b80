"""Distances between patterns, for programs that take nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._support._estimators import split_last


def pair_distances(estimator: Any, X: ArrayLike) -> NDArray[np.float64]:
    """Return the matrix of 1 - the probability of being one form, with zeros on the diagonal.

    A pattern and itself have a probability a little below 1 like any pair of equal patterns, so
    ``1 - pairwise_proba(X)`` is refused by programs that take a distance matrix
    (`scipy.spatial.distance.squareform`, scikit-learn's ``metric="precomputed"``). This one is
    symmetric and zero on the diagonal.

    Parameters
    ----------
    estimator : estimator
        Fitted, with a `pairwise_proba`; a Pipeline ending in one.
    X : array-like of shape (n_patterns, n_points)
        Patterns, NaN where not measured.

    Returns
    -------
    ndarray of shape (n_patterns, n_patterns)
        Between 0 and 1; NaN where two scans have too little in common, with ``overlap="nan"``.

    Raises
    ------
    TypeError
        If the estimator has no `pairwise_proba`.

    Examples
    --------
    >>> from scipy.spatial.distance import squareform
    >>> from xrpdsim import EuclideanSimilarity
    >>> from xrpdsim.similarity import pair_distances
    >>> X = [[1.0, 0.0, 0.0], [1.0, 0.1, 0.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.1]]
    >>> measure = EuclideanSimilarity().fit(X, ["I", "I", "II", "II"])
    >>> squareform(pair_distances(measure, X)).round(2)
    array([0.25, 0.84, 0.84, 0.83, 0.83, 0.25])
    """
    treatment, decider = split_last(estimator)
    if not hasattr(decider, "pairwise_proba"):
        raise TypeError(
            f"{type(decider).__name__} has no pairwise_proba, of which distances are made; give a "
            "measure or a PairwisePhaseClassifier, fitted with labels"
        )
    treated = X if treatment is None else treatment.transform(X)
    probability = np.asarray(decider.pairwise_proba(treated), dtype=np.float64)
    distances = 1 - (probability + probability.T) / 2
    np.fill_diagonal(distances, 0)
    return distances
