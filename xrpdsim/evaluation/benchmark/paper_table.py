"""The paper's table over the folds of a run, and the figure beside it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from ..._support._files import write_atomically
from ..._support._table import Table
from ..summary import compare_cv, summarize_cv
from ._fold_files import Results
from ._provenance import read_run
from ._published import ABOUT, PUBLISHED
from .methods import METHODS

_PAPER_COLUMNS = {
    "auroc": "AUROC",
    "average_precision_gain": "AUPRC gain",
    "accuracy": "Acc",
    "f1": "F1",
}
_FURTHER_COLUMNS = {
    "auroc": "AUROC",
    "average_precision": "AP",
    "average_precision_gain": "AUPRC gain",
    "best_f1": "best F1",
}
_COMPARED = {"auroc": "AUROC", "average_precision": "AP"}
_OF_THE_PAPER = "degelder"
"""The classical row that the paper compares its networks with."""


def format_table(results: Results, run: dict[str, Any]) -> str:
    """Return the results as Markdown, in the form of the paper's table and with what it leaves out.

    Parameters
    ----------
    results : dict of str to list of dict
        The folds of each method.
    run : dict
        The contents of run.json.

    Returns
    -------
    str

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.evaluation.benchmark import Benchmark
    >>> campaign = make_screening_campaign(3, 6, 24, random_state=0)
    >>> run = Benchmark(campaign, tempfile.mkdtemp(), ["naive"], n_jobs=1)
    >>> _ = run.run(report=lambda line: None)
    >>> description = json.loads((run.out / "run.json").read_text())
    >>> "Euclid" in format_table(run.results(), description)
    True
    """
    most_folds = max(results.values(), key=len)
    ceiling = np.mean([fold["average_precision_gain_ceiling"] for fold in most_folds])
    settings = run["settings"]
    devices = sorted({method["device"] for method in settings["methods"].values()})
    versions = ", ".join(f"{name} {number}" for name, number in settings["versions"].items())
    parts = [
        _as_in_the_paper(results, settings["methods"]),
        "Mean over folds ± 1.96 standard deviations over folds (the paper's column: how much "
        "single folds differ, not how well the mean is known). Accuracy and F1 at the threshold "
        "with the best F1 on the training side; of shipped rows, at the one they come with. The "
        f"AUPRC gain of a perfect ranking would be {ceiling:.2f} on "
        f"{len(most_folds)} folds (1 - the share of pairs of one form).{_of_fewer_folds(results)}",
        *([ABOUT] if results.keys() & PUBLISHED.keys() else []),
        _with_intervals(results),
        "Mean over folds [95 % interval of the mean, resampling compounds]. Best F1 is at the "
        "best threshold of each test fold: what lies between it and F1 is lost by the threshold. "
        "Seconds of one processor, medians over folds.",
        *_comparisons(results),
        *_adaptations(results),
        f"Data: {settings['data']['description'].strip()}",
        f"Run {run['date'][:10]} on {', '.join(devices)}, seed {settings['seed']}; "
        f"Python {run['python']}, {versions}.",
    ]
    return "\n\n".join(parts) + "\n"


def write_report(out: str | os.PathLike[str], results: Results) -> tuple[str, str]:
    """Write `table.md` and, where matplotlib is installed, `figure.png`.

    Returns
    -------
    table : str
    remark : str
        What became of the figure.

    Examples
    --------
    >>> import tempfile
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.evaluation.benchmark import Benchmark
    >>> campaign = make_screening_campaign(3, 6, 24, random_state=0)
    >>> run = Benchmark(campaign, tempfile.mkdtemp(), ["naive"], n_jobs=1)
    >>> _ = run.run(report=lambda line: None)
    >>> table, remark = write_report(run.out, run.results())
    >>> (run.out / "table.md").is_file()
    True
    """
    out = Path(out)
    run = read_run(out / "run.json")
    table = format_table(results, run)
    with write_atomically(out / "table.md") as file:
        file.write(table)
    try:
        from ._fold_curves import draw
    except ImportError:
        return table, (
            "figure.png was not drawn: it needs matplotlib, which `pip install xrpdsim[plots]` "
            "brings. Run the same command again to draw it"
        )
    with write_atomically(out / "figure.png", "wb") as file:
        draw(results).savefig(file, dpi=150, format="png")
    return table, f"wrote {out / 'figure.png'}"


def _as_in_the_paper(results: Results, asked: Iterable[str]) -> str:
    """Return the paper's table, all its rows with its own figures beside ours, and further rows."""
    with_paper = any(method in PUBLISHED for method in results)
    asked = {*results, *asked, *(PUBLISHED if with_paper else ())}
    shown = [method for method in METHODS if method in asked]
    rows = []
    for method in shown:
        row = METHODS[method]
        cells: dict[str, Any] = {
            "Method": row.label,
            "Loss function": row.loss,
            "Parameters": row.parameters,
            "Folds": len(results.get(method, [])) or "none",
        }
        summary = _summarize(results[method]) if method in results else {}
        for metric, title in _PAPER_COLUMNS.items():
            cells[title] = ""
            if summary:
                cells[title] = _with_spread(summary[metric]["mean"], summary[metric]["fold_spread"])
            if with_paper:
                published = PUBLISHED.get(method, {}).get(metric)
                cells[f"{title}, paper"] = _with_spread(*published) if published else ""
        rows.append(cells | {"Row": method})
    return Table.from_rows(rows).to_markdown()


