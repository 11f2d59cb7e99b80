"""Patterns that fit their group badly, and groups that come near each other."""

from __future__ import annotations

from collections.abc import Iterator

from .._shown_screen import ShownScreen
from .question import Question

# As in the list for review: below this mean probability a member is unsure, and above that of
# another group the two groups are near.
_SURE = 0.8
_GROUPS_ARE_NEAR = 0.2


def misfits(shown: ShownScreen) -> Iterator[Question]:
    """Ask of each pattern that is unsure in its group whether it belongs there."""
    clusterer, found = shown.found.clusterer, shown.found
    for row in shown.measured_once:
        group, own = int(clusterer.labels_[row]), float(clusterer.probabilities_[row])
        if group < 0 or own >= _SURE or row == found.typical_rows[group]:
            continue
        near, next_best = int(clusterer.next_groups_[row]), clusterer.next_probabilities_[row]
        also = (
            f" It also fits {found.group_names[near]} ({next_best:.2f})."
            if near >= 0 and next_best > _GROUPS_ARE_NEAR
            else ""
        )
        yield Question(
            "misfit",
            f"Does {found.screen.files[row]} belong to {found.group_names[group]}?",
            f"It fits this group with a mean probability of {own:.2f} only.{also}",
            row,
            (row,),
            other=int(found.typical_rows[group]),
            reference=shown.reference_of(row),
            chance=1 - own,
        )


def near_groups(shown: ShownScreen) -> Iterator[Question]:
    """Ask of each two groups whose typical patterns come near each other whether they are one."""
    found, clusterer = shown.found, shown.found.clusterer
    asked = set()
    for group, row in enumerate(found.typical_rows):
        other, probability = int(clusterer.next_groups_[row]), clusterer.next_probabilities_[row]
        pair = frozenset((group, other))
        if other < 0 or probability <= _GROUPS_ARE_NEAR or pair in asked:
            continue
        forms = [found.group_forms[number] for number in sorted(pair)]
        if None not in forms and forms[0] != forms[1]:
            continue  # references or a person said that they are two
        asked.add(pair)
        larger, smaller = sorted(pair)
        typical = int(found.typical_rows[smaller])
        yield Question(
            "near groups",
            f"Are {found.group_names[larger]} and {found.group_names[smaller]} one form?",
            f"The typical pattern of {found.group_names[group]} fits the other group with a mean "
            f"probability of {probability:.2f}.",
            typical,
            shown.members(smaller),
            other=int(found.typical_rows[larger]),
            reference=shown.reference_of(typical),
            chance=float(probability),
        )
