"""Patterns as curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Points a curve is drawn with: two a pixel, the lowest and the highest there.
_COLUMNS = 450
_ACROSS = 880.0


@dataclass(frozen=True)
class Curve:
    """A pattern as a path.

    Parameters
    ----------
    path : str
        As SVG takes it.
    title : str
        Shown where it is pointed at.
    """

    path: str
    title: str


def curve(values: NDArray[np.floating], title: str, top: float, height: float) -> Curve:
    """Return one pattern, between 0 and 1, as a curve as wide as the page."""
    return Curve(curve_path(values, (5.0, top, _ACROSS, height)), title)


def curve_path(values: NDArray[np.floating], box: tuple[float, float, float, float]) -> str:
    """Return values between 0 and 1 as the path of a curve in a box (left, top, width, height).

    Every pixel shows the lowest and the highest value that fall on it; gaps are where values are
    NaN.
    """
    left, top, across, down = box
    n_columns = min(_COLUMNS, len(values))
    starts = np.linspace(0, len(values), n_columns + 1).astype(int)[:-1]
    x = left + across * (np.arange(n_columns) + 0.5) / n_columns
    ends = [top + down * (1 - extreme.reduceat(values, starts)) for extreme in (np.fmax, np.fmin)]
    missing = np.isnan(ends[0])
    path: list[str] = []
    pen_up, y = True, 0.0
    for at, high, low, gap in zip(x, *ends, missing, strict=True):
        if not gap:
            # enter a pixel at the end nearer to where the pen is, or slopes become saws
            first, second = (high, low) if abs(y - high) <= abs(y - low) else (low, high)
            path.append(f"{'M' if pen_up else 'L'}{at:.1f} {first:.1f}")
            if low - high >= 0.1:
                path.append(f"V{second:.1f}")
            y = second
        pen_up = bool(gap)
    return "".join(path)
