"""The shapes of groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..._colours import colour_of, shape_of

# Corners of each shape on a circle: how many, and the angle of the first, in degrees clockwise from
# the top.
_CORNERS = {
    "square": (4, 45),
    "triangle": (3, 0),
    "diamond": (4, 0),
    "wedge": (3, 180),
    "pentagon": (5, 0),
}
_INNER_RADIUS_OF_STAR = 0.45


@dataclass(frozen=True)
class Marker:
    """The mark of a group.

    Parameters
    ----------
    path : str
        As SVG takes it.
    colour : str or None
        None for a pattern of no group, which is drawn in the colour of text.
    """

    path: str
    colour: str | None


def marker(label: int, x: float, y: float, radius: float) -> Marker:
    """Return the mark of a group around a place; a cross for patterns of no group (-1).

    Parameters
    ----------
    label : int
    x, y, radius : float
        Pixels.

    Returns
    -------
    Marker

    Examples
    --------
    >>> marker(1, 10, 10, 5)
    Marker(path='M13.5 6.5L13.5 13.5L6.5 13.5L6.5 6.5Z', colour='#FA6400')
    """
    shape = shape_of(label)
    if shape == "cross":
        r = radius * 0.8
        path = f"M{x - r:.1f} {y - r:.1f}L{x + r:.1f} {y + r:.1f}"
        return Marker(path + f"M{x + r:.1f} {y - r:.1f}L{x - r:.1f} {y + r:.1f}", None)
    if shape == "circle":
        r = radius * 0.95
        arc = f"A{r:.1f} {r:.1f} 0 1 1"
        path = f"M{x - r:.1f} {y:.1f}{arc} {x + r:.1f} {y:.1f}{arc} {x - r:.1f} {y:.1f}Z"
        return Marker(path, colour_of(label))
    if shape == "star":
        n, first = 10, 0
        radii = radius * 1.25 * np.where(np.arange(n) % 2, _INNER_RADIUS_OF_STAR, 1)
    else:
        n, first = _CORNERS[shape]
        radii = np.full(n, radius * (1.2 if n == 3 else 1.0))
    angles = np.radians(first + 360 / n * np.arange(n))
    corners = zip(x + radii * np.sin(angles), y - radii * np.cos(angles), strict=True)
    path = "L".join(f"{a:.1f} {b:.1f}" for a, b in corners)
    return Marker(f"M{path}Z", colour_of(label))
