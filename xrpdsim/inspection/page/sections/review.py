"""What a person should review."""

from __future__ import annotations

from typing import Any

from .._shown_screen import ShownScreen
from ..questions import QUESTIONS


def review(shown: ShownScreen) -> dict[str, Any]:
    """Return the questions that the screen gives rise to."""
    asked = [question(shown) for question in QUESTIONS]
    return {"questions": [question for question in asked if question is not None]}
