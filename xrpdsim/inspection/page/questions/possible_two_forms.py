"""Groups that may be two forms."""

from __future__ import annotations

from collections.abc import Sequence

from .._listing import listing
from .._shown_screen import ShownScreen
from .question import Question

_MOST_NAMES = 20


def possible_two_forms(shown: ShownScreen) -> Question | None:
    """Return the groups whose patterns fall into two parts, and in which lines these differ."""
    found = shown.found
    if not found.two_parts:
        return None
    rows = []
    for group, parts in found.two_parts.items():
        for part in (0, 1):
            lines = (f"{line.two_theta:.2f} ({line.heights[part]:.0f})" for line in parts.lines)
            files = [found.screen.files[row] for row in parts.rows[part].tolist()]
            rows.append(
                (
                    found.group_names[group],
                    part + 1,
                    len(files),
                    found.screen.files[parts.typical[part]],
                    ", ".join(lines),
                    _some_names(files),
                )
            )
    return Question(
        "Groups that may be two forms",
        "The patterns of such a group fall into two parts with a gap between them, wider than "
        "texture makes it. Lines that differ most: angle in degrees and, in brackets, mean height "
        "in per cent of the strongest line. If these are two forms, say so of a pattern of each "
        "part in the corrections (relation different), or that they are one (relation same).",
        listing(
            ("group", "part", "patterns", "typical", "lines that differ", "members"),
            rows,
            prose=("lines that differ", "members"),
        ),
    )


def _some_names(files: Sequence[str]) -> str:
    names = ", ".join(files[:_MOST_NAMES])
    left_out = len(files) - _MOST_NAMES
    return f"{names} and {left_out} more (column part of forms.csv)" if left_out > 0 else names
