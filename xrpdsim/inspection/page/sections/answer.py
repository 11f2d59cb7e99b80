"""The answer in words."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ....sorting.results import references_found
from ....sorting.screens.sorted_screen import AMORPHOUS, MIXTURE, NO_GROUP
from .._shown_screen import ShownScreen
from .._sureness import sureness

_MOST_NAMED = 12


def answer(shown: ShownScreen) -> dict[str, Any]:
    """Return what was found as a sentence: groups, what is in none, references, questions."""
    found = shown.found
    new = {form.group for form in found.new_forms}
    parts: list[str] = []
    new_groups: list[str] = []
    for group, name in enumerate(found.group_names):
        n = len(shown.members(group))
        part = f"{name} ({'possible new form, ' if group in new else ''}{n}, "
        (new_groups if group in new else parts).append(part + f"{sureness(shown, group)})")
    parts += new_groups
    if len(parts) > _MOST_NAMED:
        parts[_MOST_NAMED - 1 :] = [f"{len(parts) - _MOST_NAMED + 1} more groups"]
    alone = np.flatnonzero(found.clusterer.labels_ < 0)
    why = Counter(found.group_of(int(row)) for row in alone)
    n_said = why[MIXTURE]
    n_mixed = sum(
        explanation.mixed and found.group_of(row) != MIXTURE
        for row, explanation in found.explanations.items()
    )
    n_copies = int((found.clusterer.copy_of_ >= 0).sum())
    parts += [
        text
        for n, text in (
            (why[NO_GROUP], f"{why[NO_GROUP]} in no group"),
            (why[AMORPHOUS], f"{why[AMORPHOUS]} amorphous"),
            (n_said, f"{n_said} {_plural(n_said, 'mixture', 'mixtures')}"),
            (n_mixed, f"{n_mixed} probably {_plural(n_mixed, 'a mixture', 'mixtures')}"),
            (n_copies, f"{n_copies} {_plural(n_copies, 'copy', 'copies')}"),
        )
        if n
    ]
    n_patterns, n_asked = len(found.screen.files), len(shown.questions)
    return {
        "name": shown.name,
        "n_patterns": f"{n_patterns} {_plural(n_patterns, 'pattern', 'patterns')}",
        "parts": parts,
        "not_found": _not_found(shown),
        "asked": f"{n_asked} {_plural(n_asked, 'question', 'questions')} for you."
        if n_asked
        else "No questions.",
        "similarity": found.clusterer.similarity_name_,
        "notes": found.notes,
    }


def _not_found(shown: ShownScreen) -> list[str]:
    """Return the forms of references that no pattern matches."""
    table = references_found(shown.found)
    if table is None:
        return []
    seen = {
        form
        for form, answer in zip(table["form"], table["found"], strict=True)
        if answer != "not found"
    }
    return list(dict.fromkeys(form for form in table["form"] if form not in seen))


def _plural(n: int, one: str, many: str) -> str:
    return one if n == 1 else many
