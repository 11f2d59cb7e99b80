"""Which patterns of a sorted screen a person should review, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..clusterer import FormClusterer
from ..flags import PatternFlags
from ..mixtures import Explanation
from ..references import ReferenceMatches
from ..two_parts import TwoParts
from .corrections import Corrections
from .screen import Screen

# Below this mean probability a member of a group is listed as unsure, and so it is where another
# group comes as near as this to its own. That whole groups lie near each other is said once each.
_SURE = 0.8
_MARGIN = 0.4
_GROUPS_ARE_NEAR = 0.2
# A reference that is more probably the same form than not.
_MATCHES = 0.5


class Reasons(dict[int, list[str]]):
    """Why to review patterns, by row."""

    def add(self, row: int, reason: str) -> None:
        """Add a reason."""
        self.setdefault(int(row), []).append(reason)


def reasons_for_review(
    screen: Screen,
    clusterer: FormClusterer,
    flags: PatternFlags,
    group_names: Sequence[str],
    typical_rows: Collection[int],
    explanations: Mapping[int, Explanation],
    not_comparable: Collection[int] = (),
) -> Reasons:
    """Return why patterns should be reviewed, as far as the screen itself tells.

    Parameters
    ----------
    screen : Screen
    clusterer : FormClusterer
        Fitted.
    flags : PatternFlags
    group_names : sequence of str
    typical_rows : collection of int
    explanations : mapping of int to Explanation
    not_comparable : collection of int, optional
        Patterns that nothing could be compared with.

    Returns
    -------
    Reasons
    """
    found = Reasons()
    for row in range(len(screen.files)):
        if clusterer.copy_of_[row] >= 0:
            continue  # what there is to say is said of the pattern that it is a copy of
        label = clusterer.labels_[row]
        typical = row in typical_rows
        for reason in flags.reasons(row, in_a_group=bool(label >= 0)):
            found.add(row, reason)
        explanation = explanations.get(row)
        if explanation is not None and explanation.mixed:
            meaning = "its group may be one of mixtures" if typical else "likely mixture"
            sure = (
                f"probability {explanation.probability:.2f}, shares ± {explanation.share_error:.0%}"
            )
            found.add(row, f"{explanation.text()} ({sure}): {meaning}")
        if row in not_comparable:
            found.add(row, "too little of the range in common with any other to be compared")
        elif label < 0 and not clusterer.amorphous_[row]:
            found.add(
                row, "similar to no other pattern: a form measured once, a mixture or an impurity"
            )
        own = clusterer.probabilities_[row]
        if label >= 0 and own < _SURE:
            found.add(row, f"fits its group with a mean probability of {own:.2f}")
        near = clusterer.next_probabilities_[row]
        if near > _GROUPS_ARE_NEAR and (typical or near > own - _MARGIN):
            other = group_names[clusterer.next_groups_[row]]
            found.add(row, f"also fits {other} (mean probability {near:.2f})")
    return found


def add_matches(
    found: Reasons,
    clusterer: FormClusterer,
    group_forms: Sequence[str | None],
    references: Screen,
    matches: ReferenceMatches,
) -> None:
    """Add patterns that match a reference of another form than their group's.

    Parameters
    ----------
    found : Reasons
        Changed in place.
    clusterer : FormClusterer
    group_forms : sequence of str or None
    references : Screen
    matches : ReferenceMatches
    """
    for row, (reference, probability) in enumerate(
        zip(matches.nearest, matches.nearest_probabilities, strict=True)
    ):
        label = clusterer.labels_[row]
        form = group_forms[label] if label >= 0 else None
        set_aside = label < 0 and clusterer.amorphous_[row]
        if probability > _MATCHES and references.forms[reference] != form and not set_aside:
            name = references.files[reference]
            found.add(row, f"matches the reference {name} (probability {probability:.2f})")


def add_parts(
    found: Reasons, group_names: Sequence[str], two_parts: Mapping[int, TwoParts]
) -> None:
    """Add the patterns of the smaller part of each group that may be two forms.

    Parameters
    ----------
    found : Reasons
        Changed in place.
    group_names : sequence of str
    two_parts : mapping of int to TwoParts
        By group.
    """
    for group, parts in two_parts.items():
        larger, smaller = (len(rows) for rows in parts.rows)
        angles = ", ".join(f"{line.two_theta:.2f}" for line in parts.lines)
        for row in parts.rows[1].tolist():
            found.add(
                row,
                f"{group_names[group]} may be two forms: {smaller} patterns, this one among them, "
                f"differ from {larger} others at {angles} degrees",
            )


def leave_out_answered(found: Reasons, clusterer: FormClusterer, corrections: Corrections) -> None:
    """Take out what a person has answered, and add what joined a group that was confirmed.

    Parameters
    ----------
    found : Reasons
        Changed in place.
    clusterer : FormClusterer
    corrections : Corrections
    """
    for row in (*corrections.confirmed, *corrections.amorphous, *corrections.mixtures):
        found.pop(row, None)
    labels, copied = clusterer.labels_, clusterer.copy_of_ >= 0
    for group in {int(labels[row]) for row in corrections.confirmed}:
        for row in np.flatnonzero((labels == group) & ~copied).tolist():
            if row not in corrections.confirmed:
                found.add(row, "joined a group that was confirmed without it")


def add_copies(found: Reasons, screen: Screen, copy_of: NDArray[np.intp]) -> None:
    """Add files that are copies of another.

    Parameters
    ----------
    found : Reasons
        Changed in place.
    screen : Screen
    copy_of : ndarray of shape (n_patterns,)
        As `FormClusterer.copy_of_`.
    """
    first_of = {row: same[0] for same in screen.duplicates() for row in same[1:]}
    for row in np.union1d(list(first_of), np.flatnonzero(copy_of >= 0)).astype(int).tolist():
        if row in first_of:
            name, how = screen.files[first_of[row]], "byte for byte the same file"
        else:
            name, how = screen.files[copy_of[row]], "the same measurement, written another way"
        found.add(row, f"copy of {name}: {how}")
