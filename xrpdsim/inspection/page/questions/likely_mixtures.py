"""Patterns that are probably mixtures."""

from __future__ import annotations

from collections.abc import Iterator

from .._shown_screen import ShownScreen
from .question import Question


def likely_mixtures(shown: ShownScreen) -> Iterator[Question]:
    """Ask of each pattern that two forms explain better than one whether it is a mixture."""
    found = shown.found
    for row in shown.measured_once:
        explanation = found.explanations.get(row)
        if explanation is None or not explanation.mixed:
            continue
        group = int(found.clusterer.labels_[row])
        if group < 0:
            names = {name: number for number, name in enumerate(found.group_names)}
            group = next((names[form] for form in explanation.forms if form in names), -1)
        if group < 0:
            continue
        yield Question(
            "mixture",
            f"Is {found.screen.files[row]} a mixture, or {found.group_names[group]}?",
            f"{explanation.text()} explain it better than one form (probability "
            f"{explanation.probability:.2f}, shares ± {explanation.share_error:.0%}).",
            row,
            (row,),
            other=shown.another_than(row, group),
            reference=shown.reference_of(row),
            chance=float(explanation.probability),
        )
