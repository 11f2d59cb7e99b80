"""What became of each reference."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._support._table import Table
from ..screens import SortedScreen

_MATCHES = 0.5


def references_found(found: SortedScreen) -> Table | None:
    """Return a row for each reference, None if there were none.

    Parameters
    ----------
    found : SortedScreen

    Returns
    -------
    Table or None
        `patterns` are those whose nearest reference it is, with a probability above one half;
        `best_probability` is the highest of any pattern to which it is the nearest, empty where it
        is the nearest to none; `found` is "yes", "not found", or "by another reference" where its
        form was found by a nearer one.
    """
    if found.references is None or found.matches is None:
        return None
    nearest = np.asarray(found.matches.nearest)
    probabilities = np.asarray(found.matches.nearest_probabilities)
    matched = probabilities > _MATCHES
    forms = np.array(found.references.forms, dtype=object)
    rows: list[dict[str, Any]] = []
    for reference, name in enumerate(found.references.files):
        own = nearest == reference
        of_form = matched & (forms[nearest] == forms[reference])
        groups = [
            group
            for group, form in zip(found.group_names, found.group_forms, strict=True)
            if form == forms[reference]
        ]
        if (own & matched).any():
            answer = "yes"
        else:
            answer = "by another reference" if of_form.any() else "not found"
        rows.append(
            {
                "form": forms[reference],
                "reference": name,
                "found": answer,
                "patterns": int((own & matched).sum()),
                "best_probability": round(float(probabilities[own].max()), 4) if own.any() else "",
                "groups": "; ".join(groups),
            }
        )
    return Table.from_rows(rows)
