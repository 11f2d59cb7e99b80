"""What the page asks a person, the most consequential first.

A source of questions is a function here that yields them; `questions_of` puts them in order. They
only pick from what was found; whether a pattern is unsure was decided when the screen was sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .._shown_screen import ShownScreen
from .likely_mixtures import likely_mixtures
from .misfits import misfits, near_groups
from .new_forms import new_forms
from .other_references import other_references
from .question import Question
from .two_forms import two_forms

QUESTIONS: tuple[Callable[[ShownScreen], Iterator[Question]], ...] = (
    two_forms,
    new_forms,
    other_references,
    near_groups,
    likely_mixtures,
    misfits,
)

__all__ = [
    "QUESTIONS",
    "Question",
    "questions_of",
    "two_forms",
    "new_forms",
    "other_references",
    "near_groups",
    "likely_mixtures",
    "misfits",
]


def questions_of(shown: ShownScreen) -> list[Question]:
    """Return the questions of a screen, those first whose answers are expected to change most.

    That is the number of patterns which an answer is about times the probability that it changes
    something. Each pattern is asked about once.

    Parameters
    ----------
    shown : ShownScreen

    Returns
    -------
    list of Question
    """
    asked = [question for source in QUESTIONS for question in source(shown)]
    once: dict[int, Question] = {}
    for question in sorted(asked, key=lambda question: -question.weight):
        once.setdefault(question.row, question)
    return list(once.values())[: shown.limits.questions]
