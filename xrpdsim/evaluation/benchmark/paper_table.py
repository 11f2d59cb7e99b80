"""The paper's table over the folds of a run, and the figure beside it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from ..._support._files import write_atomically
from ..._support._table import Table
from ..summary import compare_cv, summarize_cv
from ._fold_files import Results
from ._provenance import read_run
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
    summaries = {method: _summarize(folds) for method, folds in results.items()}
    paper, further = [], []
    for method, summary in summaries.items():
        row = METHODS[method]
        name = {"Method": row.label, "Loss function": row.loss, "Parameters": row.parameters}
        paper.append(
            name
            | {title: _with_spread(summary[metric]) for metric, title in _PAPER_COLUMNS.items()}
        )
        further.append(
            {"Row": method}
            | {title: _with_interval(summary[key]) for key, title in _FURTHER_COLUMNS.items()}
            | {
                "Folds": len(results[method]),
                "Fit, s": f"{np.median(_column(results[method], 'fit_seconds')):.2f}",
                "Score, s": f"{np.median(_column(results[method], 'score_seconds')):.2f}",
            }
        )
    ceiling = np.mean(
        [fold["average_precision_gain_ceiling"] for folds in results.values() for fold in folds]
    )
    settings = run["settings"]
    devices = sorted({method["device"] for method in settings["methods"].values()})
    versions = ", ".join(f"{name} {number}" for name, number in settings["versions"].items())
    parts = [
        "Mean over folds ± 1.96 standard deviations over folds (the paper's column: how much "
        "single folds differ, not how well the mean is known). Accuracy and F1 at the threshold "
        "with the best F1 on the training side.",
        Table.from_rows(paper).to_markdown(),
        "Mean over folds [95 % interval of the mean, resampling compounds]. Best F1 is at the "
        "best threshold of each test fold: what lies between it and F1 is lost by the threshold. "
        "Seconds are medians over folds.",
        Table.from_rows(further).to_markdown(),
        f"The AUPRC gain of a perfect ranking would be {ceiling:.2f} on these folds (1 - the share "
        "of pairs of one form).",
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


def _summarize(folds: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    names = ["compound_1", "compound_2", *_PAPER_COLUMNS, *_FURTHER_COLUMNS]
    columns = {name: _column(folds, name) for name in dict.fromkeys(names)}
    return {row["metric"]: row for row in summarize_cv(columns).rows()}


def _comparisons(results: Results) -> list[str]:
    """Say for each trained row whether a classical one is better, over the folds both have."""
    classical = [method for method in results if not METHODS[method].trained]
    lines = []
    for method in results:
        if not METHODS[method].trained or not classical:
            continue
        shared = {row["fold"] for row in results[method]}
        for other in classical:
            shared &= {row["fold"] for row in results[other]}
        if not shared:
            continue
        for metric, title in {"auroc": "AUROC", "average_precision": "AP"}.items():
            best = max(classical, key=lambda name: _mean(results[name], metric, shared))
            lines.append(_compare(results, method, best, metric, title, shared))
    return ["\n".join(f"- {line}" for line in lines)] if lines else []


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
            f"pairs among each other are left out: F1 {np.mean(before):.4f} before, "
            f"{np.mean(after):.4f} after adapting, on the same pairs"
        )
        if len(folds) > 1:
            row = compare_cv(groups | {"f1": after}, groups | {"f1": before}, metrics=["f1"]).rows()
            line += (
                f" (difference {row[0]['low']:+.4f} to {row[0]['high']:+.4f}, resampling compounds)"
            )
        lines.append(f"- {line}, over {len(folds)} fold(s).")
    return ["\n".join(lines)] if lines else []


def _compare(
    results: Results, method: str, best: str, metric: str, title: str, shared: set[int]
) -> str:
    columns = [
        {
            name: [row[name] for row in results[which] if row["fold"] in shared]
            for name in ("compound_1", "compound_2", metric)
        }
        for which in (method, best)
    ]
    values = [_mean(results[which], metric, shared) for which in (method, best)]
    verdict = "loses to" if values[0] < values[1] else "is above"
    line = (
        f"{method} {verdict} the best classical row, {best}, in {title}: {values[0]:.4f} "
        f"against {values[1]:.4f}"
    )
    if len(shared) > 1:
        row = compare_cv(columns[0], columns[1], metrics=[metric]).rows()[0]
        line += f" (difference {row['low']:+.4f} to {row['high']:+.4f}, resampling compounds)"
    return f"{line}, over {len(shared)} fold(s)."


def _mean(folds: list[dict[str, Any]], metric: str, shared: set[int]) -> float:
    return float(np.mean([row[metric] for row in folds if row["fold"] in shared]))


def _column(folds: list[dict[str, Any]], name: str) -> list[Any]:
    return [fold[name] for fold in folds]


def _number(value: float) -> str:
    return f"{value:.2f}"


def _with_spread(row: dict[str, Any]) -> str:
    return f"{_number(row['mean'])} ± {_number(row['fold_spread'])}"


def _with_interval(row: dict[str, Any]) -> str:
    if "low" not in row:
        return _number(row["mean"])
    return f"{_number(row['mean'])} [{_number(row['low'])}, {_number(row['high'])}]"
