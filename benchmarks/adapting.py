"""What judged pairs do for a screen: suggested ones, random ones, and those of most doubt.

    python benchmarks/adapting.py [--similarity organic-1] [--data FOLDER ...] [--no-figure]

A curve over the number of judged pairs, for compounds that nothing was trained or chosen on:
the gap between F1 at the adapted threshold and F1 at the best one, the Brier score and the expected
calibration error of the probabilities, all over the pairs within a compound, judged or not. Pairs
are asked for in rounds, with `adapt` between them. Means over compounds, with 95 % intervals by
resampling compounds. Prints Markdown tables and draws docs/figures/adapting.png. A folder given
with --data is a campaign with labels.csv and counts as one screen.

The constants of xrpdsim.similarity.probability.adaptation were chosen on campaigns 300 to 329 and
screens 53000 to 53031, the ways to ask compared there, too.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray

from xrpdsim import CorrelationSimilarity, PairwisePhaseClassifier
from xrpdsim._support._table import Table
from xrpdsim.datasets import load_campaign, make_screening_campaign
from xrpdsim.evaluation.resampling import draw_compounds
from xrpdsim.patterns.pairs import condensed_pairs, encode_phases, same_phase
from xrpdsim.recipes.figures_of_merit import expected_calibration_error
from xrpdsim.recipes.simulated_sets import PRESETS, simulated_campaign
from xrpdsim.similarity.probability import AdaptedCalibrator, JudgedPairs
from xrpdsim.similarity.probability.pairs_to_judge import most_informative
from xrpdsim.similarity.ranking import RankedPairs
from xrpdsim.simulation import LogNormal, LogUniform, get_conditions

FIGURE = Path(__file__).parents[1] / "docs" / "figures" / "adapting.png"
CAMPAIGNS = range(220, 232)
SCREEN_SEEDS = range(42_000, 42_015)
PATTERNS_A_SCREEN = 60
LEARNT_ON = 290
"""The campaign that classical measures learn threshold and probabilities from."""

BUDGETS = (0, 2, 5, 10, 20, 40)
GAP = 0.02
RANDOM_DRAWS = 8
LABELLED, LABELLED_DRAWS = 10, 3
FIGURES = ("gap to the best F1", "Brier score", "expected calibration error")
WAYS = {"suggested": "#0072B2", "most doubt": "#009E73", "random": "#D55E00"}

HARD = get_conditions("bragg-brentano").replace(
    march_r=LogNormal(0.7, 0.4), cell_strain=LogUniform(0.003, 0.012), grains=LogUniform(20, 500)
)
"""Plates, few grains and strained lattices: forms overlap in every measure."""

SCREENS: dict[str, Any] = {
    "all instruments": PRESETS,
    "bragg-brentano": "bragg-brentano",
    "well-plate": "well-plate",
    "hard": HARD,
}


class Compound(NamedTuple):
    """The pairs of one compound, in condensed order."""

    kind: str
    scores: NDArray[np.floating]
    phase: NDArray[np.intp]

    @property
    def pairs(self) -> NDArray[np.intp]:
        """Row numbers."""
        return condensed_pairs(len(self.phase))

    @property
    def same(self) -> NDArray[np.bool_]:
        """The truth."""
        return same_phase(self.phase)


class Similarity(NamedTuple):
    """What a fitted measure says before anything of a screen is known."""

    scores: Callable[[NDArray[np.floating]], NDArray[np.floating]]
    calibrator: Any
    threshold: float

    def adapted(self, compound: Compound, rows: list[int]) -> AdaptedCalibrator:
        """Learn from some pairs of a compound, as PairwisePhaseClassifier.adapt does."""
        judged = JudgedPairs(compound.pairs[rows], compound.same[rows])
        return AdaptedCalibrator(
            self.calibrator, self.calibrator.prior, compound.scores[rows], judged
        )


def load_similarity(name: str) -> Similarity:
    """Load the shipped similarity, or Pearson's correlation as learnt from a campaign."""
    model: Any
    if name == "pearson":
        campaign = simulated_campaign(LEARNT_ON)
        model = CorrelationSimilarity()
        model.fit(campaign.X, np.column_stack([campaign.compound, campaign.phase]))
    else:
        model = PairwisePhaseClassifier.from_pretrained(name)
    return Similarity(model.decision_function, model.calibrator_, model.threshold_)


def simulated_compounds(similarity: Similarity) -> Iterator[Compound]:
    """Compounds with two forms at least, of which one was measured twice at least."""
    for number in CAMPAIGNS:
        campaign = simulated_campaign(number)
        for name in np.unique(campaign.compound):
            rows = campaign.compound == name
            X, phase = campaign.X[rows], campaign.phase[rows]
            if 1 < len(np.unique(phase)) < len(phase):
                yield Compound("campaign", similarity.scores(X), phase)
    for seed in SCREEN_SEEDS:
        for kind, preset in SCREENS.items():
            screen: Any = make_screening_campaign(
                1, 2 + seed % 5, PATTERNS_A_SCREEN, preset=preset, solvate_share=0.5,
                random_state=seed,
            )  # fmt: skip
            scores = similarity.scores(screen.X.astype(np.float32))
            yield Compound(kind, scores, encode_phases(screen.y)[0])


