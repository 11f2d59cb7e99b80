"""The first-look scores between which a second look takes over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Band:
    """First-look scores between which the second look takes over.

    Parameters
    ----------
    low, high : float
        Below `low` the first look decides alone, from `high` on the second look does. Between them
        their log odds are mixed in proportion, so that scores are continuous.
    slope, intercept : float
        The log odds of a first-look score: slope times it plus intercept.

    Examples
    --------
    >>> band = Band(low=0.4, high=0.8, slope=10.0, intercept=-5.0)
    >>> round(float(band.mixed(0.6, second=3.0)), 3)  # half way: the mean of both log odds, 1 and 3
    2.0
    """

    low: float
    high: float
    slope: float
    intercept: float

    def first(self, score: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return log odds by the first look alone."""
        return self.slope * np.asarray(score, dtype=np.float64) + self.intercept

    def mixed(
        self, score: NDArray[np.floating], second: NDArray[np.floating]
    ) -> NDArray[np.float64]:
        """Return log odds by both looks."""
        share = np.clip((np.asarray(score, np.float64) - self.low) / (self.high - self.low), 0, 1)
        return (1 - share) * self.first(score) + share * second