def _of_fewer_folds(results: Results) -> str:
    if len({len(folds) for folds in results.values()}) == 1:
        return ""
    return (
        " Means over different numbers of folds are of different pairs: compare rows of fewer "
        "folds by the differences in the last table."
    )


def _with_intervals(results: Results) -> str:
    rows = []
    for method, folds in results.items():
        summary = _summarize(folds)
        figures = {
            title: _with_interval(summary[metric]) for metric, title in _FURTHER_COLUMNS.items()
        }
        seconds = {
            title: f"{np.median(_column(folds, f'{name}_processor_seconds')):.2f}"
            for name, title in {"fit": "Fit, s", "score": "Score, s"}.items()
        }
        rows.append({"Row": method} | figures | seconds)
    return Table.from_rows(rows).to_markdown()


def _summarize(folds: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    names = ["compound_1", "compound_2", *_PAPER_COLUMNS, *_FURTHER_COLUMNS]
    columns = {name: _column(folds, name) for name in dict.fromkeys(names)}
    with warnings.catch_warnings():
        # the table says of each row how many folds it has
        warnings.filterwarnings("ignore", "one fold says nothing", UserWarning)
        return {row["metric"]: row for row in summarize_cv(columns).rows()}


def _comparisons(results: Results) -> list[str]:
    """Return each trained row against de Gelder's as in the paper, and against the best classical.

    Only over folds that both and all classical rows have.
    """
    classical = [method for method in results if not METHODS[method].trained]
    rows = []
    for method in results:
        if not METHODS[method].trained or not classical:
            continue
        shared = {row["fold"] for row in results[method]}
        for other in classical:
            shared &= {row["fold"] for row in results[other]}
        if not shared:
            continue
        cells: dict[str, Any] = {"Row": method, "Folds": len(shared)}
        for metric, title in _COMPARED.items():
            best = max(classical, key=lambda name: _mean(results[name], metric, shared))
            if _OF_THE_PAPER in classical:
                difference = _difference(results, method, _OF_THE_PAPER, metric, shared)
                cells[f"{title} - {_OF_THE_PAPER}"] = difference
            difference = _difference(results, method, best, metric, shared)
            cells[f"{title} - best classical"] = f"{difference} ({best})"
        rows.append(cells)
    if not rows:
        return []
    return [
        Table.from_rows(rows).to_markdown(),
        "Trained rows against classical ones on the folds that all of them have: difference of the "
        "means [95 % interval, resampling compounds]. Above 0 the trained row is better; where the "
        "interval includes 0, these compounds do not tell.",
    ]


def _difference(results: Results, method: str, other: str, metric: str, shared: set[int]) -> str:
    columns = [
        {
            name: [row[name] for row in results[which] if row["fold"] in shared]
            for name in ("compound_1", "compound_2", metric)
        }
        for which in (method, other)
    ]
    if len(shared) == 1:
        return f"{columns[0][metric][0] - columns[1][metric][0]:+.3f}"
    row = compare_cv(columns[0], columns[1], metrics=[metric]).rows()[0]
    return f"{row['difference']:+.3f} [{row['low']:+.3f}, {row['high']:+.3f}]"


def _adaptations(results: Results) -> list[str]:
    """Say what labels of test patterns bought, over the same pairs."""
    lines = []
    for method, folds in results.items():
        if not METHODS[method].n_labelled:
            continue
        groups = {name: _column(folds, name) for name in ("compound_1", "compound_2")}
        after, before = _column(folds, "f1"), _column(folds, "unadapted_f1")
        n_labelled = np.median(_column(folds, "n_labelled"))
        line = (
            f"{method} knows the forms of {n_labelled:g} test patterns (median over folds), whose "
            f"pairs among each other are left out: F1 {np.mean(before):.3f} before, "
            f"{np.mean(after):.3f} after adapting, on the same pairs"
        )
        if len(folds) > 1:
            row = compare_cv(groups | {"f1": after}, groups | {"f1": before}, metrics=["f1"]).rows()
            line += (
                f" (difference {row[0]['low']:+.3f} to {row[0]['high']:+.3f}, resampling compounds)"
            )
        lines.append(f"- {line}, over {len(folds)} fold(s).")
    return ["\n".join(lines)] if lines else []


def _mean(folds: list[dict[str, Any]], metric: str, shared: set[int]) -> float:
    return float(np.mean([row[metric] for row in folds if row["fold"] in shared]))


def _column(folds: list[dict[str, Any]], name: str) -> list[Any]:
    return [fold[name] for fold in folds]


def _with_spread(mean: float, spread: float) -> str:
    return f"{mean:.2f} ± {spread:.2f}"


def _with_interval(row: dict[str, Any]) -> str:
    if "low" not in row:
        return f"{row['mean']:.3f}"
    return f"{row['mean']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
