"""Plates: groups by position."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from ....sorting.screens.sorted_screen import AMORPHOUS, MIXTURE
from ..._colours import colour_of
from .._shown_screen import ShownScreen

# Part of the patterns that must have a position, or a plate says little.
_PLACED = 0.8
_FEWEST_LETTERS, _FEWEST_NUMBERS = 8, 12


def plates(shown: ShownScreen) -> dict[str, Any] | None:
    """Return plates, one for each way that names go on around the position, if they hold one."""
    screen = shown.found.screen
    wells = screen.wells
    placed = [row for row, well in enumerate(wells) if well]
    if len(placed) < _PLACED * len(screen.files):
        return None
    if len({wells[row] for row in placed}) == len(placed):
        by_name: dict[str, list[int]] = {"": placed}
    else:
        by_name = defaultdict(list)
        for row in placed:
            letter, number = wells[row][0], int(wells[row][1:])
            position = rf"(?<![A-Za-z0-9]){letter}0?{number}(?![A-Za-z0-9])"
            by_name[re.sub(position, "*", screen.files[row], flags=re.IGNORECASE)].append(row)
    drawn = list(by_name.items())[: shown.limits.plates]
    return {
        "plates": [{"name": name, **_plate(shown, rows)} for name, rows in drawn],
        "n_left_out": len(by_name) - len(drawn),
    }


def _plate(shown: ShownScreen, rows: list[int]) -> dict[str, Any]:
    """Return where wells are, and what lies in them."""
    wells = shown.found.screen.wells
    letters = max(*(ord(wells[row][0]) - ord("A") + 1 for row in rows), _FEWEST_LETTERS)
    numbers = max(*(int(wells[row][1:]) for row in rows), _FEWEST_NUMBERS)
    size = 40.0 if numbers <= _FEWEST_NUMBERS else 24.0
    x = [round(24 + (k + 0.5) * size, 1) for k in range(numbers)]
    y = [round(20 + (k + 0.5) * size, 1) for k in range(letters)]
    return {
        "columns": [(at, str(k + 1)) for k, at in enumerate(x)],
        "lines": [(at, chr(ord("A") + k)) for k, at in enumerate(y)],
        "radius": round(0.42 * size, 1),
        "wells": [
            {
                "x": x[int(wells[row][1:]) - 1],
                "y": y[ord(wells[row][0]) - ord("A")],
                **_content(shown, row),
            }
            for row in rows
        ],
        "width": x[-1] + size / 2 + 4,
        "height": y[-1] + size / 2 + 4,
    }


def _content(shown: ShownScreen, row: int) -> dict[str, Any]:
    found = shown.found
    label = int(found.clusterer.labels_[row])
    group = found.group_of(row)
    mixed = "+" if found.mixture_of(row) else ""
    if label >= 0:
        kind, mark = "group", f"{label + 1}{mixed}"
    elif group == AMORPHOUS:
        kind, mark = "amorphous", "a"
    elif group == MIXTURE:
        kind, mark = "single", "+"
    else:
        kind, mark = "single", f"?{mixed}"
    title = f"{found.screen.wells[row]}: {found.screen.files[row]}, {group}"
    return {"row": row, "kind": kind, "mark": mark, "colour": colour_of(label), "title": title}