def suggested(
    similarity: Similarity, compound: Compound, known: Any, asked: list[int], n: int, rng: Any
) -> list[int]:
    """Ask what PairwisePhaseClassifier.suggest_pairs says; return places in condensed order."""
    pairs = compound.pairs
    first, second = most_informative(known, compound.scores, pairs, n, pairs[asked]).T
    n_patterns = len(compound.phase)
    return (first * (2 * n_patterns - first - 1) // 2 + second - first - 1).tolist()


def of_most_doubt(
    similarity: Similarity, compound: Compound, known: Any, asked: list[int], n: int, rng: Any
) -> list[int]:
    """Uncertainty sampling: the pairs nearest to probability 1/2."""
    doubt = -np.abs(known.predict(compound.scores) - 0.5)
    doubt[asked] = -1
    return np.argsort(-doubt, kind="stable")[:n].tolist()


def at_random(
    similarity: Similarity, compound: Compound, known: Any, asked: list[int], n: int, rng: Any
) -> list[int]:
    left = np.setdiff1d(np.arange(len(compound.scores)), asked)
    return rng.permutation(left)[:n].tolist()


def learning_curve(
    similarity: Similarity, compound: Compound, ask: Callable[..., list[int]], seed: int = 0
) -> NDArray[np.float64]:
    """Return the three figures for each number of judged pairs, (n_budgets, 3)."""
    scores, same = compound.scores, compound.same
    ranked = RankedPairs.from_scores(scores, same)
    rng = np.random.default_rng(seed)
    asked: list[int] = []
    rows = []
    for budget in BUDGETS:
        n = min(budget, len(scores)) - len(asked)
        known = similarity.adapted(compound, asked)
        if n:
            asked += ask(similarity, compound, known, asked, n, rng)
            known = similarity.adapted(compound, asked)
        probability = known.predict(scores)
        threshold = known.threshold() if asked else similarity.threshold
        rows.append(
            (
                ranked.best_f1 - ranked.f1(threshold),
                np.mean((probability - same) ** 2),
                expected_calibration_error(probability, same),
            )
        )
    return np.array(rows)


def curves(similarity: Similarity, compound: Compound, seed: int) -> NDArray[np.float64]:
    """Return the figures of all ways to ask, (n_ways, n_budgets, 3)."""
    curve = partial(learning_curve, similarity, compound)
    by_chance = [curve(at_random, 1000 * seed + draw) for draw in range(RANDOM_DRAWS)]
    return np.array([curve(suggested), curve(of_most_doubt), np.mean(by_chance, axis=0)])


def gaps_with_labels(similarity: Similarity, compound: Compound, seed: int) -> Any:
    """Gap to the best F1 before and after some patterns, drawn at random, have labels."""
    n = len(compound.phase)
    ranked = RankedPairs.from_scores(compound.scores, compound.same)
    gaps = []
    for draw in range(LABELLED_DRAWS):
        labels = np.full(n, None, dtype=object)
        rows = np.random.default_rng([seed, draw]).permutation(n)[:LABELLED]
        labels[rows] = compound.phase[rows]
        judged = JudgedPairs.from_labels(labels)
        first, second = judged.pairs.T
        scores = compound.scores[first * (2 * n - first - 1) // 2 + second - first - 1]
        known = AdaptedCalibrator(
            similarity.calibrator, similarity.calibrator.prior, scores, judged
        )
        gaps.append([ranked.f1(similarity.threshold), ranked.f1(known.threshold())])
    return ranked.best_f1 - np.array(gaps)


def resampled(values: NDArray[np.float64], n_resamples: int = 2000) -> NDArray[np.float64]:
    """Return mean, 2.5 and 97.5 percentiles over resampled compounds (the first axis)."""
    rng = np.random.default_rng(0)
    n = len(values)
    weights = draw_compounds(n, n_resamples, rng) / n
    means = np.tensordot(weights, values, axes=1)
    return np.stack([values.mean(axis=0), *np.quantile(means, [0.025, 0.975], axis=0)])


def written(figures: NDArray[np.float64]) -> str:
    mean, low, high = figures
    return f"{mean:.4f} ({low:.4f} to {high:.4f})"


def table(values: NDArray[np.float64], figure: int) -> Table:
    """Table of one figure; the last columns are paired differences."""
    rows = []
    for place, budget in enumerate(BUDGETS):
        row: dict[str, Any] = {"judged pairs": budget}
        at = values[:, :, place, figure]
        for way, name in enumerate(WAYS):
            row[name] = written(resampled(at[:, way]))
        for way, name in ((1, "most doubt"), (2, "random")):
            row[f"suggested - {name}"] = written(resampled(at[:, 0] - at[:, way]))
        rows.append(row)
    return Table.from_rows(rows)


def draw(groups: dict[str, NDArray[np.float64]]) -> None:
    figure, axes = plt.subplots(
        len(groups), len(FIGURES), figsize=(9.5, 5.5), sharex=True, layout="constrained"
    )
    places = np.arange(len(BUDGETS))
    for row, (group, values) in zip(axes, groups.items(), strict=True):
        for column, axis in enumerate(row):
            for way, ((label, colour), marker) in enumerate(
                zip(WAYS.items(), ("o", "s", "^"), strict=True)
            ):
                mean, low, high = resampled(values[:, way, :, column])
                axis.plot(places, mean, marker=marker, ms=4, color=colour, label=label)
                axis.fill_between(places, low, high, color=colour, alpha=0.15, lw=0)
            axis.set(ylim=(0, None))
            axis.set_xticks(places, BUDGETS)
            axis.spines[["top", "right"]].set_visible(False)
        row[0].set_ylabel(f"{group}\n{len(values)} compounds")
    for axis, name in zip(axes[0], FIGURES, strict=True):
        axis.set_title(name, fontsize="medium")
    for axis in axes[-1]:
        axis.set_xlabel("judged pairs")
    axes[0, 0].legend(frameon=False)
    figure.savefig(FIGURE, dpi=130)
    print(f"drawn: {FIGURE}")


def report_folder(similarity: Similarity, folder: str) -> None:
    """Print the curves of a measured campaign, as one screen."""
    campaign: Any = load_campaign(folder)
    phase = encode_phases(campaign.y)[0]
    compound = Compound(folder, similarity.scores(campaign.X.astype(np.float32)), phase)
    values = curves(similarity, compound, seed=1)
    rows = [
        {"judged pairs": budget, **{
            f"{figure}, {name}": f"{values[way, place, column]:.4f}"
            for column, figure in enumerate(FIGURES) for way, name in enumerate(WAYS)
        }}
        for place, budget in enumerate(BUDGETS)
    ]  # fmt: skip
    print(
        f"\n{Path(folder).name}: {len(phase)} patterns, {len(compound.same)} pairs, "
        f"{compound.same.sum()} positive\n\n{Table.from_rows(rows).to_markdown()}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--similarity", default="organic-1", help="or pearson")
    parser.add_argument("--data", nargs="*", default=[])
    parser.add_argument("--no-figure", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    similarity = load_similarity(options.similarity)
    compounds = list(simulated_compounds(similarity))
    values = np.array([curves(similarity, each, seed) for seed, each in enumerate(compounds)])
    wide = values[:, 0, 0, 0] > GAP
    groups = {"all": values, f"gap above {GAP}": values[wide]}
    kind = np.array([compound.kind for compound in compounds])
    n_pairs = np.array([len(compound.same) for compound in compounds])
    n_positive = np.array([compound.same.sum() for compound in compounds])
    for group, chosen in (("all", np.ones_like(wide)), (f"gap above {GAP}", wide)):
        print(
            f"\n{options.similarity}, {group}: {chosen.sum()} compounds, {n_pairs[chosen].sum()} "
            f"pairs within them, {n_positive[chosen].sum()} positive"
        )
        for column, figure in enumerate(FIGURES):
            print(f"\n{figure}\n\n{table(values[chosen], column).to_markdown()}")
    ten = BUDGETS.index(10)
    rows = []
    for name in dict.fromkeys(kind):
        gap = values[kind == name, :, :, 0].mean(axis=0)
        row = {"compounds": name, "n": (kind == name).sum(), "none judged": f"{gap[0, 0]:.4f}"}
        row |= {f"10 pairs {way}": f"{gap[w, ten]:.4f}" for w, way in enumerate(WAYS)}
        rows.append(row)
    print(f"\ngap to the best F1, by kind\n\n{Table.from_rows(rows).to_markdown()}")

    gaps = np.array([gaps_with_labels(similarity, c, seed) for seed, c in enumerate(compounds)])
    for name, chosen in (("above", gaps[:, 0, 0] > GAP), ("up to", gaps[:, 0, 0] <= GAP)):
        before, after = (resampled(gaps[chosen][:, :, k].mean(axis=1)) for k in (0, 1))
        print(
            f"\n{LABELLED} labelled patterns, gap {name} {GAP}: {chosen.sum()} compounds, "
            f"{LABELLED_DRAWS} draws each: from {written(before)} to {written(after)}"
        )
    for folder in options.data:
        report_folder(similarity, folder)
    if not options.no_figure:
        draw(groups)


if __name__ == "__main__":
    main()
