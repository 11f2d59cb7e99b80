"""The typical pattern of each group as one picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..preprocessing.peaks import PeakList
from ..similarity.measures.screening import baseline_free
from ..sorting import SortedScreen
from ..sorting.results import form_peaks
from ._colours import colour_of
from .layout import scaled
from .page._templates import asset, render
from .page.drawing import angle_axis, curve

_LEFT, _ACROSS = 5.0, 880.0
_HEIGHT, _STEP = 90.0, 124.0
_FIRST = 36.0
_MAX_GROUPS = 40
_LABELLED_PEAKS = 8
_LOWEST_LABELLED = 3.0
"""Per cent of the highest peak."""
_BETWEEN_LABELS = 30.0
"""Pixels that the figure of an angle needs."""


def draw_forms(found: SortedScreen) -> str:
    """Draw the typical patterns of the groups below each other, with the angles of strong peaks.

    Parameters
    ----------
    found : SortedScreen
        As from `sort_screen`. Of more than 40 groups the first 40 are drawn, and the picture says
        so.

    Returns
    -------
    str
        SVG. Baselines are taken off; the highest point of each pattern is as high as the others'.

    Examples
    --------
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.sorting import Screen, sort_screen
    >>> campaign = make_screening_campaign(1, 2, 20, preset="bragg-brentano", random_state=0)
    >>> screen = Screen(campaign.X, campaign.two_theta, [f"{k}.xy" for k in range(20)])
    >>> draw_forms(sort_screen(screen))[:36]
    '<svg xmlns="http://www.w3.org/2000/s'
    """
    grid = found.screen.two_theta
    n_drawn = min(len(found.group_names), _MAX_GROUPS)
    rows = list(found.typical_rows[:n_drawn])
    patterns = scaled(baseline_free(found.screen.X[rows], grid)) if rows else np.empty((0, 0))
    peaks = form_peaks(found)[:n_drawn]
    parts = []
    for group, (row, values, of_group) in enumerate(zip(rows, patterns, peaks, strict=True)):
        top = _FIRST + _STEP * group
        title = f"{found.group_names[group]}: {found.screen.files[row]}"
        parts.append(
            {
                "top": top - 20,
                "caption": title if len(title) <= 110 else title[:109] + "…",
                "curve": curve(values, title, top, _HEIGHT),
                "colour": colour_of(group),
                "labels": _labels(of_group, values, grid, top),
            }
        )
    bottom = _FIRST + _STEP * n_drawn - 14
    drawing: dict[str, Any] = {
        "parts": parts,
        "axis": angle_axis(grid, _LEFT, bottom, _ACROSS),
        "height": bottom + 42,
        "n_left_out": len(found.group_names) - n_drawn,
    }
    return render("forms.svg", drawing=drawing, style=asset("drawing.css")).strip() + "\n"


def _labels(
    peaks: PeakList, values: NDArray[np.float64], grid: NDArray[np.float64], top: float
) -> list[tuple[float, float, str]]:
    """Return place and text of the angles of the strongest peaks that do not crowd each other."""
    labels: list[tuple[float, float, str]] = []
    strong = np.flatnonzero(peaks.intensity >= _LOWEST_LABELLED)
    for peak in strong[np.argsort(-peaks.intensity[strong], kind="stable")]:
        angle = float(peaks.two_theta[peak])
        x = _LEFT + _ACROSS * (angle - grid[0]) / (grid[-1] - grid[0])
        if all(abs(x - other) >= _BETWEEN_LABELS for other, _, _ in labels):
            near = np.abs(grid - angle) < 0.1
            height = float(np.nanmax(values[near], initial=0.0))
            y = top + _HEIGHT * (1 - height) - 3
            x = min(max(x, _LEFT + _BETWEEN_LABELS / 2), _LEFT + _ACROSS - _BETWEEN_LABELS / 2)
            labels.append((round(x, 1), round(y, 1), f"{angle:.2f}"))
        if len(labels) == _LABELLED_PEAKS:
            break
    return labels
