"""Plates in the report: groups by position."""

from __future__ import annotations

import html
import re
from collections import defaultdict

from ..sorting.screens.sorted_screen import SortedScreen
from . import _svg
from ._page import note, section
from ._plots import colour_of

_MOST_PLATES = 40


def plates_section(found: SortedScreen) -> str:
    """Return plates, one for each way that names go on around the position, if they hold one."""
    wells = found.screen.wells
    placed = [row for row, well in enumerate(wells) if well]
    if len(placed) < 0.8 * len(found.screen.files):
        return ""
    if len({wells[row] for row in placed}) == len(placed):
        plates: dict[str, list[int]] = {"": placed}
    else:
        plates = defaultdict(list)
        for row in placed:
            letter, number = wells[row][0], int(wells[row][1:])
            pattern = rf"(?<![A-Za-z0-9]){letter}0?{number}(?![A-Za-z0-9])"
            plates[re.sub(pattern, "*", found.screen.files[row], flags=re.IGNORECASE)].append(row)
    parts = []
    for plate, rows in list(plates.items())[:_MOST_PLATES]:
        parts += [f"<h3>{html.escape(plate)}</h3>" if plate else "", _plate(found, rows)]
    if len(plates) > _MOST_PLATES:
        parts.append(note(f"{len(plates) - _MOST_PLATES} more plates are not drawn."))
    return section(
        "Plates",
        note("Numbers are groups; + a likely mixture, a amorphous, ? in no group."),
        *parts,
    )


def _plate(found: SortedScreen, rows: list[int]) -> str:
    wells = found.screen.wells
    letters = max(max(ord(wells[row][0]) - ord("A") + 1 for row in rows), 8)
    numbers = max(max(int(wells[row][1:]) for row in rows), 12)
    size, left, top = (40.0 if numbers <= 12 else 24.0), 24.0, 20.0
    parts = [
        _svg.text(left + (k + 0.5) * size, 14, str(k + 1), anchor="middle") for k in range(numbers)
    ]
    parts += [_svg.text(8, top + (k + 0.5) * size + 4, chr(ord("A") + k)) for k in range(letters)]
    for k in range(letters):
        for j in range(numbers):
            parts.append(
                f'<circle cx="{left + (j + 0.5) * size:g}" cy="{top + (k + 0.5) * size:g}" '
                f'r="{0.42 * size:g}" fill="none" stroke="#ddd"/>'
            )
    for row in rows:
        x = left + (int(wells[row][1:]) - 0.5) * size
        y = top + (ord(wells[row][0]) - ord("A") + 0.5) * size
        label = int(found.clusterer.labels_[row])
        mixed = "+" if found.mixture_of(row) else ""
        short = (
            f"{label + 1}{mixed}"
            if label >= 0
            else ("a" if found.clusterer.amorphous_[row] else "?")
        )
        title = html.escape(f"{wells[row]}: {found.screen.files[row]}, {found.group_of(row)}")
        parts.append(
            f'<g><title>{title}</title><circle cx="{x:g}" cy="{y:g}" r="{0.42 * size:g}" '
            f'fill="{colour_of(label)}"/>'
            + _svg.text(x, y + 4, short, anchor="middle", colour="white")
            + "</g>"
        )
    return _svg.svg(left + numbers * size + 4, top + letters * size + 4, parts, "plate")
