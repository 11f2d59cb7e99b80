"""Groups that may be two forms."""

from __future__ import annotations

from collections.abc import Iterator

from .._shown_screen import ShownScreen
from .question import Question


def two_forms(shown: ShownScreen) -> Iterator[Question]:
    """Ask of each group that falls into two parts whether it is two forms."""
    found = shown.found
    for group, parts in found.two_parts.items():
        larger, smaller = (len(rows) for rows in parts.rows)
        lines = ", ".join(
            f"{line.two_theta:.2f}° ({line.heights[1]:.0f} and {line.heights[0]:.0f} %)"
            for line in parts.lines
        )
        yield Question(
            "two forms",
            f"Is {found.group_names[group]} one form, or two?",
            f"{smaller} of its patterns differ from the {larger} others, more than texture makes "
            f"patterns differ. Lines that differ most, with their mean heights: {lines}.",
            int(parts.typical[1]),
            tuple(parts.rows[1].tolist()),
            other=int(parts.typical[0]),
            reference=shown.reference_of(int(parts.typical[1])),
        )
