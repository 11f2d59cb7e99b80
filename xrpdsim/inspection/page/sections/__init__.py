"""The sections of the page, in their order.

A section is a function here that says what it shows, or None to be left out, and a template of the
same name in `templates/sections/`. It only picks from what was found: it never sorts or scores.
What a person changes on the page is drawn by the script in `assets/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._shown_screen import ShownScreen
from .all_patterns import all_patterns
from .answer import answer
from .group_list import group_list
from .open_questions import open_questions
from .plates import plates
from .reference_list import reference_list
from .saving import saving
from .screen_map import screen_map
from .tree_and_matrix import tree_and_matrix
from .viewer import viewer
from .what_was_run import what_was_run

Section = Callable[[ShownScreen], Mapping[str, Any] | None]

SECTIONS: dict[str, Section] = {
    "answer": answer,
    "open_questions": open_questions,
    "viewer": viewer,
    "group_list": group_list,
    "plates": plates,
    "tree_and_matrix": tree_and_matrix,
    "screen_map": screen_map,
    "reference_list": reference_list,
    "all_patterns": all_patterns,
    "saving": saving,
    "what_was_run": what_was_run,
}

__all__ = [
    "SECTIONS",
    "Section",
    "answer",
    "open_questions",
    "viewer",
    "group_list",
    "plates",
    "tree_and_matrix",
    "screen_map",
    "reference_list",
    "all_patterns",
    "saving",
    "what_was_run",
]
