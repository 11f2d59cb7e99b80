"""What became of each reference."""

from __future__ import annotations

from typing import Any

from ....sorting.results import references_found
from .._listing import listing
from .._shown_screen import ShownScreen


def reference_list(shown: ShownScreen) -> dict[str, Any] | None:
    """Return the table of references_found.csv; None without references."""
    table = references_found(shown.found)
    if table is None:
        return None
    rows = zip(*table.values(), strict=True)
    return {"table": listing(list(table), rows, prose=("remark", "groups"))}
