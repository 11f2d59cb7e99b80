"""Weak lines made to count: scalings that compress strong intensities."""

from __future__ import annotations

from numbers import Real

import numpy as np
from numpy.typing import NDArray

from ._base import PatternTransformer, divide_or_zero, highest


class SquareRootScaler(PatternTransformer):
    """Take the square root of every intensity.

    ``sqrt(max(x, 0))``: negative intensities, as baseline removal leaves them, count as zero. On
    raw counts it makes the noise the same everywhere [1]_; on any scale it lifts weak lines.

    References
    ----------
    .. [1] Bartlett, M. S. (1936). The square root transformation in analysis of variance.
       Supplement to the Journal of the Royal Statistical Society, 3, 68-78.

    Examples
    --------
    >>> SquareRootScaler().fit_transform([[4.0, 9.0, -1.0]])
    array([[2., 3., 0.]])
    """

    def _treat(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        return np.sqrt(np.maximum(X, 0))


class LogScaler(PatternTransformer):
    """Put each pattern on a logarithmic scale from 0 to 1.

    With r = max(x, 0) / max(x), the intensity relative to the strongest point of the pattern, this
    is ``log10(1 + 10**decades * r) / log10(1 + 10**decades)``: logarithmic down to `decades` powers
    of ten below the strongest point, linear (and so at peace with zero) below that. Negative
    intensities, as baseline removal leaves them, count as zero. A pattern without any positive
    intensity becomes zeros.

    Parameters
    ----------
    decades : float, default=3.0
        Powers of ten between the strongest point and where the scale turns linear; best about
        where noise begins. The formula and the default are ours: networks for powder patterns were
        trained on log10-scaled ones [1]_, but zero needs a rule.

    References
    ----------
    .. [1] Schuetzke, J., Benedix, A., Mikut, R. and Reischl, M. (2020). Siamese networks for 1D
       signal identification. Proceedings of the 30th Workshop Computational Intelligence, 17-32.

    Examples
    --------
    >>> LogScaler().fit_transform([[100.0, 10.0, 1.0, 0.0, -2.0]]).round(2)
    array([[1.  , 0.67, 0.35, 0.  , 0.  ]])
    """

    def __init__(self, decades: float = 3.0) -> None:
        self.decades = decades

    def _check_parameters(self, n_points: int) -> None:
        if not isinstance(self.decades, Real) or not 0 < self.decades <= 30:
            raise ValueError(f"decades={self.decades!r} must be a number above 0 and not above 30")

    def _treat(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        factor = 10.0**self.decades
        relative = divide_or_zero(np.maximum(X, 0), highest(X))
        return np.log1p(factor * relative) / X.dtype.type(np.log1p(factor))
