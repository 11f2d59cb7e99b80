"""The heading: how many patterns, which groups."""

from __future__ import annotations

from typing import Any

from .._shown_screen import ShownScreen
from ..drawing import marker


def forms_found(shown: ShownScreen) -> dict[str, Any]:
    """Return a row for each group, with its mark, and what was left out."""
    found = shown.found
    summary = found.summary()
    n_groups = len(found.group_names)
    rows = [
        {
            "label": group if group < n_groups else -1,
            "marker": marker(group if group < n_groups else -1, 8, 8, 5.5),
            "cells": [str(cell) for cell in row.values()],
        }
        for group, row in enumerate(summary.rows())
    ]
    return {
        "name": shown.name,
        "n_patterns": len(found.screen.files),
        "n_groups": n_groups,
        "similarity": found.clusterer.similarity_name_,
        "columns": list(summary),
        "rows": rows,
        "notes": found.notes,
    }
