"""Set what makes a pattern of a sorted screen a mixture, and check it.

    python benchmarks/calibrate_mixtures_in_screens.py [--screens 60] [--check]

Sorts simulated screens of two kinds, those of calibrate_sorting.py and hard ones of
simulated_screens.py with artefacts up to twice as strong, and prints the logistic regression of
xrpdsim/sorting/screens/searches/_mixture_evidence.py, its intercept moved to one mixture in ten;
and by kind and preset, for a range of least probabilities, how many pure patterns are called mixed
and how many mixtures are named right, with constants from other screens. With --check the
constants in force are tried on screens kept apart, and probabilities are compared with shares.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from calibrate_mixtures import reliability, weight_of_pure
from calibrate_sorting import screen_of
from compare_sorting import FIRST_HARD_SEED, FIRST_SEED
from numpy.typing import NDArray
from scipy.special import expit
from simulated_screens import simulate_screen
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from xrpdsim._support._table import Table
from xrpdsim.patterns import default_two_theta
from xrpdsim.sorting import Screen, sort_screen
from xrpdsim.sorting.screens.searches import _mixture_evidence, mixture_search

FIRST_TUNING_SEED = {"usual": 0, "hard": 40_000}
FIRST_CHECKED_SEED = {"usual": FIRST_SEED, "hard": FIRST_HARD_SEED}
LEAST = (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)


class Looked(NamedTuple):
    """A pattern that was looked at: where from, the truth, and what was found."""

    seed: int
    kind: str
    preset: str
    mixed: bool
    both_grouped: bool
    called: bool
    right: bool
    probability: float
    terms: NDArray[np.float64] | None


def patterns_of(kind: str, seed: int) -> tuple[NDArray[np.float64], NDArray[np.str_], str]:
    """Return patterns, forms and preset of a screen."""
    if kind == "usual":
        campaign = screen_of(seed, 300)
        return campaign.X, campaign.form.astype(str), campaign.parameters["preset"][0]
    screen = simulate_screen(seed, n_max=300, most_forms=7, strongest=2.0)
    return screen.X, screen.form, screen.preset


def looked_at(kind: str, seed: int) -> Iterator[Looked]:
    """Sort a screen, and yield what was found of each crystalline pattern."""
    X, form, preset = patterns_of(kind, seed)
    terms: list[NDArray[np.float64] | None] = []
    decide: Callable[..., mixture_search.Sum] = mixture_search.with_evidence

    def recorded(found: mixture_search.Sum, *fits: float) -> mixture_search.Sum:
        two = len(found.forms) > 1
        terms.append(_mixture_evidence.evidence_of(found, *fits).terms() if two else None)
        return decide(found, *fits)

    mixture_search.with_evidence = recorded
    try:
        files = [str(row) for row in range(len(form))]
        found = sort_screen(Screen(X, default_two_theta(X.shape[1]), files))
    finally:
        mixture_search.with_evidence = decide
    labels = found.clusterer.labels_
    most = {}
    for group, name in enumerate(found.group_names):
        names, n = np.unique(form[labels == group], return_counts=True)
        most[name] = str(names[n.argmax()])
    # each pattern is explained once, in this order
    for (row, each), of_row in zip(found.explanations.items(), terms, strict=True):
        if form[row] == "amorphous":
            continue
        parts = set(form[row].split(" + "))
        right = each.mixed and {most.get(name) for name in each.forms} == parts
        yield Looked(
            seed, kind, preset, len(parts) > 1, parts <= set(most.values()), each.mixed, right,
            each.probability, of_row,
        )  # fmt: skip


def tune(looked: list[Looked]) -> None:
    """Print constants, and what least probabilities would give."""
    called = [each for each in looked if each.terms is not None]
    terms = np.array([each.terms for each in called])
    mixed = np.array([each.mixed for each in called])
    shift = -np.log(weight_of_pure(share_mixed(looked)))
    intercept, slopes = fitted(terms, mixed)
    print(f"intercept {intercept + shift:.2f}, slopes {slopes.round(2).tolist()}")
    probability = np.empty(len(called))
    screens = [f"{each.kind} {each.seed}" for each in called]
    for rest, held_out in GroupKFold(6).split(terms, mixed, screens):
        intercept, slopes = fitted(terms[rest], mixed[rest])
        probability[held_out] = expit(intercept + shift + terms[held_out] @ slopes)
    pairs = zip(called, probability, strict=True)
    moved = [each._replace(probability=p) for each, p in pairs]
    moved += [each for each in looked if each.terms is None]
    for least in LEAST:
        print(f"\nleast probability {least}\n{rates(moved, least).to_markdown()}")


def share_mixed(looked: list[Looked]) -> float:
    """Return the share of mixtures among all patterns."""
    return float(np.mean([each.mixed for each in looked]))


def fitted(
    terms: NDArray[np.float64], mixed: NDArray[np.bool_]
) -> tuple[float, NDArray[np.float64]]:
    """Return intercept and slopes of a logistic regression."""
    mean, spread = terms.mean(axis=0), terms.std(axis=0)
    model = LogisticRegression(max_iter=5000).fit((terms - mean) / spread, mixed)
    slopes = model.coef_[0] / spread
    return float(model.intercept_[0] - slopes @ mean), slopes


def rates(looked: list[Looked], least: float) -> Table:
    """Return how many pure patterns are called mixed, and how many mixtures named right."""
    rows = []
    for kind, preset in sorted({(each.kind, each.preset) for each in looked}):
        some = [each for each in looked if (each.kind, each.preset) == (kind, preset)]
        pure = [each for each in some if not each.mixed]
        mixtures = [each for each in some if each.mixed and each.both_grouped]
        false = np.mean([each.called and each.probability >= least for each in pure])
        right = np.mean([each.right and each.probability >= least for each in mixtures])
        rows.append(
            {
                "screens": kind,
                "preset": preset,
                "pure": len(pure),
                "called mixed": f"{100 * false:.1f} %",
                "mixtures": len(mixtures),
                "named right": f"{100 * right:.1f} %",
            }
        )
    return Table.from_rows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, default=60)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if not options.check:
        _mixture_evidence.LEAST = 0.0
    first = FIRST_CHECKED_SEED if options.check else FIRST_TUNING_SEED
    looked = [
        each
        for kind, seed in first.items()
        for k in range(options.screens)
        for each in looked_at(kind, seed + k)
    ]
    if options.check:
        called = [each for each in looked if each.called]
        found = reliability(
            np.array([each.probability for each in called]),
            np.array([each.mixed for each in called]),
            share_mixed(looked),
        )
        print(f"{rates(looked, 0).to_markdown()}\n\n{found.to_markdown()}")
    else:
        tune(looked)


if __name__ == "__main__":
    main()
