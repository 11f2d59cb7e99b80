"""What a similarity with two looks is reported on, once every choice has been made."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._support._table import Table
from ...similarity.classifier import PairwisePhaseClassifier
from ...similarity.ranking import RankedPairs
from ..classical_tunings import classical_scores
from ..figures_of_merit import (
    ResampledPairs,
    error_in_bins_of_equal_count,
    interval,
    share_of_best_f1,
)
from ..labelled_patterns import LabelledPatterns, together
from ..report_sets import measured_patterns, structure_patterns
from ._other_instruments import (
    DIFFICULTIES,
    campaign_on_other_instruments,
    poor_instrument,
)
from ._sets import families_kept_apart, polytypes_kept_apart, relatives_kept_apart

STRAINS = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05)
FIRST_CAMPAIGN, N_CAMPAIGNS = 8, 8
"""Those before were looked at when it was chosen what probabilities are made of."""
POOR_PATTERNS = ((100, 0.5), (10, 0.5), (100, 0.9), (30, 0.9), (10, 0.9), (30, 0.97), (10, 0.97))
"""Counts of the strongest line and amorphous share."""

FIRST_POOR_CAMPAIGN = 300
_COMPOUNDS_AT_A_TIME = 6

LabelledSets = Iterator[tuple[str, LabelledPatterns, bool]]


def simulated_report_sets() -> LabelledSets:
    """Yield name, patterns, and whether pairs within compounds count, of simulated crystals."""
    yield "organic families", families_kept_apart(200), True
    yield "families like minerals", families_kept_apart(100, mineral=True), True
    yield "polytypes", polytypes_kept_apart(160), True
    for strain in STRAINS:
        yield f"near relatives, {100 * strain:g} %", relatives_kept_apart(150, strain), True


def real_report_sets(data: str | os.PathLike[str]) -> LabelledSets:
    """Yield the same of real structures and measured patterns.

    Parameters
    ----------
    data : path-like
        Folder with `structures`, `minerals` and `organics`.
    """
    folder = Path(data)
    structures = folder / "structures"
    yield "report structures", structure_patterns(structures, "report"), False
    elsewhere = structure_patterns(structures, "report", elsewhere=True)
    yield "report structures, half at another temperature", elsewhere, False
    yield "measured minerals", measured_patterns(folder / "minerals"), False
    yield "measured organics", measured_patterns(folder / "organics"), False


def bars(
    similarities: dict[str, PairwisePhaseClassifier], sets: LabelledSets, *, classical: bool = True
) -> Table:
    """Compare similarities with each other and with the best classical tuning of each set.

    Parameters
    ----------
    similarities : dict of str to PairwisePhaseClassifier
        By the names that columns get.
    sets : iterable
        As from `simulated_report_sets`.
    classical : bool, default=True
        Whether to try the classical tunings, too, which takes most of the time.

    Returns
    -------
    Table
        A row for each set: pairs, positives; AUROC and average precision of each similarity with an
        interval over compounds, and the difference of the first one to the classical tuning that
        has the best AUROC, or average precision, on this very set.
    """
    rows = []
    for name, patterns, within in sets:
        pairs = ResampledPairs(patterns, within=within)
        row: dict[str, Any] = {"set": name, "pairs": pairs.n_pairs, "positives": pairs.n_positive}
        found = {
            key: pairs.figures(_scores(similarity.decision_function, patterns, pairs))
            for key, similarity in similarities.items()
        }
        for key, figures in found.items():
            row[f"{key}_auroc"] = str(interval(figures[:, 0]))
            row[f"{key}_ap"] = str(interval(figures[:, 1]))
        if classical:
            row |= _beside_classical(next(iter(found.values())), patterns, pairs)
        rows.append(row)
    return Table.from_rows(rows)


def _beside_classical(
    own: NDArray[np.float64], patterns: LabelledPatterns, pairs: ResampledPairs
) -> dict[str, str]:
    point = ResampledPairs(patterns, n_resamples=0, within=not pairs.kept.all())
    tunings = dict(_classical(patterns, pairs))
    found = {name: point.figures(scores)[0] for name, scores in tunings.items()}
    row = {}
    for column, figure in enumerate(("auroc", "ap")):
        best = max(found, key=lambda name: found[name][column])
        figures = pairs.figures(tunings[best])[:, column]
        row[f"classical_{figure}"] = str(interval(figures))
        row[f"classical_{figure}_by"] = best
        row[f"gain_{figure}"] = str(interval(own[:, column] - figures))
    return row


def _scores(
    score: Callable[..., NDArray[np.floating]], patterns: LabelledPatterns, pairs: ResampledPairs
) -> NDArray[np.float64]:
    """Return scores of all pairs in condensed order; NaN for those that do not count."""
    first, second = patterns.pairs()
    scores = np.full(len(first), np.nan)
    chosen = np.column_stack([first[pairs.kept], second[pairs.kept]])
    scores[pairs.kept] = score(patterns.X, chosen)
    return scores


def _classical(
    patterns: LabelledPatterns, pairs: ResampledPairs
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Score pairs by every classical tuning; where only those within compounds count, in parts."""
    if pairs.kept.all():
        for name, scores in classical_scores(patterns.X):
            yield name, np.asarray(scores, dtype=np.float64)
        return
    all_scores: dict[str, NDArray[np.float64]] = {}
    compounds = np.unique(patterns.compound)
    where = np.cumsum(pairs.kept) - 1
    for start in range(0, len(compounds), _COMPOUNDS_AT_A_TIME):
        rows = np.flatnonzero(
            np.isin(patterns.compound, compounds[start : start + _COMPOUNDS_AT_A_TIME])
        )
        i, j = np.triu_indices(len(rows), 1)
        n = len(patterns.phase)
        condensed = n * rows[i] - rows[i] * (rows[i] + 1) // 2 + rows[j] - rows[i] - 1
        kept = pairs.kept[condensed]
        for name, scores in classical_scores(patterns.X[rows]):
            values = all_scores.setdefault(name, np.empty(pairs.n_pairs))
            values[where[condensed[kept]]] = scores[kept]
    for name, values in all_scores.items():
        of_all = np.full(len(pairs.kept), np.nan)
        of_all[pairs.kept] = values
        yield name, of_all


