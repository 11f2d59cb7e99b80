"""What the page asks a person to review, in order.

A question is a function here that returns what it shows, or None where there is nothing to ask. It
only picks from what was found; whether a pattern is unsure was decided when the screen was sorted.
"""

from __future__ import annotations

from collections.abc import Callable

from .._shown_screen import ShownScreen
from .close_pairs import closest_across_groups, farthest_within_groups
from .possible_new_forms import possible_new_forms
from .possible_two_forms import possible_two_forms
from .question import Question
from .unsure_patterns import unsure_patterns

QUESTIONS: tuple[Callable[[ShownScreen], Question | None], ...] = (
    possible_new_forms,
    possible_two_forms,
    unsure_patterns,
    closest_across_groups,
    farthest_within_groups,
)

__all__ = [
    "QUESTIONS",
    "Question",
    "possible_new_forms",
    "possible_two_forms",
    "unsure_patterns",
    "closest_across_groups",
    "farthest_within_groups",
]
