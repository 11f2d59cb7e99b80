"""The map of a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .markers import Marker, marker

_SIZE, _MARGIN = 520.0, 20.0


@dataclass(frozen=True)
class Point:
    """A pattern on the map.

    Parameters
    ----------
    row : int
        Of the pattern.
    marker : Marker
        Around its own middle.
    title : str
    x, y : float
        Pixels.
    number : str
        What is written beside it, if anything.
    """

    row: int
    marker: Marker
    title: str
    x: float
    y: float
    number: str = ""


@dataclass(frozen=True)
class Plane:
    """A square map of points, those that are numbered last."""

    points: list[Point]
    size: float = _SIZE


def plane(
    places: NDArray[np.float64],
    labels: NDArray[np.intp],
    titles: Sequence[str],
    rows: Sequence[int],
    numbered: NDArray[np.bool_],
) -> Plane:
    """Return a map of points; crosses for what is in no group.

    Parameters
    ----------
    places : ndarray of shape (n_patterns, 2)
    labels : ndarray of shape (n_patterns,)
    titles : sequence of str
    rows : sequence of int
    numbered : ndarray of shape (n_patterns,), bool
        Points with the number of their group beside them.

    Returns
    -------
    Plane
    """
    low = places.min(axis=0)
    span = float((places.max(axis=0) - low).max()) or 1.0
    across = _SIZE - 2 * _MARGIN
    x = _MARGIN + (places[:, 0] - low[0]) / span * across
    y = _SIZE - _MARGIN - (places[:, 1] - low[1]) / span * across
    order = np.argsort(numbered, kind="stable")
    return Plane(
        [
            Point(
                rows[k],
                marker(int(labels[k]), 0, 0, 5),
                titles[k],
                round(float(x[k]), 1),
                round(float(y[k]), 1),
                str(labels[k] + 1) if numbered[k] else "",
            )
            for k in order
        ]
    )
