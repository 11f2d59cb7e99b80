"""Matplotlib, imported when a picture is drawn, and colours that all eyes tell apart."""

from __future__ import annotations

from typing import Any

# Okabe and Ito's palette, without its yellow, which is too light for lines on white.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000")
NO_GROUP = "#999999"
TWO_THETA = "2θ / degrees (Cu K-alpha1)"


def colour_of(label: int) -> str:
    """Return the colour of a group; grey for -1. Colours come again after seven groups."""
    return NO_GROUP if label < 0 else COLOURS[label % len(COLOURS)]


def pyplot() -> Any:
    """Return matplotlib.pyplot, or say how to install it."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            "pictures need matplotlib: install it with `pip install xrpdsim[plots]`"
        ) from error
    return plt


def axes_or_new(ax: Any, **figure: Any) -> Any:
    """Return `ax`, or axes of a new figure."""
    if ax is not None:
        return ax
    return pyplot().subplots(layout="constrained", **figure)[1]
