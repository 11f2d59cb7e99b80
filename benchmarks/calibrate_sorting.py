"""Find the constants of xrpdsim.sorting on simulated screens of virtual compounds.

    python benchmarks/calibrate_sorting.py [--screens 60]

Prints the sigmoids of ScreeningSimilarity and of Pearson's correlation (screening.py in
xrpdsim/similarity); the mean adjusted Rand index with the shipped similarity for values of
min_probability and priors, which are kept as they are, and for what joins larger groups
(grouping/joining.py), with how many forms that were seen once are lost by that; the bounds that
separate amorphous from crystalline patterns (flags.py); and how many mixtures are found for a range
of gains (mixtures.py). Seeds below 1000 are used here; figures are reported on others
(compare_sorting.py, compare_matching.py).
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from xrpdsim import CorrelationSimilarity
from xrpdsim._support._table import Table
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.similarity import ScreeningSimilarity, similarity_by_name
from xrpdsim.similarity.named import DEFAULT_MODEL
from xrpdsim.similarity.probability import SigmoidCalibrator, estimate_prior, shift_prior
from xrpdsim.sorting import FormClusterer, MixtureExplainer, flag_patterns
from xrpdsim.sorting.grouping import average_linkage, cut, joining

PRESETS = ("transmission", "bragg-brentano", "transmission", "bragg-brentano", "well-plate")
AMORPHOUS_SHARE = 0.06
MIXTURE_SHARE = 0.08
REFERENCES_A_FORM = 3


def screen_of(seed: int, n_max: int = 300) -> Any:
    """One compound in 1 to 8 forms, 30 to `n_max` patterns, amorphous and mixed ones among them."""
    rng = np.random.RandomState(seed)
    n_forms = rng.randint(1, 9)
    n_patterns = int(np.exp(rng.uniform(np.log(max(30, 4 * n_forms)), np.log(n_max))))
    return make_screening_campaign(
        1,
        n_forms,
        n_patterns,
        preset=PRESETS[seed % len(PRESETS)],
        amorphous_share=AMORPHOUS_SHARE,
        mixture_share=MIXTURE_SHARE if n_forms > 1 else 0,
        random_state=seed,
    )


def mixtures_of(seed: int) -> Any:
    """One compound in 2 to 8 forms, 30 % of the patterns mixtures with 20 to 80 % of the second."""
    n_forms = np.random.RandomState(seed).randint(2, 9)
    return make_screening_campaign(
        1,
        n_forms,
        14 * n_forms,
        preset=PRESETS[seed % len(PRESETS)],
        mixture_share=0.3,
        mixture_range=(0.2, 0.8),
        random_state=seed,
    )


def is_pure(forms: NDArray[Any]) -> NDArray[np.bool_]:
    """Which patterns are of one crystalline form."""
    return np.array([form != "amorphous" and "+" not in form for form in forms])


def interval(values: list[float], n_resamples: int = 2000) -> str:
    """Mean and 95 % interval, by resampling compounds."""
    values_ = np.array(values)
    rng = np.random.default_rng(0)
    means = values_[rng.integers(0, len(values_), (n_resamples, len(values_)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{values_.mean():.3f} ({low:.3f} to {high:.3f})"


def pair_scores(
    screens: list[Any], measure: Callable[[], Any]
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Scores of the pairs of pure patterns within each screen, same and different, sorted."""
    same, different = [], []
    for screen in screens:
        pure = is_pure(screen.form)
        X, form = screen.X[pure], screen.form[pure]
        scores = measure().fit(X).pairwise(X)
        upper = np.triu_indices(len(form), k=1)
        equal = (form[:, None] == form)[upper]
        scores = scores[upper]
        known = ~np.isnan(scores)
        same.append(scores[equal & known])
        different.append(scores[~equal & known])
    return np.sort(np.concatenate(same)), np.sort(np.concatenate(different))


def explained(seed: int, n_references: int) -> list[tuple[bool, bool, float]]:
    """Whether mixed, whether the right forms were found, and the gain, for each pattern."""
    screen = mixtures_of(seed)
    rng = np.random.RandomState(seed)
    form = screen.form.astype(str)
    references: list[int] = []
    for name in np.unique(form[is_pure(form)]):
        rows = rng.permutation(np.flatnonzero(form == name))
        references += rows[: min(n_references, len(rows) - 1)].tolist()
    others = np.setdiff1d(np.arange(len(form)), references)
    explainer = MixtureExplainer(min_gain=0).fit(screen.X[references], form[references])
    return [
        ("+" in form[row], set(found.forms) == set(form[row].split(" + ")), found.gain)
        for row, found in zip(others, explainer.explain(screen.X[others]), strict=True)
    ]


def least_probabilities_of_the_default(screens: list[Any]) -> Table:
    """Mean adjusted Rand index of FormClusterer, by min_probability and by prior."""
    least = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
    measure = similarity_by_name(DEFAULT_MODEL)
    learnt = measure.prior_
    found: dict[str, list[list[float]]] = {}
    for screen in screens:
        pure = is_pure(screen.form)
        form = screen.form[pure].astype(str)
        rows = np.flatnonzero(~flag_patterns(screen.X).amorphous)
        probability = np.nan_to_num(measure.pairwise_proba(screen.X[rows]))
        upper = probability[np.triu_indices(len(rows), 1)]
        priors = {"learnt": learnt, "0.1": 0.1, "0.3": 0.3, "0.7": 0.7, "0.9": 0.9}
        priors["estimated"] = estimate_prior(upper, learnt)
        for name, prior in priors.items():
            tree = average_linkage(shift_prior(probability, learnt, prior))
            values = []
            for min_probability in least:
                labels = np.full(len(screen.X), -1)
                labels[rows] = cut(tree, min_probability)
                values.append(adjusted_rand_score(form, labels[pure]))
            found.setdefault(name, []).append(values)
    rows_ = []
    for name, values in found.items():
        means = np.mean(values, axis=0)
        by_least = {str(p): f"{m:.3f}" for p, m in zip(least, means, strict=True)}
        rows_.append({"prior": name, **by_least})
    return Table.from_rows(rows_)


