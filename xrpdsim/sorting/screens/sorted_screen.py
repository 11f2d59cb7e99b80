"""A sorted screen: all that a table or a page of it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..._support._table import Table
from ..clusterer import FormClusterer
from ..flags import PatternFlags
from ..mixtures import Explanation
from ..references import ReferenceMatches
from ..two_parts import TwoParts
from .corrections import Corrections
from .new_forms import PossibleNewForm
from .screen import Screen

AMORPHOUS = "amorphous"
MIXTURE = "mixture"
NO_GROUP = "none"


@dataclass(frozen=True)
class SortedScreen:
    """What was found in a screen; made whole by `sort_screen`, and not changed afterwards.

    Groups are referred to by number. Their names are for people: they may hold anything.

    Parameters
    ----------
    screen : Screen
    clusterer : FormClusterer
        Fitted; its labels are the numbers of the groups.
    flags : PatternFlags
    group_names : sequence of str
        By group: the form that a person or the references say, else "group 1" and so on; a number
        in brackets follows where two groups would have one name.
    group_forms : sequence of str or None
        By group: the form that a person or the references say, without such a number.
    typical_rows : sequence of int
        By group: the row of its typical pattern (medoid), the member that is most probably the form
        of all others and not likely a mixture; if all look mixed, the clusterer's.
    explanations : mapping of int to Explanation
        By row: what was found where mixtures were looked for; its forms are names.
    review : mapping of int to list of str
        By row: why a person should review a pattern.
    corrections : Corrections
    references : Screen or None
    matches : ReferenceMatches or None
        How the patterns match the references, by row numbers of these; the forms are in sorted
        order. None without references.
    two_parts : mapping of int to TwoParts
        By group: those whose patterns fall into two parts, which may be two forms.
    new_forms : sequence of PossibleNewForm
        Groups that match no reference, and single patterns that match nothing.
    notes : sequence of str
        What was left out because the screen is large.
    names_kept : mapping of int to str
        By group: numbers that were kept from an earlier result, where the group would have another.

    Examples
    --------
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.sorting import Screen, sort_screen
    >>> campaign = make_screening_campaign(1, 2, 20, preset="bragg-brentano", random_state=0)
    >>> screen = Screen(campaign.X, campaign.two_theta, [f"{k}.xy" for k in range(20)])
    >>> found = sort_screen(screen, similarity="pearson")
    >>> found.group_of(0) in found.group_names
    True
    """

    screen: Screen
    clusterer: FormClusterer
    flags: PatternFlags
    group_names: Sequence[str]
    group_forms: Sequence[str | None]
    typical_rows: Sequence[int]
    explanations: Mapping[int, Explanation]
    review: Mapping[int, list[str]]
    corrections: Corrections
    references: Screen | None = None
    matches: ReferenceMatches | None = None
    two_parts: Mapping[int, TwoParts] = field(default_factory=dict)
    new_forms: Sequence[PossibleNewForm] = ()
    notes: Sequence[str] = ()
    names_kept: Mapping[int, str] = field(default_factory=dict)

    def group_of(self, row: int) -> str:
        """Return the name of the group of a pattern."""
        label = self.clusterer.labels_[row]
        if label >= 0:
            return self.group_names[label]
        if self._original(row) in self.corrections.mixtures:
            return MIXTURE
        return AMORPHOUS if self.clusterer.amorphous_[row] else NO_GROUP

    def mixture_of(self, row: int) -> str:
        """Return what a person says of a mixture, or the forms and shares that explain one."""
        found = self.explanations.get(row)
        said = self.corrections.mixtures.get(self._original(row), "")
        return said or (found.text() if found is not None and found.mixed else "")

    def _original(self, row: int) -> int:
        """Return the pattern that one is a copy of, or else itself."""
        copied = int(self.clusterer.copy_of_[row])
        return copied if copied >= 0 else row

    def part_of(self, row: int) -> str:
        """Return "1" or "2" for a pattern of a group that may be two forms, else nothing."""
        parts = self.two_parts.get(int(self.clusterer.labels_[row]))
        if parts is None:
            return ""
        return next((str(k) for k, rows in enumerate(parts.rows, start=1) if row in rows), "")

    def confirmed_groups(self) -> set[int]:
        """Return the groups that a person confirmed."""
        return {int(self.clusterer.labels_[row]) for row in self.corrections.confirmed}

    def table(self) -> Table:
        """Return a row for each file: its group, how sure that is, and why to review it."""
        typical = set(self.typical_rows)
        copy_of = self.clusterer.copy_of_.tolist()
        new_groups = {form.group: form.probability for form in self.new_forms if form.group >= 0}
        new_rows = {form.row: form.probability for form in self.new_forms if form.group < 0}
        rows = []
        for row, name in enumerate(self.screen.files):
            original = copy_of[row] if copy_of[row] >= 0 else row
            new = new_rows.get(original, new_groups.get(int(self.clusterer.labels_[row])))
            entry: dict[str, Any] = {
                "file": name,
                "group": self.group_of(row),
                "probability": round(float(self.clusterer.probabilities_[row]), 4),
                "part": self.part_of(row),
                "typical": "yes" if row in typical else "",
                "flags": " ".join(self.flags.names(row)),
                "mixture": self.mixture_of(row),
                **self._sureness_of_mixture(row),
                "new_form": "" if new is None else round(new, 4),
                "copy_of": self.screen.files[copy_of[row]] if copy_of[row] >= 0 else "",
                "well": self.screen.wells[row] if self.screen.wells else "",
            }
            if self.matches is not None and self.references is not None:
                entry["reference"] = self.references.files[self.matches.nearest[row]]
                probability = float(self.matches.nearest_probabilities[row])
                entry["reference_probability"] = round(probability, 4)
            entry["review"] = "; ".join(self.review.get(row, []))
            entry["similarity"] = self.clusterer.similarity_name_
            if self.screen.hashes:
                entry["sha256"] = self.screen.hashes[row]
            rows.append(entry)
        return Table.from_rows(rows)

    def summary(self) -> Table:
        """Return a row for each group."""
        rows: list[dict[str, Any]] = []
        for group, name in enumerate(self.group_names):
            members = np.flatnonzero(self.clusterer.labels_ == group)
            rows.append(
                {
                    "group": name,
                    "patterns": len(members),
                    "probability": round(float(self.clusterer.probabilities_[members].mean()), 3),
                    "typical": self.screen.files[self.typical_rows[group]],
                    "remark": self._remark(group),
                    "review": sum(int(row) in self.review for row in members),
                }
            )
        outside = self.clusterer.labels_ < 0
        named = {row: self.group_of(row) for row in np.flatnonzero(outside).tolist()}
        for name in (AMORPHOUS, MIXTURE, NO_GROUP):
            those = [row for row, group in named.items() if group == name]
            if those:
                n_new = sum(form.group < 0 for form in self.new_forms) if name == NO_GROUP else 0
                remark = f"possible new forms: {n_new}" if n_new else ""
                empty = {"probability": "", "typical": "", "remark": remark}
                n_review = sum(row in self.review for row in those)
                rows.append({"group": name, "patterns": len(those), **empty, "review": n_review})
        return Table.from_rows(rows)

    def _sureness_of_mixture(self, row: int) -> dict[str, Any]:
        found = self.explanations.get(row)
        if found is None or not found.mixed:
            return {"mixture_probability": "", "share_error": ""}
        return {
            "mixture_probability": round(found.probability, 3),
            "share_error": round(found.share_error, 3),
        }

    def _remark(self, group: int) -> str:
        remarks = [
            f"possible new form (probability {form.probability:.2f})"
            for form in self.new_forms
            if form.group == group
        ]
        for pair in self.clusterer.separated_groups_.tolist():
            if group in pair:
                other = self.group_names[sum(pair) - group]
                remarks.append(f"split from {other} by the references")
        parts = self.two_parts.get(group)
        if parts is not None:
            remarks.append(f"may be two forms ({len(parts.rows[0])} + {len(parts.rows[1])})")
        members = np.flatnonzero(self.clusterer.labels_ == group).tolist()
        n_mixed = sum(row in self.explanations and self.explanations[row].mixed for row in members)
        if 2 * n_mixed >= len(members):
            remarks.append(f"likely mixtures ({n_mixed} of {len(members)})")
        if group in self.confirmed_groups():
            remarks.append("confirmed")
        return "; ".join(remarks)
