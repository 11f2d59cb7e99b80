"""How many different forms a trained similarity needs, de Gelder's measure the line to cross.

Networks are trained on simulated campaigns with more and more forms, and about as many patterns in
all; each form of the smallest campaign was measured hundreds of times, each of the largest four
times. All train for as many steps, and are compared on compounds that nobody trained on.

    python benchmarks/learning_curve.py STRUCTURES [--forms 16 50 150 500 1500 5000]

STRUCTURES is a folder with CIFs and a labels.csv. Rows go to docs/figures/learning_curve.csv as
they come, and the picture beside it is drawn again; `--draw` does only that.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline

from xrpdsim import DeGelderSimilarity, PairwisePhaseClassifier, SiameseXRPDEmbedder
from xrpdsim._support._files import write_atomically
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.preprocessing import PatternNormalizer
from xrpdsim.recipes.classical_tunings import classical_scores
from xrpdsim.recipes.figures_of_merit import ResampledPairs, interval
from xrpdsim.recipes.labelled_patterns import LabelledPatterns, together
from xrpdsim.recipes.report_sets import structure_patterns
from xrpdsim.recipes.simulated_sets import PRESETS, simulated_campaign

TABLE = Path(__file__).parents[1] / "docs" / "figures" / "learning_curve.csv"
CAMPAIGNS = (400, 401, 402)
N_PATTERNS = 6000
FEWEST_PATTERNS = 4  # of a form
FORMS_PER_COMPOUND = 3
KEY = ("method", "n_forms", "set")
FIGURES = ("auroc", "average_precision")
LABELS = {"smolnet": "SMolNet, SigLIP", "hybrid": "the shipped architecture"}
LINES = {
    "de Gelder": ("de Gelder, 0.6°", "--"),
    "classical, best": ("best of 54 classical tunings", ":"),
    "organic-1": ("organic-1", "-"),
    "organic-2": ("organic-2, with its second look", "-."),
}
SHIPPED = ("organic-1", "organic-2")
COLOURS = {"smolnet": "#D55E00", "hybrid": "#0072B2"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("structures", nargs="?")
    parser.add_argument("--forms", type=int, nargs="*", default=[16, 50, 150, 500, 1500, 5000])
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--draw", action="store_true", help="the picture only")
    options = parser.parse_args()
    if not options.draw:
        sets = test_sets(options.structures)
        for row in rows(sets, options.forms, options.epochs):
            print(row, flush=True)
            write(row)
    draw()


def test_sets(structures: str) -> dict[str, tuple[LabelledPatterns, bool]]:
    """Return patterns by the name of their set, and whether pairs are taken within compounds."""
    campaigns = together([simulated_campaign(number) for number in CAMPAIGNS])
    return {
        "virtual": (campaigns, True),
        "structures": (structure_patterns(structures, "report"), False),
    }


def rows(
    sets: dict[str, tuple[LabelledPatterns, bool]], forms: list[int], epochs: int
) -> Iterator[dict[str, Any]]:
    """Yield what is not in the table yet."""
    done = {(row["method"], int(row["n_forms"])) for row in read()}
    if ("de Gelder", 0) not in done:
        yield from (scored("de Gelder", 0, 0, 0.0, DeGelderSimilarity(), s, sets[s]) for s in sets)
    if ("classical, best", 0) not in done:
        yield from (best_classical(name, *sets[name]) for name in sets)
    for model in SHIPPED:
        if (model, 0) not in done:
            shipped = PairwisePhaseClassifier.from_pretrained(model)
            yield from (scored(model, 0, 0, 0.0, shipped, name, sets[name]) for name in sets)
    for n_forms in forms:
        missing = [network for network in LABELS if (network, n_forms) not in done]
        if not missing:
            continue
        n_compounds = max(5, n_forms // FORMS_PER_COMPOUND)
        campaign: Any = make_screening_campaign(
            n_compounds,
            n_forms,
            max(N_PATTERNS, FEWEST_PATTERNS * n_forms),
            preset=PRESETS,
            solvate_share=0.5,
            random_state=n_forms,
        )
        X, y = campaign.X.astype(np.float32), campaign.y
        del campaign
        same_steps = round(epochs * N_PATTERNS / len(X))
        for network in missing:
            model = make_pipeline(PatternNormalizer(), embedder(network, n_compounds, same_steps))
            started = time.process_time()
            model.fit(X, y)
            minutes = (time.process_time() - started) / 60
            for name, held_out in sets.items():
                yield scored(network, n_forms, len(X), minutes, model, name, held_out)


def embedder(network: str, n_compounds: int, epochs: int) -> SiameseXRPDEmbedder:
    """Return what is trained; a step holds several patterns of each of its forms."""
    shipped = network == "hybrid"
    return SiameseXRPDEmbedder(
        network,
        "siglip",
        "cosine",
        lr=3e-3 if shipped else 1e-3,
        lr_factor=0.3,
        lr_patience=3,
        checks_per_epoch=1,
        max_epochs=epochs,
        batch_size=192,
        patterns_per_phase=4,
        n_validation_groups=max(2, n_compounds // 20),
        n_threads=1,
        random_state=0,
    )


def scored(
    method: str,
    n_forms: int,
    n_patterns: int,
    minutes: float,
    model: BaseEstimator,
    name: str,
    held_out: tuple[LabelledPatterns, bool],
) -> dict[str, Any]:
    patterns, within = held_out
    if hasattr(model, "transform"):
        Z = model.transform(patterns.X)
        scores = (Z @ Z.T)[patterns.pairs()]
    elif isinstance(model, DeGelderSimilarity):
        scores = model.fit(patterns.X).decision_function(patterns.X)
    else:  # a second look at pairs that do not count would take most of the time
        counts = ResampledPairs(patterns, n_resamples=0, within=within).kept
        scores = np.full(len(counts), np.nan)
        pairs = np.column_stack(patterns.pairs())[counts]
        scores[counts] = model.decision_function(patterns.X, pairs)
    row = {"method": method, "n_forms": n_forms, "n_patterns": n_patterns}
    return {**row, "cpu_minutes": round(minutes, 1), "set": name, **figures(scores, *held_out)}


def best_classical(name: str, patterns: LabelledPatterns, within: bool) -> dict[str, Any]:
    """Return the figures of the best tuning, chosen for each figure on this very set."""
    point = ResampledPairs(patterns, n_resamples=0, within=within)
    tunings = [(point.figures(scores)[0], scores) for _, scores in classical_scores(patterns.X)]
    row = {"method": "classical, best", "n_forms": 0, "n_patterns": 0, "cpu_minutes": 0.0}
    found: dict[str, Any] = {**row, "set": name}
    for column, figure in enumerate(FIGURES):
        best = max(tunings, key=lambda tuning: tuning[0][column])[1]
        whole = figures(best, patterns, within)
        found |= {key: value for key, value in whole.items() if key.startswith((figure, "n_p"))}
    return found


def figures(scores: np.ndarray, patterns: LabelledPatterns, within: bool) -> dict[str, Any]:
    ranking = ResampledPairs(patterns, within=within)
    table = ranking.figures(scores)
    row: dict[str, Any] = {}
    for column, name in enumerate(FIGURES):
        value, low, high = (round(v, 5) for v in interval(table[:, column]))
        row |= {name: value, f"{name}_low": low, f"{name}_high": high}
    return {**row, "n_pairs": ranking.n_pairs, "n_positive": ranking.n_positive}


def read() -> list[dict[str, str]]:
    if not TABLE.exists():
        return []
    with TABLE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(row: dict[str, Any]) -> None:
    """Add a row at once, so that a later fit may be stopped; it takes an earlier one's place."""
    key = [str(row[name]) for name in KEY]
    others = [other for other in read() if [other[name] for name in KEY] != key]
    with write_atomically(TABLE, "w") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        writer.writeheader()
        writer.writerows([*others, row])


