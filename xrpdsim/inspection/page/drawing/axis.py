"""Axes of angles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_STEP = 5


@dataclass(frozen=True)
class Axis:
    """An axis below a picture, in pixels.

    Parameters
    ----------
    left, top, across : float
    ticks : list of (float, str)
        Where they are, and what they say.
    """

    left: float
    top: float
    across: float
    ticks: list[tuple[float, str]]


def angle_axis(two_theta: NDArray[np.float64], left: float, top: float, across: float) -> Axis:
    """Return an axis of angles, a tick every five degrees 2theta."""
    first, last = float(two_theta[0]), float(two_theta[-1])
    angles = range(_STEP * int(np.ceil(first / _STEP)), int(last) + 1, _STEP)
    places = [left + across * (angle - first) / ((last - first) or 1) for angle in angles]
    return Axis(
        left,
        top,
        across,
        [(round(x, 1), str(angle)) for x, angle in zip(places, angles, strict=True)],
    )
