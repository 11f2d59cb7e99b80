"""Groups and single patterns that may be forms that are not known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .._shown_screen import ShownScreen
from .question import Question


def unknown_forms(shown: ShownScreen) -> Iterator[Question]:
    """Ask of each possible new form whether it is the nearest that is known."""
    found = shown.found
    for new in found.new_forms:
        row = int(new.row)
        reference = shown.reference_of(row)
        if new.group >= 0 and found.references is not None:
            name = found.group_names[new.group]
            yield Question(
                "new form",
                f"Is {name} a new form, or the form of {found.references.files[reference]}?",
                f"{_patterns(new.n_patterns)} like this match no reference (probability "
                f"{new.probability:.2f}).",
                row,
                tuple(np.flatnonzero(found.clusterer.labels_ == new.group).tolist()),
                reference=reference,
                form=found.references.forms[reference],
                chance=1.0,
            )
            continue
        nearest = int(found.clusterer.next_groups_[row])
        if nearest < 0:
            continue
        yield Question(
            "single pattern",
            f"Is {found.screen.files[row]} a form of its own, or {found.group_names[nearest]}?",
            f"It fits no group (probability of a new form {new.probability:.2f}): a form measured "
            "once, an impurity or a bad measurement.",
            row,
            (row,),
            other=int(found.typical_rows[nearest]),
            reference=reference,
            chance=1.0,
        )


def _patterns(n: int) -> str:
    return "1 pattern" if n == 1 else f"{n} patterns"
