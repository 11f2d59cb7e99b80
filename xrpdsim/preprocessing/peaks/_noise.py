"""How much the points of a scan scatter."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

# The median of the square of a normal deviate of variance 1.
_MEDIAN_OF_SQUARE = 0.45494
# y[k-1] - 2 y[k] + y[k+1] has six times the variance of a point.
_VARIANCE_OF_SECOND_DIFFERENCE = 6.0
_WINDOW = 151
# From how many standard deviations on a background is said to be one of counts.
_CLEAR_BACKGROUND = 3.0


def noise_of_points(
    counts: NDArray[np.float64],
    background: NDArray[np.float64],
    esd: NDArray[np.float64] | None = None,
    measured_step: float | None = None,
) -> NDArray[np.float64]:
    """Return the standard deviation of each point, as if it told nothing of its neighbours.

    Parameters
    ----------
    counts : ndarray of shape (n_points,)
        Evenly spaced.
    background : ndarray of shape (n_points,)
    esd : ndarray of shape (n_points,), optional
        What the file states; used where it is above 0 everywhere.
    measured_step : float, optional
        The step of the measurement, in steps of `counts`, where these were brought to a grid.

    Returns
    -------
    ndarray of shape (n_points,)
        Found from the median square of second differences within 151 points, which lines hardly
        change. Where the background is clearly above zero, the variance grows above it in
        proportion to the intensity, as that of counts does. Points between measured ones share
        their scatter: differences are then of points farther apart than the measured step, and the
        variance is as much larger as there are more points, so that means come out right.

    Examples
    --------
    >>> counts = np.random.default_rng(0).poisson(100.0, 2000).astype(float)
    >>> float(noise_of_points(counts, np.full(2000, 100.0)).mean().round(1))
    10.0
    """
    if esd is not None and (esd > 0).all():
        return esd
    apart, shared = 1, 1.0
    if measured_step is not None and measured_step > 1 - 1e-6:  # below, points were averaged
        apart, shared = math.floor(measured_step + 1e-6) + 1, measured_step
        apart = min(apart, (counts.size - 1) // 2)
    middle = counts[apart:-apart]
    second = counts[: -2 * apart] - 2 * middle + counts[2 * apart :]
    squares = shared * np.pad(second**2, apart, mode="edge")
    typical = median_filter(squares, min(_WINDOW, counts.size), mode="reflect")
    # few counts, rounded to whole ones, may not scatter at all within a window
    typical = np.maximum(typical, 0.3 * np.median(typical))
    variance = typical / _VARIANCE_OF_SECOND_DIFFERENCE / _MEDIAN_OF_SQUARE
    clear = background > _CLEAR_BACKGROUND * np.sqrt(variance)
    if clear.mean() > 0.5:
        # Of counts, variance over mean is one constant, whatever they were multiplied by.
        per_count = float(np.median(variance[clear] / background[clear]))
        variance = variance + per_count * np.maximum(counts - background, 0.0)
    return np.asarray(np.sqrt(variance))
