"""The sections of the page, in their order.

A section is a function here that says what it shows, or None to be left out, and a template of the
same name in `templates/sections/`. It only picks from what was found: it never sorts or scores.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._shown_screen import ShownScreen
from .all_patterns import all_patterns
from .forms_found import forms_found
from .group_patterns import group_patterns
from .plates import plates
from .review import review
from .screen_map import screen_map
from .tree_and_matrix import tree_and_matrix
from .what_was_run import what_was_run

Section = Callable[[ShownScreen], Mapping[str, Any] | None]

SECTIONS: dict[str, Section] = {
    "forms_found": forms_found,
    "group_patterns": group_patterns,
    "review": review,
    "plates": plates,
    "tree_and_matrix": tree_and_matrix,
    "screen_map": screen_map,
    "all_patterns": all_patterns,
    "what_was_run": what_was_run,
}

__all__ = [
    "SECTIONS",
    "Section",
    "forms_found",
    "group_patterns",
    "review",
    "plates",
    "tree_and_matrix",
    "screen_map",
    "all_patterns",
    "what_was_run",
]
