"""The viewer, which the script fills."""

from __future__ import annotations

from typing import Any

from .._shown_screen import ShownScreen


def viewer(shown: ShownScreen) -> dict[str, Any]:
    """Return how many of the patterns the page holds."""
    return {"n_held": len(shown.held), "n_patterns": len(shown.found.screen.files)}
