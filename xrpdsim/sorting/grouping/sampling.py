"""A sample of a screen, small enough for a matrix and a tree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ._portions import spread
from .pair_probabilities import Rows


def representative_sample(
    labels: NDArray[np.intp], typical: Rows, rows: Rows, at_most: int
) -> Rows:
    """Return rows that stand for a screen: typical patterns first, then each group by its size.

    Parameters
    ----------
    labels : ndarray of shape (n_patterns,)
    typical : ndarray of shape (n_groups,)
    rows : ndarray
        To choose from.
    at_most : int

    Returns
    -------
    ndarray
        Ascending.
    """
    if len(rows) <= at_most:
        return rows
    chosen = typical[: at_most // 2]
    others = np.setdiff1d(rows, chosen)
    others = others[np.argsort(labels[others], kind="stable")]
    return np.sort(np.concatenate([chosen, spread(others, at_most - len(chosen))]))
