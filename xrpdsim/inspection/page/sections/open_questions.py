"""The questions to a person; the script shows them one by one."""

from __future__ import annotations

from typing import Any

from .._shown_screen import ShownScreen


def open_questions(shown: ShownScreen) -> dict[str, Any]:
    """Return how many questions there are, and their texts for who reads on paper."""
    return {"questions": [(each.text, each.reason) for each in shown.questions]}
