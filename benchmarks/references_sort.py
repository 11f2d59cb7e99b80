"""What references add to sorting where two forms are hard to tell apart.

    python benchmarks/references_sort.py [--screens 30]

Screens of 40 patterns: 18 of a virtual crystal, 12 of a polytype of it, 10 of an unrelated form,
with three presets in turn. Each is sorted without references, and with one of each of the first
two, simulated in Bragg-Brentano geometry. Adjusted Rand indices with intervals (95 %) over screens.
"""

from __future__ import annotations

import argparse

import numpy as np
from calibrate_sorting import PRESETS, interval
from sklearn.metrics import adjusted_rand_score

from xrpdsim._support._progress import track
from xrpdsim._support._table import Table
from xrpdsim.simulation import polytype, simulate_patterns, virtual_crystal
from xrpdsim.sorting import FormClusterer

FIRST_SEED = 40_000
SIZES = (18, 12, 10)


def try_screen(seed: int) -> tuple[float, float, float]:
    """Return the index without references and with them, and how many patterns match right."""
    rng = np.random.RandomState(seed)
    while True:
        crystal = virtual_crystal(rng, two_theta_max=43.0)
        try:
            relative = polytype(
                crystal, correlation=rng.uniform(0.0, 0.5), strain=0.003, random_state=rng
            )
        except ValueError:  # no shift by halves keeps some of its lines
            continue
        break
    forms = [crystal, relative, virtual_crystal(rng, two_theta_max=43.0)]
    preset = PRESETS[seed % len(PRESETS)]
    X = np.concatenate(
        [
            simulate_patterns(lines, n, preset=preset, random_state=rng)
            for lines, n in zip(forms, SIZES, strict=True)
        ]
    )
    y = np.repeat(np.arange(3), SIZES)
    references = np.concatenate(
        [simulate_patterns(lines, preset="bragg-brentano", random_state=rng) for lines in forms[:2]]
    )
    without = FormClusterer().fit(X)
    found = FormClusterer().fit(X, references=references, reference_forms=["0", "1"])
    known = y < 2
    named = found.reference_matches_.probabilities[known].argmax(axis=1)
    return (
        float(adjusted_rand_score(y, without.labels_)),
        float(adjusted_rand_score(y, found.labels_)),
        float((named == y[known]).mean()),
    )


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--screens", type=int, default=30)
    options = parser.parse_args()
    seeds = range(FIRST_SEED, FIRST_SEED + options.screens)
    results = np.array([try_screen(seed) for seed in track(list(seeds), "screens")])
    rows = [("without references", results[:, 0]), ("with one of each form", results[:, 1])]
    rows += [
        ("difference", results[:, 1] - results[:, 0]),
        ("patterns matched right", results[:, 2]),
    ]
    print(Table.from_rows([{"": name, "mean": interval(values)} for name, values in rows]))


if __name__ == "__main__":
    main()
