"""Scores of rows that learn nothing, without scoring a pair of patterns in fold after fold."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...patterns.pairs import condensed_pairs, n_condensed

_WITHIN: dict[tuple[str, str], NDArray[np.floating]] = {}
"""Of this process: scores within a compound, by the weights and a digest of its patterns.

With all folds each of 16 compounds is tested 15 times. A second look takes a millisecond a pair,
and most pairs that it is asked about lie within a compound.
"""


def score_by_compound(
    measure: Any, weights: str, X: NDArray[np.float32], compounds: NDArray[np.object_]
) -> NDArray[np.floating]:
    """Return the scores of all pairs, in condensed order; those within a compound are kept.

    Parameters
    ----------
    measure : pair estimator
        With the shipped weights.
    weights : str
        Their name.
    X : ndarray of shape (n_patterns, n_points)
    compounds : ndarray of shape (n_patterns,)

    Returns
    -------
    ndarray of shape (n_pairs,)
    """
    pairs = condensed_pairs(len(X))
    first, second = compounds[pairs].T
    across = first != second
    scores = np.empty(n_condensed(len(X)))
    scores[across] = measure.decision_function(X, pairs=pairs[across])
    for compound in np.unique(compounds):
        patterns = np.ascontiguousarray(X[compounds == compound])
        key = weights, hashlib.sha256(patterns.tobytes()).hexdigest()
        if key not in _WITHIN and len(patterns) > 1:
            _WITHIN[key] = measure.decision_function(patterns)
        scores[~across & (first == compound)] = _WITHIN.get(key, ())
    return scores
