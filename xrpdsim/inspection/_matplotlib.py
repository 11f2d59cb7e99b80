"""Matplotlib, imported when a picture is drawn."""

from __future__ import annotations

from typing import Any

from ._visible import visible

# Matplotlib's own font has no symbols for control characters.
_NOT_IN_FONT = dict.fromkeys(range(0x2400, 0x2427), "\N{REPLACEMENT CHARACTER}")

TWO_THETA = "2θ / degrees (Cu Kα1)"


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
    return pyplot().subplots(**{"layout": "constrained"} | figure)[1]


def literal(name: Any) -> str:
    r"""Return a name as Matplotlib shows it unchanged: no formula between dollars, never left out.

    Examples
    --------
    >>> literal("Form $x_2$"), literal("_old")
    ('Form \\$x_2\\$', ' _old')
    """
    text = visible(str(name)).translate(_NOT_IN_FONT).replace("$", r"\$")
    # legends leave out what begins with an underscore
    return f" {text}" if text.startswith("_") else text
