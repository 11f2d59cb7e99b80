"""How long the folds that are still to be computed will take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np


class TimeLeft:
    """An estimate that knows that methods differ: a network takes minutes, a distance seconds.

    Parameters
    ----------
    to_do : sequence of (str, int)
        Method and fold.
    n_jobs : int
        Folds side by side.

    Examples
    --------
    >>> left = TimeLeft([("net", 0), ("naive", 0), ("net", 1), ("naive", 1)], n_jobs=2)
    >>> left.done("net", 100.0)
    >>> left.done("naive", 2.0)
    >>> str(left)
    '0:51 left'
    """

    def __init__(self, to_do: Sequence[tuple[str, int]], n_jobs: int) -> None:
        self._left = Counter(method for method, _ in to_do)
        self._n_jobs = n_jobs
        self._seconds: dict[str, list[float]] = {}

    def done(self, method: str, seconds: float | None) -> None:
        """Take note of a fold that took so long; None where it failed."""
        self._left[method] -= 1
        if seconds is not None:
            self._seconds.setdefault(method, []).append(seconds)

    def __str__(self) -> str:
        if not self._seconds:
            return "time left not known"
        means = {method: np.mean(seconds) for method, seconds in self._seconds.items()}
        # a method that has not been seen yet is taken for the slowest
        slowest = max(means.values())
        total = sum(n * means.get(method, slowest) for method, n in self._left.items())
        return f"{_duration(float(total) / self._n_jobs)} left"


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
