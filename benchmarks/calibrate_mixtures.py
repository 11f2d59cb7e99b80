"""Set the probabilities of mixtures and the errors of their shares, and check both.

    python benchmarks/calibrate_mixtures.py [--screens 30]

On simulated screens of 2 to 8 forms (30 % mixtures with 20 to 80 % of the second form), each
explained with one and with three references a form, prints the constants of
xrpdsim/sorting/_sums_of_forms.py: the logistic regression on the logarithms of gain and of what is
unexplained, its intercept moved to one mixture in ten; and what least squares say of
the shares against their true errors. Then, on screens kept apart, with the constants in force: how
many of the patterns called mixed are, by probability, and how many shares lie within one and two of
their errors.
"""

from __future__ import annotations

import argparse
import warnings
from typing import NamedTuple

import numpy as np
from calibrate_sorting import is_pure, mixtures_of
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from xrpdsim._support._table import Table
from xrpdsim.sorting import MixtureExplainer, _sums_of_forms

FIRST_TUNING_SEED, FIRST_SEED = 500, 7000
EXPECTED_SHARE = 0.1
SIMULATED_SHARE = 0.3


class Call(NamedTuple):
    """A pattern that was explained by two forms, and the truth."""

    mixed: bool
    named: bool
    gain: float
    unexplained: float
    probability: float
    error: float
    off: float


def calls_of(seed: int, n_references: int, explainer: MixtureExplainer) -> list[Call]:
    """Explain the patterns of a screen; those explained by one form alone are left out."""
    screen = mixtures_of(seed)
    rng = np.random.RandomState(seed)
    form = screen.form.astype(str)
    references: list[int] = []
    for name in np.unique(form[is_pure(form)]):
        rows = rng.permutation(np.flatnonzero(form == name))
        references += rows[: min(n_references, len(rows) - 1)].tolist()
    others = np.setdiff1d(np.arange(len(form)), references)
    explainer = explainer.fit(screen.X[references], form[references])
    calls = []
    for row, found in zip(others, explainer.explain(screen.X[others]), strict=True):
        if not found.mixed:
            continue
        parts = form[row].split(" + ")
        named = set(found.forms) == set(parts)
        off = np.nan
        if named:
            share = dict(zip(found.forms, found.shares, strict=True))[parts[1]]
            off = share - screen.parameters["second_share"][row]
        calls.append(
            Call(
                len(parts) > 1, named, found.gain, found.unexplained,
                found.probability, found.share_error, off,
            )
        )  # fmt: skip
    return calls


def tune(calls: list[Call]) -> None:
    """Print the constants."""
    mixed = np.array([call.mixed for call in calls])
    terms = np.log(np.maximum([(c.gain, c.unexplained) for c in calls], _sums_of_forms._TINY))
    model = LogisticRegression(C=100.0).fit(terms, mixed)
    intercept = model.intercept_[0] - np.log(weight_of_pure(mixed.mean()))
    print(f"slopes {model.coef_[0].round(2).tolist()}, intercept {intercept:.2f}")
    named = [call for call in calls if call.named]
    off = np.abs([call.off for call in named])
    floor, scale = _sums_of_forms._SHARE_FLOOR, _sums_of_forms._SHARE_SCALE
    formal = np.sqrt(np.maximum(np.square([c.error for c in named]) - floor**2, 0)) / scale
    for low in (0.01, 0.02, 0.03):
        for factor in np.geomspace(0.02, 1.0, 40):
            within = (off <= np.hypot(factor * formal, low)).mean()
            if within >= 0.683:
                twice = (off <= 2 * np.hypot(factor * formal, low)).mean()
                print(f"floor {low}: scale {factor:.3f}, within two errors {twice:.3f}")
                break


def check(calls: list[Call]) -> None:
    """Print how far probabilities and errors hold."""
    probability = np.array([call.probability for call in calls])
    mixed = np.array([call.mixed for call in calls])
    print(reliability(probability, mixed, SIMULATED_SHARE).to_markdown())
    named = [call for call in calls if call.named]
    off = np.abs([call.off for call in named])
    error = np.array([call.error for call in named])
    print(
        f"shares of {len(named)} named mixtures: off by {off.mean():.3f} in the mean, within their "
        f"error {(off <= error).mean():.3f}, within twice {(off <= 2 * error).mean():.3f}"
    )


def weight_of_pure(share: float) -> float:
    """Return what a pure pattern counts where a share is mixed, as if one in ten were."""
    return float((1 - EXPECTED_SHARE) / EXPECTED_SHARE * share / (1 - share))


def reliability(
    probability: NDArray[np.float64], mixed: NDArray[np.bool_], share_mixed: float
) -> Table:
    """Return how many calls are mixtures, by probability, as if one pattern in ten were one.

    Parameters
    ----------
    probability, mixed : ndarray of shape (n_calls,)
    share_mixed : float
        Of all patterns, those that were not called among them.

    Returns
    -------
    Table
    """
    weight = np.where(mixed, 1.0, weight_of_pure(share_mixed))
    rows = []
    for low, high in ((0, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 1.01)):
        inside = (probability >= low) & (probability < high)
        if inside.any():
            share = np.average(mixed[inside], weights=weight[inside])
            mean = np.average(probability[inside], weights=weight[inside])
            rows.append(
                {
                    "probability": f"{low} to {min(high, 1)}",
                    "called": int(inside.sum()),
                    "mean probability": f"{mean:.2f}",
                    "mixed, of one in ten": f"{share:.2f}",
                }
            )
    return Table.from_rows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, default=30)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    seeds = range(options.screens)
    loose = MixtureExplainer(min_gain=0, min_share=0, max_unexplained=1)
    tune([c for k in seeds for n in (1, 3) for c in calls_of(FIRST_TUNING_SEED + k, n, loose)])
    shipped = MixtureExplainer()
    for n_references in (1, 3):
        print(f"\n{n_references} reference(s) a form")
        check([c for k in seeds for c in calls_of(FIRST_SEED + k, n_references, shipped)])


if __name__ == "__main__":
    main()
