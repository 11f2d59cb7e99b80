"""What the page asks a person, the most consequential first.

A source of questions is a function here that yields them; `questions_of` puts them in order. They
only pick from what was found; whether a pattern is unsure was decided when the screen was sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from .._shown_screen import ShownScreen
from .likely_mixtures import likely_mixtures
from .misfits import misfits, near_groups
from .other_references import other_references
from .pairs_in_doubt import pairs_in_doubt
from .question import Question
from .two_forms import two_forms
from .unknown_forms import unknown_forms

QUESTIONS: tuple[Callable[[ShownScreen], Iterator[Question]], ...] = (
    two_forms,
    unknown_forms,
    other_references,
    near_groups,
    likely_mixtures,
    misfits,
    pairs_in_doubt,
)

__all__ = [
    "QUESTIONS",
    "Question",
    "questions_of",
    "two_forms",
    "unknown_forms",
    "other_references",
    "near_groups",
    "likely_mixtures",
    "misfits",
    "pairs_in_doubt",
]


def questions_of(shown: ShownScreen) -> list[Question]:
    """Return the questions of a screen, those first whose answers are expected to change most.

    That is the number of patterns which an answer is about times the probability that it changes
    something. Each pattern is asked about once, and nothing that corrections answered is asked.

    Parameters
    ----------
    shown : ShownScreen

    Returns
    -------
    list of Question
    """
    answered = _Answered(shown)
    asked = [
        question
        for source in QUESTIONS
        for question in source(shown)
        if not answered.settles(question)
    ]
    once: dict[int, Question] = {}
    for question in sorted(asked, key=lambda question: -question.weight):
        once.setdefault(question.row, question)
    return list(once.values())[: shown.limits.questions]


class _Answered:
    """What the corrections say already."""

    def __init__(self, shown: ShownScreen) -> None:
        given = shown.found.corrections
        self._judged = {*given.names, *given.confirmed, *given.amorphous, *given.mixtures}
        pairs = np.concatenate([given.same, given.different])
        self._pairs = {frozenset(pair) for pair in pairs.tolist()}

    def settles(self, question: Question) -> bool:
        return question.row in self._judged or {question.row, question.other} in self._pairs
