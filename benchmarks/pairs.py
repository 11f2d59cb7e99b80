"""Pairs that cost more than a product of matrices, and what other ways to compare them cost.

    python benchmarks/pairs.py

One core, seconds of the processor, so that neighbours on the machine do not count; the campaign is
simulated and as large as the paper's. What a comparison takes is extrapolated from the number of
pairs it was given, which the table says. dtaidistance is optional. `make performance` watches over
what the library's own measures take.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import time
from collections.abc import Callable

import numpy as np
from scipy.signal import correlate
from scipy.spatial.distance import pdist

from xrpdsim import CorrelationSimilarity, DeGelderSimilarity, EuclideanSimilarity
from xrpdsim._support._table import Table
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.patterns.pairs import n_condensed
from xrpdsim.preprocessing import PatternNormalizer

STEP = 0.02


def best_of(function: Callable[[], object], repeats: int = 3) -> float:
    seconds = []
    for _ in range(repeats):
        begin = time.process_time()
        function()
        seconds.append(time.process_time() - begin)
    return min(seconds)


def degelder_by_definition(f: np.ndarray, g: np.ndarray, width: float) -> float:
    def weighted(a: np.ndarray, b: np.ndarray) -> float:
        shifts = np.arange(-len(b) + 1, len(a)) * STEP
        return float((np.clip(1 - np.abs(shifts) / width, 0, None) * correlate(a, b)).sum())

    return weighted(f, g) / np.sqrt(weighted(f, f) * weighted(g, g))


def cut_at_random(X: np.ndarray) -> np.ndarray:
    """Cut every scan at both ends, no two alike: starts at 3 to 8, ends at 30 to 42 degrees."""
    random = np.random.default_rng(0)
    cut = X.copy()
    for row, (start, end) in enumerate(
        zip(random.integers(0, 250, len(X)), random.integers(1350, 1950, len(X)), strict=True)
    ):
        cut[row, :start] = np.nan
        cut[row, end:] = np.nan
    return cut


def costly_cases(X: np.ndarray) -> None:
    """Print what costs more than products do, and the same measure where it does not."""
    X = X[:500]
    cut = cut_at_random(X)
    alike = 10 + X[:1] + 1e-3 * X
    rows = []
    for what, measure, patterns in (
        ("Euclid, float64", EuclideanSimilarity(), X.astype(np.float64)),
        (
            "Euclid, float64, all pairs nearly equal",
            EuclideanSimilarity(),
            alike.astype(np.float64),
        ),
        ("Euclid, float32, all pairs nearly equal", EuclideanSimilarity(), alike),
        ("Pearson", CorrelationSimilarity(), X),
        ("Pearson, every scan cut differently", CorrelationSimilarity(), cut),
        ("Spearman", CorrelationSimilarity("spearman"), X),
        ("Spearman, every scan cut differently", CorrelationSimilarity("spearman"), cut),
    ):
        measure.fit(patterns)
        seconds = best_of(lambda m=measure, p=patterns: m.decision_function(p), 2)
        rows.append({"500 patterns": what, "seconds": f"{seconds:.2f}"})
    print(Table.from_rows(rows))


def main() -> None:
    measured = make_screening_campaign(random_state=0).X.astype(np.float32)
    X = PatternNormalizer().fit_transform(measured)
    costly_cases(X)
    n_pairs = n_condensed(len(X))
    product = best_of(lambda: X @ X.T, 5)
    degelder = DeGelderSimilarity(0.6).fit(X)
    doubles = X[:600].astype(np.float64)
    few = doubles[:12]
    rows = []

    def report(what: str, seconds: float, given: int = n_pairs) -> None:
        ratio = seconds * n_pairs / given / product
        rows.append({"what": what, "products": f"{ratio:.3g}", "pairs": given})

    report("de Gelder", best_of(lambda: degelder.decision_function(X)))
    report("SciPy's pdist, Euclidean", best_of(lambda: pdist(doubles), 1), n_condensed(600))
    loop = best_of(
        lambda: [degelder_by_definition(f, g, 0.6) for i, f in enumerate(few) for g in few[:i]], 1
    )
    report("de Gelder, double loop of the formula", loop, n_condensed(len(few)))
    try:
        from dtaidistance import dtw
    except ImportError:
        print("dtaidistance is not installed: left out")
    else:
        band = round(0.6 / STEP)
        seconds = best_of(lambda: dtw.distance_matrix_fast(few, window=band, parallel=False), 1)
        report(f"dtaidistance, band of {band} points (C)", seconds, n_condensed(len(few)))
    print(f"\nproduct: {product:.3f} s\n{Table.from_rows(rows)}")


if __name__ == "__main__":
    main()
