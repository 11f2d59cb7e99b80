"""Pairs of patterns whose answers teach most about all other pairs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import logit

from ....similarity.probability import (
    AdaptedCalibrator,
    JudgedPairs,
    SigmoidCalibrator,
    most_informative,
)
from .._shown_screen import ShownScreen
from .question import Question

_MOST = 10
_MOST_PATTERNS = 400
_LEAST_DOUBT = 0.05


def pairs_in_doubt(shown: ShownScreen) -> Iterator[Question]:
    """Ask about the pairs that `suggest_pairs` would ask about: each answer moves all others."""
    found = shown.found
    place = {int(row): number for number, row in enumerate(shown.rows)}
    candidates = np.array([row for row in shown.measured_once if row in place], dtype=np.intp)
    even = np.linspace(0, len(candidates) - 1, min(len(candidates), _MOST_PATTERNS))
    rows = candidates[even.astype(np.intp)]
    inside = np.array([place[int(row)] for row in rows], dtype=np.intp)
    first, second = np.triu_indices(len(rows), 1)
    probability = np.asarray(shown.probability[inside[first], inside[second]], dtype=np.float64)
    doubtful = (probability > _LEAST_DOUBT) & (probability < 1 - _LEAST_DOUBT)
    pairs = np.column_stack([rows[first], rows[second]])[doubtful]
    nothing = JudgedPairs.from_relations(None, None, len(found.screen.files))
    # what the corrections say has moved these probabilities already
    calibrator = AdaptedCalibrator(SigmoidCalibrator(1.0, 0.0), 0.5, [], nothing)
    odds = logit(probability[doubtful])
    for a, b in most_informative(calibrator, odds, pairs, min(_MOST, len(pairs))).tolist():
        same = float(shown.probability[place[a], place[b]])
        yield Question(
            "doubtful pair",
            f"Are {found.screen.files[a]} and {found.screen.files[b]} one form?",
            f"Their probability is {same:.2f}; the answer moves the probabilities of other pairs, "
            "too.",
            a,
            (a,),
            other=b,
            reference=shown.reference_of(a),
            chance=1 - same if found.clusterer.labels_[a] == found.clusterer.labels_[b] else same,
        )
