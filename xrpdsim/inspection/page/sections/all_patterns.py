"""A row for each pattern."""

from __future__ import annotations

from typing import Any

from .._listing import listing
from .._shown_screen import ShownScreen

_TOLD_ELSEWHERE = ("similarity", "sha256")
_PROSE = ("flags", "mixture", "review")


def all_patterns(shown: ShownScreen) -> dict[str, Any]:
    """Return the table of forms.csv, without what is the same for all."""
    table = shown.found.table()
    columns = [name for name in table if name not in _TOLD_ELSEWHERE]
    rows = zip(*(table[name] for name in columns), strict=True)
    return {"table": listing(columns, rows, prose=_PROSE, at_most=shown.limits.table_rows)}
