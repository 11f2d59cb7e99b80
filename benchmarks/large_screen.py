"""Time and memory of sorting a screen too large for a matrix of all pairs.

    python benchmarks/large_screen.py [--patterns 100000] [--different 2000] [--report FOLDER]

Simulates some different patterns of a few compounds, amorphous and mixed ones among them, and makes
many of each, counted again and shifted by up to 0.04 degrees. Prints processor time and the largest
memory of sorting, and how well the groups agree with the forms; with --report of flags, sorting and
mixtures, and of table and report, which are written there.
"""

from __future__ import annotations

import argparse
import resource
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from calibrate_sorting import is_pure
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from xrpdsim.datasets import make_screening_campaign
from xrpdsim.inspection import write_report
from xrpdsim.sorting import FormClusterer, Screen, sort_screen


def many_like(X: NDArray[Any], rows: NDArray[np.intp], rng: np.random.Generator) -> NDArray[Any]:
    """Patterns counted again, each at a small shift of its own."""
    shifts = rng.integers(-2, 3, len(rows))
    made = np.empty((len(rows), X.shape[1]), dtype=np.float32)
    for place, (row, shift) in enumerate(zip(rows, shifts, strict=True)):
        pattern = X[row]
        moved = np.full_like(pattern, np.nan)
        start, end = max(0, shift), len(pattern) + min(0, shift)
        moved[start:end] = pattern[start - shift : end - shift]
        measured = ~np.isnan(moved)
        made[place, measured] = rng.poisson(np.maximum(moved[measured], 0))
        made[place, ~measured] = np.nan
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patterns", type=int, default=100_000)
    parser.add_argument("--different", type=int, default=2000)
    parser.add_argument("--compounds", type=int, default=5)
    parser.add_argument("--report", metavar="FOLDER")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    campaign = make_screening_campaign(
        options.compounds, 4 * options.compounds, options.different, preset="bragg-brentano",
        amorphous_share=0.05, mixture_share=0.05, random_state=0,
    )  # fmt: skip
    rng = np.random.default_rng(0)
    rows = rng.integers(0, options.different, options.patterns)
    X = many_like(campaign.X, rows, rng)
    truth = np.array([f"{c}: {f}" for c, f in campaign.y])[rows]
    pure = is_pure(campaign.form[rows])
    memory(f"{options.patterns} patterns made")

    files = [f"{row:06d}.xy" for row in range(len(X))]
    hashes = [f"{row:064x}" for row in range(len(X))]
    start = time.process_time()
    if options.report:
        found = sort_screen(Screen(X, campaign.two_theta, files, "large", hashes))
        clusterer, what = found.clusterer, "sorted, with flags and mixtures,"
    else:
        clusterer, what = FormClusterer().fit(X), "sorted"
    memory(f"{what} in {time.process_time() - start:.0f} s of processor time")
    index = adjusted_rand_score(truth[pure], clusterer.labels_[pure])
    print(
        f"by {clusterer.similarity_name_}: {len(clusterer.typical_indices_)} groups, "
        f"{(clusterer.labels_ < 0).sum()} patterns in none, {clusterer.amorphous_.sum()} "
        f"amorphous; adjusted Rand index over pure crystalline ones {index:.4f}"
    )
    if options.report:
        start = time.process_time()
        page = Path(options.report) / "report.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        write_report(found, page)
        (Path(options.report) / "forms.csv").write_text(found.table().to_csv(), encoding="utf-8")
        memory(
            f"table and report took {time.process_time() - start:.0f} s; the page has "
            f"{page.stat().st_size / 1e6:.1f} MB"
        )


def memory(what: str) -> None:
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{what}; largest memory so far {largest:.2f} GiB", flush=True)


if __name__ == "__main__":
    main()