def draw() -> None:
    table = sorted(read(), key=lambda row: int(row["n_forms"]))
    titles = {
        "virtual": "Virtual compounds, pairs within a compound",
        "structures": "Real structures, all pairs",
    }
    figure, panels = plt.subplots(2, 2, figsize=(9.5, 6.5), sharex=True, layout="constrained")
    for (set_name, title), column in zip(titles.items(), panels.T, strict=True):
        chosen = [row for row in table if row["set"] == set_name]
        for name, axes in zip(FIGURES, column, strict=True):
            draw_curves(axes, chosen, name)
        column[0].set_title(title, loc="left")
        column[1].set_xlabel("different forms trained on")
    for axes, label in zip(panels[:, 0], ("AUROC", "average precision"), strict=True):
        axes.set_ylabel(label)
    handles = panels[1, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=5, frameon=False, fontsize=9)
    figure.savefig(TABLE.with_suffix(".png"), dpi=130)


def draw_curves(axes: Any, table: list[dict[str, str]], name: str) -> None:
    """Draw what is lacking to 1 on a logarithmic scale, named by the figure itself."""
    for network, label in LABELS.items():
        points = [row for row in table if row["method"] == network]
        n = [int(row["n_forms"]) for row in points]
        value, low, high = (
            [1 - float(row[name + end]) for row in points] for end in ("", "_low", "_high")
        )
        axes.plot(n, value, "o-", color=COLOURS[network], label=label)
        axes.fill_between(n, low, high, color=COLOURS[network], alpha=0.15, lw=0)
    for method, (label, style) in LINES.items():
        for row in table:
            if row["method"] == method:
                axes.axhline(1 - float(row[name]), ls=style, color="#555555", lw=1, label=label)
    axes.set(xscale="log", yscale="log")
    axes.invert_yaxis()
    axes.yaxis.set_major_formatter(lambda lacking, _: f"{1 - lacking:.4g}")
    axes.yaxis.set_minor_formatter(lambda lacking, _: "")


if __name__ == "__main__":
    main()
