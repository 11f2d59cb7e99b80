"""What corrections do for sorting, by the two settings of `Adaptation`.

    python benchmarks/correcting.py [--screens 90] [--similarity organic-1 pearson]

Simulated screens of one compound in two to six forms, 30 to 90 patterns, half of them hard (plates,
few grains, strained lattices), sorted by FormClusterer. Then pairs are judged: pairs that the
sorting got wrong ("errors"), pairs drawn at random ("random"), or all pairs among patterns drawn at
random ("names"). Probabilities adapt to them as to corrections, as `adapt` does, or not at all; the
pairs themselves are kept in every case. Prints the mean adjusted Rand index and Brier score of all
pairs, with paired differences from corrections and their 95 % intervals by resampling screens.
CORRECTIONS_SPREAD in xrpdsim/similarity/probability/adaptation.py rests on it.
"""

from __future__ import annotations

import argparse
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from xrpdsim._support._table import Table
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.similarity import similarity_by_name
from xrpdsim.similarity.probability import Adaptation, JudgedPairs
from xrpdsim.simulation import LogNormal, LogUniform, get_conditions
from xrpdsim.sorting import FormClusterer
from xrpdsim.sorting.grouping import average_linkage, cut

HARD = get_conditions("bragg-brentano").replace(
    march_r=LogNormal(0.7, 0.4), cell_strain=LogUniform(0.003, 0.012), grains=LogUniform(20, 500)
)
PRESETS = ("transmission", "bragg-brentano", "well-plate", HARD, HARD, HARD)
FIRST_SEED = 61_000
BUDGETS = (1, 3, 6, 12)
WAYS = ("corrections", "adapt", "none")


def screen_of(number: int) -> tuple[NDArray[np.floating], NDArray[Any]]:
    """Pure patterns of one compound, and their forms."""
    rng = np.random.RandomState(number)
    n_forms, n_patterns = rng.randint(2, 7), int(rng.uniform(30, 90))
    screen: Any = make_screening_campaign(
        1,
        n_forms,
        n_patterns,
        preset=PRESETS[number % len(PRESETS)],
        mixture_share=0.05,
        solvate_share=0.3,
        random_state=FIRST_SEED + number,
    )
    form = screen.form.astype(str)
    pure = np.array([name != "amorphous" and "+" not in name for name in form])
    return screen.X[pure], form[pure]


def without_single_patterns(labels: NDArray[np.intp]) -> NDArray[np.intp]:
    """Give each pattern that is alone a group of its own."""
    labels, alone = labels.copy(), labels < 0
    labels[alone] = labels.max(initial=-1) + 1 + np.arange(alone.sum())
    return labels


def judged_pairs(
    kind: str, n: int, same: NDArray[np.bool_], wrong: NDArray[np.intp], rng: Any
) -> JudgedPairs | None:
    """Draw what somebody says about a screen; None if there is nothing to say."""
    n_patterns = len(same)
    if kind == "names":
        rows = np.sort(rng.permutation(n_patterns)[:n])
        pairs = rows[np.column_stack(np.triu_indices(len(rows), 1))]
    else:
        pool = wrong if kind == "errors" else np.column_stack(np.triu_indices(n_patterns, 1))
        pairs = pool[rng.permutation(len(pool))[:n]]
    if not len(pairs):
        return None
    answers = same[pairs[:, 0], pairs[:, 1]]
    return JudgedPairs.from_relations(pairs[answers], pairs[~answers], n_patterns)


def sorted_by(
    probability: NDArray[np.float64], judged: JudgedPairs, way: str
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return groups of a screen whose judged pairs are kept, and the adapted probabilities."""
    if way != "none":
        first, second = judged.pairs.T
        weighed = judged if way == "corrections" else JudgedPairs(judged.pairs, judged.same)
        known = probability[first, second]
        adaptation = Adaptation(known, weighed, corrections=way == "corrections")
        probability = adaptation.probabilities(probability)
    tree = average_linkage(probability, judged.same_pairs, judged.different_pairs)
    return cut(tree, 0.5), probability


def figures(number: int, measure: Any) -> dict[tuple[str, int, str], tuple[float, float]]:
    """Return adjusted Rand index and Brier score, by what was judged and how it counts."""
    X, form = screen_of(number)
    same = form[:, None] == form
    upper = np.triu_indices(len(form), 1)
    probability = np.nan_to_num(measure.pairwise_proba(X))
    probability = (probability + probability.T) / 2
    groups = without_single_patterns(FormClusterer("precomputed").fit(probability).labels_)
    wrong = np.argwhere(np.triu((groups[:, None] == groups) != same, 1))
    found = {}
    for kind in ("errors", "random", "names"):
        for n in BUDGETS:
            judged = judged_pairs(kind, n, same, wrong, np.random.RandomState(1000 * number + n))
            if judged is None:
                continue
            for way in WAYS:
                labels, adapted = sorted_by(probability, judged, way)
                rand = adjusted_rand_score(form, without_single_patterns(labels))
                brier = float(np.mean((adapted[upper] - same[upper]) ** 2))
                found[kind, n, way] = rand, brier
    return found


def with_interval(values: NDArray[np.float64]) -> str:
    """Mean, and 95 % interval by resampling screens."""
    rng = np.random.default_rng(0)
    n = len(values)
    means = rng.multinomial(n, np.full(n, 1 / n), size=2000) @ values / n
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{values.mean():+.3f} ({low:+.3f} to {high:+.3f})"


def report(name: str, of_screens: list[dict[tuple[str, int, str], tuple[float, float]]]) -> None:
    """Print a table for one measure."""
    rows = []
    for kind in ("errors", "random", "names"):
        for n in BUDGETS:
            there = [found for found in of_screens if (kind, n, "none") in found]
            if not there:
                continue
            of_way = {way: np.array([found[kind, n, way] for found in there]) for way in WAYS}
            row: dict[str, Any] = {"judged": kind, "n": n, "screens": len(there)}
            for column, figure in enumerate(("Rand", "Brier")):
                for way in WAYS:
                    row[f"{figure}, {way}"] = f"{of_way[way][:, column].mean():.3f}"
                difference = (of_way["adapt"] - of_way["corrections"])[:, column]
                row[f"{figure}, adapt - corrections"] = with_interval(difference)
            rows.append(row)
    print(f"\n{name}\n\n{Table.from_rows(rows).to_markdown()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, default=90)
    parser.add_argument("--similarity", nargs="*", default=["organic-1", "pearson"])
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    for name in options.similarity:
        measure = similarity_by_name(name)
        report(name, [figures(number, measure) for number in range(options.screens)])


if __name__ == "__main__":
    main()
