"""A screen sorted, named and doubted: all that a table or a report of it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..._support._table import Table
from ..clusterer import FormClusterer
from ..corrections import Corrections
from ..flags import PatternFlags
from ..mixtures import Explanation
from .screen import Screen

NO_GROUP = "none"
NO_CORRECTIONS = Corrections(np.empty((0, 2), np.intp), np.empty((0, 2), np.intp), {})


@dataclass
class SortedScreen:
    """What was found in a screen.

    Parameters
    ----------
    screen : Screen
    clusterer : FormClusterer
        Fitted.
    flags : PatternFlags
    group_names : list of str
        By group: the form that a person or the references say, else "group 1" and so on.
    medoids : list of int
        By group: the row of the member that is most probably the form of all others and not likely
        a mixture; if all look mixed, the clusterer's medoid.
    explanations : dict of int to Explanation
        By row: what was found where mixtures were looked for.
    references : Screen or None
    nearest_reference : list of (str, float)
        By row: the reference that fits best, and the probability that it is the same form. Empty
        without references.
    corrections : Corrections
    doubts : dict of int to list of str
        By row: why a pattern should be looked at.
    notes : list of str
        What was left out because the screen is large.
    """

    screen: Screen
    clusterer: FormClusterer
    flags: PatternFlags
    group_names: list[str] = field(default_factory=list)
    medoids: list[int] = field(default_factory=list)
    explanations: dict[int, Explanation] = field(default_factory=dict)
    references: Screen | None = None
    nearest_reference: list[tuple[str, float]] = field(default_factory=list)
    corrections: Corrections = NO_CORRECTIONS
    doubts: dict[int, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def group_of(self, row: int) -> str:
        """Return the name of the group of a pattern."""
        label = self.clusterer.labels_[row]
        if label >= 0:
            return self.group_names[label]
        return "amorphous" if self.clusterer.amorphous_[row] else NO_GROUP

    def mixture_of(self, row: int) -> str:
        """Return the forms and shares that explain a mixed pattern, else nothing."""
        found = self.explanations.get(row)
        if found is None or not found.mixed:
            return ""
        return " + ".join(
            f"{share:.0%} {form}" for form, share in zip(found.forms, found.shares, strict=True)
        )

    def table(self) -> Table:
        """Return a row for each file: its group, how sure, and what speaks against it."""
        medoids = set(self.medoids)
        rows = []
        for row, name in enumerate(self.screen.files):
            entry: dict[str, Any] = {
                "file": name,
                "group": self.group_of(row),
                "probability": round(float(self.clusterer.probabilities_[row]), 4),
                "medoid": "yes" if row in medoids else "",
                "flags": " ".join(self.flags.names(row)),
                "mixture": self.mixture_of(row),
                "well": self.screen.wells[row] if self.screen.wells else "",
            }
            if self.nearest_reference:
                reference, probability = self.nearest_reference[row]
                entry["reference"] = reference
                entry["reference_probability"] = round(probability, 4)
            entry["doubts"] = "; ".join(self.doubts.get(row, []))
            entry["similarity"] = self.clusterer.similarity_name_
            if self.screen.hashes:
                entry["sha256"] = self.screen.hashes[row]
            rows.append(entry)
        return Table.from_rows(rows)

    def summary(self) -> Table:
        """Return a row for each group."""
        rows = []
        for group, name in enumerate(self.group_names):
            members = np.flatnonzero(self.clusterer.labels_ == group)
            rows.append(
                {
                    "group": name,
                    "patterns": len(members),
                    "probability": round(float(self.clusterer.probabilities_[members].mean()), 3),
                    "medoid": self.screen.files[self.medoids[group]],
                    "to look at": sum(int(row) in self.doubts for row in members),
                }
            )
        outside = np.flatnonzero(self.clusterer.labels_ < 0)
        for name in ("amorphous", NO_GROUP):
            n = sum(self.group_of(int(row)) == name for row in outside)
            if n:
                rows.append(
                    {"group": name, "patterns": n, "probability": "", "medoid": "", "to look at": n}
                )
        return Table.from_rows(rows)
