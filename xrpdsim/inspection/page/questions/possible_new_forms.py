"""Groups and single patterns that may be new forms."""

from __future__ import annotations

from .._listing import listing
from .._shown_screen import ShownScreen
from .question import Question


def possible_new_forms(shown: ShownScreen) -> Question | None:
    """Return the groups and single patterns that match no reference, and nothing else here."""
    found = shown.found
    if not found.new_forms:
        return None
    columns = ["group", "patterns", "typical", "probability of a new form"]
    rows: list[list[object]] = []
    for form in found.new_forms:
        name = found.group_of(form.row) if form.group >= 0 else "single pattern"
        rows.append([name, form.n_patterns, found.screen.files[form.row], form.probability])
        if found.references is not None and found.matches is not None:
            nearest = found.references.files[found.matches.nearest[form.row]]
            probability = float(found.matches.nearest_probabilities[form.row])
            rows[-1].append(f"{nearest} ({probability:.2f})")
    if found.references is not None:
        columns.append("nearest reference")
    return Question(
        "Possible new forms",
        "They match no reference and, if single, no group; amorphous patterns and likely mixtures "
        "are not among them. A single pattern may also be an impurity or a bad measurement: "
        "measure the sample again.",
        listing(columns, rows, at_most=shown.limits.table_rows),
    )
