"""The groups, which the script draws and changes."""

from __future__ import annotations

from typing import Any

from .._shown_screen import ShownScreen


def group_list(shown: ShownScreen) -> dict[str, Any]:
    """Return how many groups there are."""
    return {"n_groups": len(shown.found.group_names)}
