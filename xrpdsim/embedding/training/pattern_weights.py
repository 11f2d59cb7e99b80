"""Weights of patterns, checked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._support._estimators import check_weights
from ..losses import PairLoss, look_up_loss


def checked_weights(
    sample_weight: ArrayLike | None, X: NDArray[np.floating], loss: Any
) -> tuple[NDArray[np.float32] | None, Any]:
    """Return weights of mean 1, or None where there are none, and the rows that they are of.

    Patterns of weight 0 are left out: in a batch they would still count for its normalisation.

    Returns
    -------
    weights : ndarray of shape (n_kept,) or None
    kept : slice or ndarray of shape (n_kept,)

    Raises
    ------
    ValueError
        If a weight is negative or not finite, all are 0, or there are more or fewer than patterns.
    TypeError
        If the loss does not take weights.
    """
    if sample_weight is None:
        return None, slice(None)
    weights = check_weights(sample_weight, X)
    found = look_up_loss(loss)
    kind = found if isinstance(found, type) else type(found)
    if kind.weighted_terms is PairLoss.weighted_terms:
        raise TypeError(
            f"the loss {kind.__name__} does not take sample_weight; fill in its weighted_terms, or "
            "leave the weights out"
        )
    kept = np.flatnonzero(weights)
    return np.asarray(weights[kept] / weights[kept].mean(), dtype=np.float32), kept
