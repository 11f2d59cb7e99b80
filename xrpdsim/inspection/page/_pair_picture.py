"""Two patterns and their difference as a picture, or on a page with a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._colours import COLOURS
from ._listing import listing
from ._templates import asset, render
from .drawing import angle_axis, curve

_HEIGHT, _STEP = 130.0, 156


def render_comparison(
    lines: NDArray[np.float64],
    difference: NDArray[np.float64],
    names: Sequence[str],
    shift: float,
    two_theta: NDArray[np.float64],
    table: Mapping[str, Sequence[object]] | None = None,
) -> str:
    """Return two patterns and their difference as SVG; with a table, a whole HTML page.

    Parameters
    ----------
    lines : ndarray of shape (2, n_points)
        Between 0 and 1.
    difference : ndarray of shape (n_points,)
        Between -1 and 1; what lies outside is cut off.
    names : sequence of two str
    shift : float
        Degrees, see `draw_comparison`.
    two_theta : ndarray of shape (n_points,)
        Degrees.
    table : mapping of str to sequence, optional
        Columns.

    Returns
    -------
    str
    """
    in_between = np.clip((difference + 1) / 2, 0, 1)
    shown = (
        (f"A: {names[0]}", lines[0], names[0], COLOURS[0]),
        (f"B: {names[1]}", lines[1], names[1], COLOURS[1]),
        (
            f"A - B, with B scaled and moved by {_signed(-shift)} degrees to fit best",
            in_between,
            "difference",
            None,
        ),
    )
    parts = [
        {
            "top": 16 + _STEP * k,
            "caption": _shortened(caption),
            "curve": curve(values, title, 20 + _STEP * k, _HEIGHT),
            "colour": colour,
        }
        for k, (caption, values, title, colour) in enumerate(shown)
    ]
    drawing: dict[str, Any] = {
        "names": list(names),
        "parts": parts,
        "zero": 20 + _STEP * 2 + _HEIGHT / 2,
        "axis": angle_axis(two_theta, 5, 470, 880),
    }
    if table is None:
        return render("comparison.svg", drawing=drawing, style=asset("drawing.css")).strip() + "\n"
    rows = [[str(cell) for cell in row] for row in zip(*table.values(), strict=True)]
    return render(
        "comparison.html",
        drawing=drawing,
        table=listing(list(table), rows, prose=("value",)),
        style=asset("drawing.css") + asset("page.css"),
    ).lstrip()


def _signed(degrees: float) -> str:
    """Return a shift with two decimals and its sign; none is +0.00."""
    return f"{round(degrees, 2) + 0.0:+.2f}"


def _shortened(caption: str, at_most: int = 110) -> str:
    """Return a caption that fits the width of the picture, cut by an ellipsis if need be."""
    return caption if len(caption) <= at_most else caption[: at_most - 1] + "…"
