"""Patterns of different counting times and backgrounds, brought to one scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._support._scaling import in_safe_range
from ._base import PatternTransformer, divide_or_zero, highest, lowest


class PatternNormalizer(PatternTransformer):
    """Scale each pattern to [0, 1].

    ``(x - min(x)) / (max(x) - min(x))`` over what was measured. A flat pattern becomes zeros.

    See Also
    --------
    StandardNormalVariate : Zero mean and unit standard deviation instead.

    Examples
    --------
    >>> PatternNormalizer().fit_transform([[10.0, 30.0, 50.0], [5.0, 5.0, 5.0]])
    array([[0. , 0.5, 1. ],
           [0. , 0. , 0. ]])
    >>> PatternNormalizer().fit_transform([[float("nan"), 2.0, 4.0]])
    array([[nan,  0.,  1.]])
    """

    def _treat(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        low = lowest(X)
        return divide_or_zero(X - low, highest(X) - low)


class StandardNormalVariate(PatternTransformer):
    """Centre each pattern and divide it by its standard deviation.

    ``(x - mean(x)) / std(x)`` over what was measured, the standard deviation with n - 1 in the
    denominator [1]_. A flat pattern becomes zeros.

    See Also
    --------
    PatternNormalizer : Scale to [0, 1] instead.

    References
    ----------
    .. [1] Barnes, R. J., Dhanoa, M. S. and Lister, S. J. (1989). Standard normal variate
       transformation and de-trending of near-infrared diffuse reflectance spectra. Applied
       Spectroscopy, 43, 772-777.

    Examples
    --------
    >>> StandardNormalVariate().fit_transform([[10.0, 20.0, 30.0], [5.0, 5.0, 5.0]])
    array([[-1.,  0.,  1.],
           [ 0.,  0.,  0.]])
    """

    def _treat(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        X = in_safe_range(X)
        # A rounded mean would give flat patterns a spurious spread.
        flat = highest(X) == lowest(X)
        n_measured = np.isfinite(X).sum(axis=1, keepdims=True)
        mean = np.nansum(X, axis=1, keepdims=True) / np.maximum(n_measured, 1)
        centred = np.where(flat & np.isfinite(X), 0, X - mean)
        squares = np.nansum(centred**2, axis=1, keepdims=True)
        spread = np.sqrt(squares / np.maximum(n_measured - 1, 1))
        return divide_or_zero(centred.astype(X.dtype, copy=False), spread.astype(X.dtype))
