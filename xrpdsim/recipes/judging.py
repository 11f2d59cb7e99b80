"""How well a model does on a set, beside the classical measures at their best for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..similarity.classifier import PairwisePhaseClassifier
from ..similarity.probability import estimate_prior, shift_prior
from ..similarity.ranking import RankedPairs
from .classical_tunings import classical_scores, classical_views
from .figures_of_merit import (
    ResampledPairs,
    brier_skill_score,
    chance_calibration_errors,
    expected_calibration_error,
    interval,
    share_of_best_f1,
)
from .labelled_patterns import LabelledPatterns


def compare_with_classical(
    classifier: PairwisePhaseClassifier, patterns: LabelledPatterns
) -> dict[str, Any]:
    """Compare a classifier with every classical measure at its best tuning for these patterns.

    Parameters
    ----------
    classifier : PairwisePhaseClassifier
        Fitted.
    patterns : LabelledPatterns

    Returns
    -------
    dict
        Numbers of pairs; AUROC and average precision of the classifier, of its classical views
        alone, of the classical tuning with the best AUROC, and of that with the best average
        precision, each with an interval over resampled compounds; and how far threshold and
        probabilities hold.

    Examples
    --------
    >>> from xrpdsim import PairwisePhaseClassifier
    >>> from xrpdsim.recipes import compare_with_classical, simulated_campaign
    >>> classifier = PairwisePhaseClassifier.from_pretrained("organic-1")
    >>> compare_with_classical(classifier, simulated_campaign(0))["auroc"]  # doctest: +SKIP
    """
    ranking = ResampledPairs(patterns)
    scores = classifier.decision_function(patterns.X)
    own = ranking.figures(scores)
    view = ranking.figures(classical_views(classifier).decision_function(patterns.X))
    result: dict[str, Any] = {
        "patterns": len(patterns.phase),
        "compounds": len(np.unique(patterns.compound)),
        "pairs": ranking.n_pairs,
        "positives": ranking.n_positive,
        "auroc": str(interval(own[:, 0])),
        "average_precision": str(interval(own[:, 1])),
        "view_auroc": str(interval(view[:, 0])),
        "view_average_precision": str(interval(view[:, 1])),
    }
    point = ResampledPairs(patterns, n_resamples=0)
    tunings = [(name, point.figures(s)[0], s) for name, s in classical_scores(patterns.X)]
    for column, name in enumerate(("auroc", "average_precision")):
        best_name, _, best_scores = max(tunings, key=lambda tuning: tuning[1][column])
        figures = ranking.figures(best_scores)
        result[f"classical_{name}"] = str(interval(figures[:, column]))
        result[f"classical_{name}_by"] = best_name
        gain = own[:, column] - figures[:, column]
        result[f"gain_{name}"] = str(interval(gain))
    result["reliability"] = reliability(classifier, patterns, scores)
    return result


def reliability(
    classifier: PairwisePhaseClassifier, patterns: LabelledPatterns, scores: np.ndarray
) -> dict[str, Any]:
    """Return how far threshold and probabilities hold, over pairs within compounds and over all.

    The prior is estimated from the scores alone where "estimated" is said, else the shipped one.

    Parameters
    ----------
    classifier : PairwisePhaseClassifier
    patterns : LabelledPatterns
    scores : ndarray of shape (n_pairs,)

    Returns
    -------
    dict of dict
        Of pairs within compounds and of all: F1, its share of the best F1, expected calibration
        error, the error that chance alone would make, as a mean and a 95th percentile, and Brier
        skill score; intervals are over resampled compounds.

    Examples
    --------
    >>> from xrpdsim import PairwisePhaseClassifier
    >>> from xrpdsim.recipes import reliability, simulated_campaign
    >>> classifier = PairwisePhaseClassifier.from_pretrained("organic-1")
    >>> patterns = simulated_campaign(0)  # doctest: +SKIP
    >>> scores = classifier.decision_function(patterns.X)  # doctest: +SKIP
    >>> reliability(classifier, patterns, scores)["within"]  # doctest: +SKIP
    """
    calibrator: Any = classifier.calibrator_
    table = {}
    for kind in ("within", "all"):
        pairs = ResampledPairs(patterns, within=kind == "within")
        s, truth = scores[pairs.kept], pairs.same[pairs.kept]
        if truth.all() or not truth.any():
            continue
        shipped = calibrator.predict(s)
        estimated = estimate_prior(shipped, calibrator.prior)
        threshold = classifier.threshold_
        row: dict[str, Any] = {
            "pairs": len(s),
            "positive_rate": round(float(truth.mean()), 4),
            "f1": round(RankedPairs.from_scores(s, truth).f1(threshold), 4),
            "share_of_best_f1": _over_resamples(
                partial(share_of_best_f1, s, truth, threshold), pairs
            ),
            "prior_estimated": round(estimated, 4),
        }
        for suffix, prior in (("", calibrator.prior), ("_estimated", estimated)):
            p = shift_prior(shipped, calibrator.prior, prior)
            row["ece" + suffix] = _over_resamples(
                partial(expected_calibration_error, p, truth), pairs
            )
            row["brier_skill" + suffix] = _over_resamples(
                partial(brier_skill_score, p, truth), pairs
            )
            by_chance = chance_calibration_errors(p)
            row["ece_by_chance" + suffix] = round(float(by_chance.mean()), 4)
            row["ece_by_chance_95" + suffix] = round(float(np.percentile(by_chance, 95)), 4)
        table[kind] = row
    return table


def _over_resamples(figure: Callable[[NDArray[np.int_]], float], pairs: ResampledPairs) -> str:
    values = []
    for weight in pairs.weights():
        positive = weight[pairs.same[pairs.kept]].sum()
        if 0 < positive < weight.sum():
            values.append(figure(weight))
    return str(interval(np.array(values)))
