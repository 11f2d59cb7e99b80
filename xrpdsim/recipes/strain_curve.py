"""How far apart two lattices must be to be told apart: score against strain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._support._table import Table
from ..evaluation.resampling import draw_compounds
from ..similarity.classifier import PairwisePhaseClassifier
from ..simulation import near_relative, virtual_crystal
from .classical_tunings import classical_scores, classical_views
from .figures_of_merit import interval
from .simulated_sets import measured_once
from .training_data import TWO_THETA_MAX

STRAINS = (0.0, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05)
CORRELATIONS = (1.0, 0.8)
FIRST_SEED = 888_000
N_RESAMPLES = 200
OWN, VIEW = "the classifier", "its classical views"
_CRYSTALS_AT_A_TIME = 60  # the classical measures score all pairs


def score_against_strain(
    classifier: PairwisePhaseClassifier,
    *,
    preset: str = "transmission",
    n_crystals: int = 240,
) -> Table:
    """Compare patterns of crystals with patterns of relatives at a given strain.

    Parameters
    ----------
    classifier : PairwisePhaseClassifier
        Fitted.
    preset : str
        How both are measured, every time; samples of one form already differ by the strain
        that the preset draws.
    n_crystals : int
        Virtual crystals, none of which was trained on.

    Returns
    -------
    Table
        A row for each strain (root mean square of the three principal strains) and correlation of
        the structure factors: median, 5 and 95 percentiles of the score, and the share of pairs
        that are called the same form. Then the AUROC with which the score tells a form's own pairs
        from those of relatives, that of the classifier's classical views alone, that of the
        classical measure which does best in this very row, and the difference to it, with intervals
        over resampled crystals. Strain 0 with correlation 1 is the form itself.

    Examples
    --------
    >>> from xrpdsim import PairwisePhaseClassifier
    >>> from xrpdsim.recipes import score_against_strain
    >>> classifier = PairwisePhaseClassifier.from_pretrained("organic-1")
    >>> print(score_against_strain(classifier, preset="transmission"))  # doctest: +SKIP
    """
    crystals = [
        virtual_crystal(FIRST_SEED + k, two_theta_max=TWO_THETA_MAX) for k in range(n_crystals)
    ]
    X = measured_once(crystals, preset, 0)
    resampled = draw_compounds(n_crystals, N_RESAMPLES, np.random.default_rng(0))
    counts = np.concatenate([np.ones((1, n_crystals), dtype=int), resampled])
    rows = []
    same: dict[str, NDArray[np.floating]] = {}
    for correlation in CORRELATIONS:
        for strain in STRAINS:
            relatives = [
                near_relative(c, strain=strain, correlation=correlation, random_state=k)
                for k, c in enumerate(crystals)
            ]
            scores = _scores(classifier, X, measured_once(relatives, preset, 1000))
            same = same or scores  # the first row is the form itself
            own = scores[OWN]
            low, median, high = np.percentile(own, [5, 50, 95])
            separation = _auroc(same[OWN], own, counts)
            tunings = {
                name: _auroc(same[name], s, counts)
                for name, s in scores.items()
                if name not in (OWN, VIEW)
            }
            best = max(tunings, key=lambda name: tunings[name][0])
            rows.append(
                {
                    "correlation": correlation,
                    "strain_percent": 100 * strain,
                    "score_5": round(float(low), 3),
                    "score_50": round(float(median), 3),
                    "score_95": round(float(high), 3),
                    "called_same": round(float((own >= classifier.threshold_).mean()), 3),
                    "auroc": str(interval(separation)),
                    "view_auroc": str(interval(_auroc(same[VIEW], scores[VIEW], counts))),
                    "classical_auroc": str(interval(tunings[best])),
                    "classical_auroc_by": best,
                    "gain": str(interval(separation - tunings[best])),
                }
            )
    return Table.from_rows(rows)


def _scores(
    classifier: PairwisePhaseClassifier, X: NDArray[np.float64], Y: NDArray[np.float64]
) -> dict[str, NDArray[np.floating]]:
    """Compare each row of X with that of Y, by the classifier and by every classical measure."""
    view = classical_views(classifier)
    parts = []
    for start in range(0, len(X), _CRYSTALS_AT_A_TIME):
        rows = slice(start, start + _CRYSTALS_AT_A_TIME)
        both = np.concatenate([X[rows], Y[rows]])
        n = len(both) // 2
        pairs = np.column_stack([np.arange(n), n + np.arange(n)])
        first, second = np.triu_indices(2 * n, 1)
        chosen = np.flatnonzero(second == first + n)
        parts.append(
            {
                OWN: classifier.decision_function(both, pairs),
                VIEW: view.decision_function(both, pairs),
                **{name: found[chosen] for name, found in classical_scores(both)},
            }
        )
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _auroc(
    same: NDArray[np.floating], other: NDArray[np.floating], counts: NDArray[np.int_]
) -> NDArray[np.float64]:
    """Return the share of comparisons that `same` wins, for each resample of the crystals."""
    wins = (same[:, None] > other) + 0.5 * (same[:, None] == other)
    return np.asarray(np.einsum("rk,kl,rl->r", counts, wins, counts) / counts.sum(axis=1) ** 2)
