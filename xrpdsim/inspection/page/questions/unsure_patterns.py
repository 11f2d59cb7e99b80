"""Patterns that are unsure."""

from __future__ import annotations

from .._listing import listing
from .._shown_screen import ShownScreen
from .question import Question

_TITLE = "Patterns that are unsure"


def unsure_patterns(shown: ShownScreen) -> Question:
    """Return the patterns of which something is unsure, and what it is."""
    found = shown.found
    if not found.review:
        return Question(_TITLE, "Nothing is unsure.", None)
    rows = [
        (found.screen.files[row], found.group_of(row), "; ".join(reasons))
        for row, reasons in sorted(found.review.items())
    ]
    return Question(
        _TITLE,
        "",
        listing(("file", "group", "why"), rows, prose=("why",), at_most=shown.limits.table_rows),
    )
