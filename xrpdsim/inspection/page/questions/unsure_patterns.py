"""Patterns that are unsure."""

from __future__ import annotations

from .._listing import listing
from .._shown_screen import ShownScreen
from .question import Question


def unsure_patterns(shown: ShownScreen) -> Question | None:
    """Return the patterns of which something is unsure, and what it is."""
    found = shown.found
    if not found.doubts:
        return None
    rows = [
        (found.screen.files[row], found.group_of(row), "; ".join(reasons))
        for row, reasons in sorted(found.doubts.items())
    ]
    return Question(
        "Patterns that are unsure",
        "",
        listing(("file", "group", "why"), rows, prose=("why",), at_most=shown.limits.table_rows),
    )
