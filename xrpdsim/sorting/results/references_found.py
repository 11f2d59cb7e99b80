"""What became of each reference."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._support._table import Table
from ..screens import ReferencePatterns, SortedScreen

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
        `best_probability` is the highest of any pattern; `found` is "yes", "not found", "by another
        reference" where its form was found by a nearer one, or "refused"; `remark` says what was
        done to the cell of a structure, or why a CIF was refused.
    """
    if found.references is None or found.matches is None:
        return None
    best = found.matches.of_references.max(axis=0)
    nearest = np.asarray(found.matches.nearest)
    probabilities = np.asarray(found.matches.nearest_probabilities)
    matched = probabilities > _MATCHES
    forms = np.array(found.references.forms, dtype=object)
    known = found.references
    cells = known.cells if isinstance(known, ReferencePatterns) else []
    refused = known.refused if isinstance(known, ReferencePatterns) else []
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
                "best_probability": round(float(best[reference]), 4),
                "groups": "; ".join(groups),
                "remark": cells[reference] if cells else "",
            }
        )
    for name, why in refused:
        empty = {"patterns": 0, "best_probability": "", "groups": ""}
        rows.append({"form": "", "reference": name, "found": "refused", **empty, "remark": why})
    return Table.from_rows(rows)
