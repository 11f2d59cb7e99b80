"""How far apart two lattices must be to be told apart: score against strain."""

from __future__ import annotations

import numpy as np

from .._table import Table
from ..classifier import PairwisePhaseClassifier
from ..simulation import near_relative, simulate_patterns, virtual_crystal
from .crystals import TWO_THETA_MAX

STRAINS = (0.0, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05)
CORRELATIONS = (1.0, 0.8)
FIRST_SEED = 888_000


def score_against_strain(
    classifier: PairwisePhaseClassifier,
    *,
    preset: str = "transmission",
    n_crystals: int = 60,
) -> Table:
    """Compare patterns of crystals with patterns of relatives at a given strain.

    Parameters
    ----------
    classifier : PairwisePhaseClassifier
        Fitted.
    preset : str
        How both are measured, each time anew; samples of one form already differ by the strain
        that the preset draws.
    n_crystals : int
        Virtual crystals, none of which was trained on.

    Returns
    -------
    Table
        A row for each strain (root mean square of the three principal strains) and correlation of
        the structure factors: median, 5 and 95 percentiles of the score, and the share of pairs
        that are called the same form. Strain 0 with correlation 1 is the form itself.
    """
    rows = []
    crystals = [
        virtual_crystal(FIRST_SEED + k, two_theta_max=TWO_THETA_MAX) for k in range(n_crystals)
    ]
    X = np.concatenate(
        [simulate_patterns(c, preset=preset, random_state=k) for k, c in enumerate(crystals)]
    )
    for correlation in CORRELATIONS:
        for strain in STRAINS:
            relatives = [
                near_relative(c, strain=strain, correlation=correlation, random_state=k)
                for k, c in enumerate(crystals)
            ]
            Y = np.concatenate(
                [
                    simulate_patterns(c, preset=preset, random_state=1000 + k)
                    for k, c in enumerate(relatives)
                ]
            )
            pairs = np.column_stack([np.arange(n_crystals), n_crystals + np.arange(n_crystals)])
            scores = classifier.decision_function(np.concatenate([X, Y]), pairs)
            low, median, high = np.percentile(scores, [5, 50, 95])
            rows.append(
                {
                    "correlation": correlation,
                    "strain_percent": 100 * strain,
                    "score_5": round(float(low), 3),
                    "score_50": round(float(median), 3),
                    "score_95": round(float(high), 3),
                    "called_same": round(float((scores >= classifier.threshold_).mean()), 3),
                }
            )
    return Table.from_rows(rows)
