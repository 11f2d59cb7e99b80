"""How long the folds that are still to be computed will take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np


class TimeLeft:
    """An estimate for each method: a network takes minutes, a distance seconds.

    Parameters
    ----------
    to_do : sequence of (str, int)
        Method and fold, in the order in which they are computed.
    n_jobs : int
        Folds side by side.

    Examples
    --------
    >>> left = TimeLeft([("naive", 0), ("naive", 1), ("net", 0), ("net", 1)], n_jobs=2)
    >>> was_last = left.done("naive", 2.0)
    >>> str(left)
    'left: naive 0:02; not known yet: net'
    """

    def __init__(self, to_do: Sequence[tuple[str, int]], n_jobs: int) -> None:
        self._left = Counter(method for method, _ in to_do)
        self._n_jobs = n_jobs
        self._seconds: dict[str, list[float]] = {}

    def done(self, method: str, seconds: float | None) -> bool:
        """Take note of a fold that took so long, None where it failed; whether it was the last."""
        self._left[method] -= 1
        if seconds is not None:
            self._seconds.setdefault(method, []).append(seconds)
        return not self._left[method]

    def __str__(self) -> str:
        left = [method for method, n in self._left.items() if n]
        known = [f"{name} {self._of(name)}" for name in left if name in self._seconds]
        unknown = [name for name in left if name not in self._seconds]
        parts = [f"left: {', '.join(known)}"] if known else []
        parts += [f"not known yet: {', '.join(unknown)}"] if unknown else []
        return "; ".join(parts) or "nothing left"

    def _of(self, method: str) -> str:
        seconds = self._left[method] * float(np.mean(self._seconds[method]))
        return _duration(seconds / min(self._n_jobs, self._left[method]))


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
