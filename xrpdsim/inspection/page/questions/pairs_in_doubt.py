"""Pairs of patterns whose answers are expected to change the groups most."""

from __future__ import annotations

from collections.abc import Iterator

from .._shown_screen import ShownScreen
from .question import Question

_MOST = 10


def pairs_in_doubt(shown: ShownScreen) -> Iterator[Question]:
    """Ask about the pairs that `FormClusterer.suggest_pairs` would ask about."""
    found = shown.found
    place = {int(row): number for number, row in enumerate(shown.rows)}
    once = set(shown.measured_once)
    labels = found.clusterer.labels_
    for pair in found.clusterer.suggest_pairs(found.screen.X, _MOST).tolist():
        # the pattern that is no typical one is the one in question
        b, a = sorted(pair, key=lambda row: row not in found.typical_rows)
        if not {a, b} <= once or not {a, b} <= place.keys():
            continue
        same = float(shown.probability[place[a], place[b]])
        yield Question(
            "doubtful pair",
            f"Are {found.screen.files[a]} and {found.screen.files[b]} one form?",
            f"Their probability is {same:.2f}; the answer decides where {found.screen.files[a]} "
            "belongs.",
            a,
            (a,),
            other=b,
            reference=shown.reference_of(a),
            chance=1 - same if labels[a] == labels[b] else same,
        )