def calibration_by_difficulty(
    classifier: PairwisePhaseClassifier, *, n_campaigns: int = N_CAMPAIGNS
) -> Table:
    """Report how far probabilities hold on instruments and artefacts that training did not use.

    Parameters
    ----------
    classifier : PairwisePhaseClassifier
    n_campaigns : int
        See `campaign_on_other_instruments`.

    Returns
    -------
    Table
        A row for all pairs within compounds, and one for each third of them by the poorer pattern's
        noise, amorphous share and number of lines: pairs, positives, AUROC, expected calibration
        error in 15 bins of equal count with an interval over compounds, mean probability and share
        of same-form pairs, and F1 at the shipped threshold over the best.
    """
    campaigns = [
        campaign_on_other_instruments(FIRST_CAMPAIGN + number) for number in range(n_campaigns)
    ]
    patterns = together([campaign.patterns for campaign in campaigns])
    hard = {
        name: np.concatenate([campaign.difficulty[name] for campaign in campaigns])
        for name in DIFFICULTIES
    }
    pairs = ResampledPairs(patterns, within=True)
    first, second = patterns.pairs()
    first, second = first[pairs.kept], second[pairs.kept]
    scores = classifier.decision_function(patterns.X, np.column_stack([first, second]))
    everything = np.ones(len(scores), dtype=bool)
    rows = [_reliability("all", scores, classifier, pairs, everything)]
    for name, values in hard.items():
        poorer = np.maximum(values[first], values[second])
        ends = np.quantile(poorer, [1 / 3, 2 / 3])
        third = np.searchsorted(ends, poorer)
        for number, which in enumerate(("easiest", "middle", "hardest")):
            label = f"{name}, {which} third"
            rows.append(_reliability(label, scores, classifier, pairs, third == number))
    return Table.from_rows(rows)


def calibration_as_signal_fades(classifier: PairwisePhaseClassifier) -> Table:
    """Report what probabilities say where patterns get so poor that nobody can tell forms apart.

    Parameters
    ----------
    classifier : PairwisePhaseClassifier

    Returns
    -------
    Table
        A row for each kind of poor pattern in `POOR_PATTERNS`: counts of the strongest line,
        amorphous share, pairs within compounds, AUROC, mean probability and share of same-form
        pairs.
    """
    rows = []
    for number, (counts, amorphous) in enumerate(POOR_PATTERNS):
        patterns = campaign_on_other_instruments(
            FIRST_POOR_CAMPAIGN + number, instruments=[poor_instrument(counts, amorphous)]
        ).patterns
        first, second = patterns.pairs_within()
        same = patterns.phase[first] == patterns.phase[second]
        scores = classifier.decision_function(patterns.X, np.column_stack([first, second]))
        rows.append(
            {
                "counts": counts,
                "amorphous_share": amorphous,
                "pairs": len(scores),
                "auroc": round(RankedPairs.from_scores(scores, same).auroc, 3),
                "mean_probability": round(float(classifier.proba_of_scores(scores).mean()), 3),
                "share_of_same": round(float(same.mean()), 3),
            }
        )
    return Table.from_rows(rows)


def _reliability(
    label: str,
    scores: NDArray[np.floating],
    classifier: PairwisePhaseClassifier,
    pairs: ResampledPairs,
    chosen: NDArray[np.bool_],
) -> dict[str, Any]:
    probability = classifier.proba_of_scores(scores)
    same = pairs.same[pairs.kept]
    errors = [
        error_in_bins_of_equal_count(probability[chosen], same[chosen], weight[chosen])
        for weight in pairs.weights()
        if weight[chosen].any()
    ]
    return {
        "pairs": label,
        "n": int(chosen.sum()),
        "positives": int(same[chosen].sum()),
        "auroc": round(RankedPairs.from_scores(scores[chosen], same[chosen]).auroc, 4),
        "calibration_error": str(interval(np.array(errors))),
        "mean_probability": round(float(probability[chosen].mean()), 4),
        "share_of_same": round(float(same[chosen].mean()), 4),
        "share_of_best_f1": round(
            share_of_best_f1(scores[chosen], same[chosen], classifier.threshold_), 4
        ),
    }
