"""Scaling that changes no digit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def in_safe_range(X: NDArray[np.floating]) -> NDArray[np.floating]:
    """Scale patterns whose squares would overflow or vanish, by powers of two.

    Parameters
    ----------
    X : ndarray of shape (n_patterns, n_points)
        NaN where missing.

    Returns
    -------
    ndarray of shape (n_patterns, n_points)
        `X` itself where nothing needs to be scaled. Powers of two change no digit: what does not
        depend on the scale comes out the same, bit for bit.
    """
    highest = np.maximum(np.fmax.reduce(X, axis=1), -np.fmin.reduce(X, axis=1))
    exponent = np.frexp(highest)[1]
    # a quarter of the exponents: squares, and sums of many of them, stay far from both ends
    beyond = (np.abs(exponent) > np.finfo(X.dtype).maxexp // 4) & (highest > 0)
    if not beyond.any():
        return X
    scaled = X.copy()
    scaled[beyond] = np.ldexp(X[beyond], -exponent[beyond, None])
    return scaled
