"""The map of the screen in two dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...layout import map_in_two_dimensions
from .._shown_screen import ShownScreen
from ..drawing import plane


def screen_map(shown: ShownScreen) -> dict[str, Any] | None:
    """Return the patterns as points, close where they are probably one form."""
    if len(shown.rows) < 3:
        return None
    found = shown.found
    titles = [f"{found.screen.files[row]}, {found.group_of(int(row))}" for row in shown.rows]
    labels = found.clusterer.labels_[shown.rows]
    numbered = np.isin(shown.rows, found.typical_rows)
    return {
        "remark": shown.remark,
        "drawing": plane(
            map_in_two_dimensions(shown.probability), labels, titles, shown.rows.tolist(), numbered
        ),
    }
