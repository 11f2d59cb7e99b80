"""The generalised similarity of de Gelder: patterns may differ by small shifts of their lines."""

from __future__ import annotations

from functools import lru_cache
from numbers import Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._support._scaling import in_safe_range
from ..._support._sklearn import Interval
from ..._support._warnings import warn_user
from ..base import BasePairSimilarity
from ..comparison import cosine
from ..embedded import EmbeddedPatterns

# A width this close to a whole number of steps is one: 0.6 / 0.02 is 29.999999999999996.
_STEP_TOLERANCE = 1e-3
# Up to so many points, one pass over the patterns a point is faster than Fourier transforms.
_FEW_POINTS = 24


class DeGelderSimilarity(BasePairSimilarity):
    r"""De Gelder's similarity: cross-correlation under a triangle, normalised.

    .. math::

        S = \frac{\int w(r)\, c_{fg}(r)\, dr}
                 {\sqrt{\int w(r)\, c_{ff}(r)\, dr \int w(r)\, c_{gg}(r)\, dr}},
        \qquad c_{fg}(r) = \int f(x)\, g(x + r)\, dx

    with :math:`w(r) = 1 - |r| / l` for :math:`|r| < l = \mathtt{width}`, else 0. Source: R. de
    Gelder, R. Wehrens, J. A. Hageman, J. Comput. Chem. 22 (2001) 273-289.

    A triangle of m grid steps is the autocorrelation of a box of m points, so that S is the cosine
    of box-smoothed patterns. The triangle of a width between m and m + 1 steps, sampled at the
    steps, is a weighted mean of its two neighbours, and so again the autocorrelation of a filter,
    of m + 1 points. Either way S is a positive semi-definite kernel.

    Parameters
    ----------
    width : float, default=0.6
        Half the base l of the triangle, degrees 2theta: lines further apart than this do not see
        each other. Below one grid step the measure is the plain cosine, and warns.
    max_shift : float, default=0.0
        The similarity is the best over relative shifts of up to this many degrees 2theta, in grid
        steps and over what both then cover: samples lie at different heights. It costs one matrix
        product a shift.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta, evenly spaced; by default the angles in the columns of a
        DataFrame, or else 3, 3.02, 3.04, ..., with a warning where these are not 1950 points.
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
    xrpdsim.preprocessing.BaselineRemover : the step to put before it.
    xrpdsim.CorrelationSimilarity : without a width.
    xrpdsim.similarity.ScreeningSimilarity : the best shift, with probabilities set for sorting.

    Notes
    -----
    Points of a cut scan that lie closer than one width to a missing point are left out after
    smoothing, so that a scan and the same scan cut short score exactly 1. A measured stretch that
    is shorter than the width has nothing left to compare. Patterns that lose more than half of
    their points to gaps in this way are named in a warning; a pair that has nothing left is treated
    as one with too little in common.

    Examples
    --------
    >>> import numpy as np
    >>> from xrpdsim import DeGelderSimilarity
    >>> X = np.zeros((3, 100))
    >>> X[0, 40] = X[1, 50] = X[2, 80] = 1  # lines 0.2 and 0.8 degrees from the first
    >>> DeGelderSimilarity(width=0.6).fit(X).decision_function(X).round(3)
    array([0.667, 0.   , 0.   ])
    >>> DeGelderSimilarity(width=0.6, max_shift=0.2).fit(X).decision_function(X).round(3)
    array([1.   , 0.   , 0.333])
    """

    _uses_degrees: ClassVar[bool] = True
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BasePairSimilarity._parameter_constraints,
        "width": [Interval(Real, 0, None, closed="neither")],
        "max_shift": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        width: float = 0.6,
        max_shift: float = 0.0,
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
        self.width = width
        self.max_shift = max_shift

    def _fit_embedding(self, X: NDArray[np.floating], y: Any, groups: ArrayLike | None) -> None:
        steps = np.diff(self.two_theta_)
        if len(steps) and np.ptp(steps) > 1e-3 * steps.mean():
            raise ValueError(
                f"two_theta has steps from {steps.min():g} to {steps.max():g} degrees; de Gelder's "
                "measure needs an evenly spaced grid: bring the patterns to one first"
            )
        if self.width < self._step() * (1 - _STEP_TOLERANCE):
            warn_user(
                f"width={self.width:g} is below the grid step of {self._step():g} degrees "
                "2theta: the measure is the plain cosine",
            )

    def _embed(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        width_in_steps = self.width / self._step()
        whole = round(width_in_steps)
        if abs(width_in_steps - whole) < _STEP_TOLERANCE or width_in_steps < 1:
            width_in_steps = max(whole, 1)
        smoothed = _smooth(in_safe_range(X), _root_of_triangle(width_in_steps))
        self._warn_of_gaps(X, smoothed)
        return smoothed

    def _warn_of_gaps(self, X: NDArray[np.floating], smoothed: NDArray[np.floating]) -> None:
        n_measured = X.shape[1] - np.isnan(X).sum(axis=1)
        n_left = smoothed.shape[1] - np.isnan(smoothed).sum(axis=1)
        rows = np.flatnonzero(n_left < n_measured / 2)
        if rows.size:
            listed = ", ".join(map(str, rows[:5])) + (", ..." if rows.size > 5 else "")
            warn_user(
                f"{rows.size} pattern(s) (rows {listed}) are compared over less than half of what "
                f"was measured, row {rows[0]} over {n_left[rows[0]]} of {n_measured[rows[0]]} "
                f"points: points within one width ({self.width:g} degrees) of a missing one are "
                "left out. Fill single missing points, or take a smaller width",
            )

    def _compare(self, a: EmbeddedPatterns, b: EmbeddedPatterns) -> NDArray[np.floating]:
        best = cosine(a, b)
        n_components = a.values.shape[1]
        for shift in range(1, self._max_shift_in_steps() + 1):
            if shift >= n_components:
                break
            start, end = slice(shift, None), slice(None, -shift)
            np.maximum(best, cosine(a.components(start), b.components(end)), out=best)
            np.maximum(best, cosine(a.components(end), b.components(start)), out=best)
        return best

    def _max_shift_in_steps(self) -> int:
        return int(self.max_shift / self._step() + _STEP_TOLERANCE)

    def _step(self) -> float:
        grid = self.two_theta_
        return float(grid[-1] - grid[0]) / (len(grid) - 1) if len(grid) > 1 else 1.0


@lru_cache(maxsize=16)
def _root_of_triangle(width_in_steps: float) -> NDArray[np.float64]:
    """Return the filter whose autocorrelation is the triangle 1 - |k| / width at whole steps k.

    A box, where the width is a whole number of steps. Otherwise the triangle is a weighted mean of
    the two neighbouring boxes' and its spectrum has no zeros, so that its root is found from the
    logarithm of the spectrum: Oppenheim and Schafer, Discrete-Time Signal Processing, 3rd ed.,
    section 13.5 (the minimum-phase sequence by the cepstrum).
    """
    whole = int(width_in_steps)
    if whole == width_in_steps:
        return np.full(whole, 1 / np.sqrt(whole))
    # The cepstrum falls off more slowly the wider the triangle and the nearer to a whole step.
    n = 1 << max(16, int(np.ceil(np.log2(4096 * width_in_steps))))
    triangle = np.zeros(n)
    triangle[: whole + 1] = 1 - np.arange(whole + 1) / width_in_steps
    triangle[-whole:] = triangle[whole:0:-1]
    cepstrum = np.fft.irfft(np.log(np.fft.rfft(triangle).real) / 2, n)
    cepstrum[1 : n // 2] *= 2
    cepstrum[n // 2 + 1 :] = 0
    return np.fft.irfft(np.exp(np.fft.rfft(cepstrum)), n)[: whole + 1]


def _smooth(X: NDArray[np.floating], weights: NDArray[np.float64]) -> NDArray[np.floating]:
    """Convolve rows with weights, in full; NaN where these touch a missing point."""
    n_points = len(weights)
    if n_points == 1:
        return X
    missing = np.isnan(X)
    filled = np.where(missing, 0, X)
    if np.ptp(weights) == 0:
        smoothed = _moving_sums(filled, n_points) * weights[0]
    elif n_points <= _FEW_POINTS:
        smoothed = np.zeros((len(X), X.shape[1] + n_points - 1), dtype=X.dtype)
        for shift, weight in enumerate(weights):
            smoothed[:, shift : shift + X.shape[1]] += X.dtype.type(weight) * filled
    else:
        from scipy.signal import oaconvolve  # takes as long to import as all of this package

        smoothed = oaconvolve(filled, weights[None], axes=1)
        if missing.any():
            # Fourier transforms leave rounding where there is nothing: a part that two cut scans
            # share may be all zeros.
            smoothed[_moving_sums(filled != 0, n_points, dtype=np.int32) == 0] = 0
    smoothed = smoothed.astype(X.dtype, copy=False)
    if missing.any():
        smoothed[_moving_sums(missing, n_points, dtype=np.int32) > 0] = np.nan
    return smoothed


def _moving_sums(X: NDArray[Any], n_points: int, dtype: type = np.float64) -> NDArray[Any]:
    n_rows, n_columns = X.shape
    # running totals with the ends held: total(k) - total(k - n_points) for k up to n + n_points - 1
    totals = np.empty((n_rows, n_columns + 2 * n_points - 1), dtype=dtype)
    totals[:, :n_points] = 0
    np.cumsum(X, axis=1, out=totals[:, n_points : n_points + n_columns])
    totals[:, n_points + n_columns :] = totals[:, [n_points + n_columns - 1]]
    return totals[:, n_points:] - totals[:, :-n_points]
