"""Speed and memory of pair scores, each as a ratio to the bare product Z @ Z.T of the same run.

    python benchmarks/pairs.py             all of it, some minutes
    python benchmarks/pairs.py --folds 8   the folds of the paper's protocol shortened
    python benchmarks/pairs.py --folds 0   only what costs more than products, for 500 patterns

One core, seconds of the processor, so that neighbours on the machine do not count; the campaign is
simulated and paper-sized. What a comparison takes is extrapolated from
the number of pairs it was given, which the table says. dtaidistance is optional.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.signal import correlate
from scipy.spatial.distance import pdist
from sklearn.pipeline import make_pipeline

from xrpdsim import (
    CorrelationSimilarity,
    DeGelderSimilarity,
    EuclideanSimilarity,
    LeaveTwoGroupsOut,
    pair_scoring,
)
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


def run_folds(measure: object, X: np.ndarray, y: np.ndarray, n_folds: int) -> float:
    """Return what the folds cost in products; one is timed after each fold, on the same machine."""
    estimator = make_pipeline(PatternNormalizer(), measure)
    folds, products = [], []
    for train, test in LeaveTwoGroupsOut(max_splits=n_folds).split(X, y):
        begin = time.process_time()
        estimator.fit(X[train], y[train])
        pair_scoring(estimator, X[test], y[test])
        folds.append(time.process_time() - begin)
        begin = time.process_time()
        X @ X.T
        products.append(time.process_time() - begin)
    return float(np.sum(folds) / np.mean(products))


_MEMORY_SCRIPT = """
import pathlib, re, sys
sys.path.insert(0, sys.argv[1])
from pairs import *  # the imports
def peak():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) / 1024
imports = peak()
campaign = make_screening_campaign(random_state=0)
for measure in (EuclideanSimilarity(), DeGelderSimilarity(0.195)):
    run_folds(measure, campaign.X.astype(np.float32), campaign.y, int(sys.argv[2]))
print(peak() - imports)
"""


def memory_of_folds(n_folds: int) -> float:
    """Return the peak over the imports, in MB, of a fresh process that runs folds of both rows."""
    result = subprocess.run(
        [sys.executable, "-c", _MEMORY_SCRIPT, str(Path(__file__).parent), str(n_folds)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(result.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folds", type=int, default=120)
    n_folds = parser.parse_args().folds

    campaign = make_screening_campaign(random_state=0)
    measured = campaign.X.astype(np.float32)
    X = PatternNormalizer().fit_transform(measured)
    costly_cases(X)
    if not n_folds:
        return
    n_pairs = n_condensed(len(X))
    product = best_of(lambda: X @ X.T, 5)
    rows = []

    def report(what: str, seconds: float, bound: str, given: int = n_pairs) -> None:
        ratio = seconds * n_pairs / given / product
        rows.append({"what": what, "product": f"{ratio:.2f} x", "bound": bound, "pairs": given})
        print(f"{what}: {ratio:.2f} x", flush=True)

    degelder = DeGelderSimilarity(0.6).fit(X)
    report("de Gelder, all pairs", best_of(lambda: degelder.decision_function(X)), "2 x")
    cut = cut_at_random(X)
    report(
        "de Gelder, every scan cut differently",
        best_of(lambda: degelder.decision_function(cut)),
        "4 x",
    )
    for name, measure in {
        "naive": EuclideanSimilarity(),
        "de Gelder, 0.6 degrees": DeGelderSimilarity(0.6),
        # 9.75 steps: two smoothings side by side, so twice the product
        "de Gelder, 0.195 degrees": DeGelderSimilarity(0.195),
    }.items():
        ratio = run_folds(measure, measured, campaign.y, n_folds)
        report(f"{name}, {n_folds} folds", ratio * product, f"{300 * n_folds // 120} x")

    doubles = X[:600].astype(np.float64)
    given = n_condensed(len(doubles))
    report("SciPy pdist (Euclidean)", best_of(lambda: pdist(doubles), 1), "", given)
    few = doubles[:12]
    loop = best_of(
        lambda: [degelder_by_definition(f, g, 0.6) for i, f in enumerate(few) for g in few[:i]], 1
    )
    report("de Gelder, double loop of the formula", loop, "", n_condensed(len(few)))
    try:
        from dtaidistance import dtw
    except ImportError:
        print("dtaidistance is not installed: left out")
    else:
        band = round(0.6 / STEP)
        seconds = best_of(lambda: dtw.distance_matrix_fast(few, window=band, parallel=False), 1)
        report(f"dtaidistance, band of {band} points (C)", seconds, "", n_condensed(len(few)))
    print(f"\nproduct: {product:.3f} s\n{Table.from_rows(rows)}")
    megabytes = memory_of_folds(n_folds)
    print(f"peak of {n_folds} folds of both rows over the imports: {megabytes:.0f} MB (bound 2000)")


if __name__ == "__main__":
    main()