def small_groups_of_the_default(screens: list[Any]) -> Table:
    """Mean adjusted Rand index by which groups join larger ones, at which part of min_probability.

    Screens of one form count apart: there the index is 0 as soon as one pattern stands outside.
    """
    measure = similarity_by_name(DEFAULT_MODEL)
    matrices = []
    for screen in screens:
        rows = np.flatnonzero(~flag_patterns(screen.X).amorphous)
        matrices.append((rows, np.nan_to_num(measure.pairwise_proba(screen.X[rows]))))
    kept = joining.SMALL, joining.FOR_SMALL_GROUPS
    rows_ = []
    for small, part in (
        (1, 1.0),
        (1, 0.8),
        (1, 0.6),
        (1, 0.4),
        (2, 0.8),
        (2, 0.6),
        (2, 0.4),
        (3, 0.6),
    ):
        joining.SMALL, joining.FOR_SMALL_GROUPS = small, part
        several, one = [], []
        for screen, (rows, probability) in zip(screens, matrices, strict=True):
            pure = is_pure(screen.form)
            labels = np.full(len(screen.X), -1)
            labels[rows] = FormClusterer("precomputed").fit_predict(probability)
            index = adjusted_rand_score(screen.form[pure].astype(str), labels[pure])
            (one if len(np.unique(screen.form[pure].astype(str))) == 1 else several).append(index)
        rows_.append(
            {
                "patterns": f"up to {small}",
                "part of the probability": part,
                "several forms": f"{np.mean(several):.3f}" if several else "",
                "one form": f"{np.mean(one):.3f}" if one else "",
            }
        )
    joining.SMALL, joining.FOR_SMALL_GROUPS = kept
    return Table.from_rows(rows_)


def forms_seen_once(screens: list[Any]) -> Table:
    """Share of forms measured once that end up in a group of another form.

    All patterns of a form but one are taken away, three forms a screen; the price of letting small
    groups join larger ones readily.
    """
    measure = similarity_by_name(DEFAULT_MODEL)
    rng = np.random.default_rng(0)
    left_over = []
    for screen in screens:
        rows = np.flatnonzero(~flag_patterns(screen.X).amorphous)
        form = screen.form[rows].astype(str)
        forms = np.unique(form[is_pure(form)])
        if len(forms) < 2:
            continue
        probability = np.nan_to_num(measure.pairwise_proba(screen.X[rows]))
        for name in rng.permutation(forms)[:3]:
            others = np.flatnonzero([name not in each.split(" + ") for each in form])
            kept = np.append(others, rng.choice(np.flatnonzero(form == name)))
            left_over.append(probability[np.ix_(kept, kept)])
    before = joining.FOR_SMALL_GROUPS
    rows_ = []
    for part in (1.0, 0.6, 0.3):
        joining.FOR_SMALL_GROUPS = part
        lost = [FormClusterer("precomputed").fit_predict(each)[-1] >= 0 for each in left_over]
        row = {"part of the probability": part, "forms": len(lost)}
        rows_.append({**row, "in another's group": f"{np.mean(lost):.3f}"})
    joining.FOR_SMALL_GROUPS = before
    return Table.from_rows(rows_)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, default=60)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    screens = [screen_of(seed) for seed in range(options.screens)]
    for name, measure in (
        ("ScreeningSimilarity", ScreeningSimilarity),
        ("Pearson", lambda: CorrelationSimilarity(overlap="nan")),
    ):
        same, different = pair_scores(screens, measure)
        found = SigmoidCalibrator.from_scores(same, different)
        print(
            f"{name}: slope {found.slope:.1f}, intercept {found.intercept:.1f}, middle "
            f"{-found.intercept / found.slope:.3f} ({len(same)} same, {len(different)} different)"
        )

    print(f"{DEFAULT_MODEL}:\n{least_probabilities_of_the_default(screens).to_markdown()}")
    first_forms = (np.random.RandomState(seed).randint(1, 9) for seed in range(100, 300))
    one_form = [screen_of(100 + k, 500) for k, n in enumerate(first_forms) if n == 1]
    print(small_groups_of_the_default(screens + one_form).to_markdown())
    print(forms_seen_once(screens).to_markdown())
    form = np.concatenate([screen.form for screen in screens])
    flags = [flag_patterns(screen.X) for screen in screens]
    share = np.concatenate([found.line_share for found in flags])
    amorphous = form == "amorphous"
    for bound in (0.25, 0.28, 0.30, 0.32, 0.35):
        print(
            f"line share {bound:.2f}: amorphous found {(share[amorphous] < bound).mean():.3f}, "
            f"crystalline called amorphous {(share[~amorphous] < bound).mean():.4f}"
        )

    for n_references in (1, REFERENCES_A_FORM):
        rows = [
            row for seed in range(options.screens // 2) for row in explained(seed, n_references)
        ]
        mixed, right, gain = (np.array(column) for column in zip(*rows, strict=True))
        for bound in (0.10, 0.125, 0.15, 0.175, 0.20):
            print(
                f"{n_references} reference(s) a form, gain {bound:.3f}: mixtures named "
                f"{(right & (gain >= bound))[mixed].mean():.3f} of {mixed.sum()}, "
                f"pure called mixed {(gain >= bound)[~mixed].mean():.3f} of {(~mixed).sum()}"
            )


if __name__ == "__main__":
    main()
