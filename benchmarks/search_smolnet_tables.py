"""Make the tables of docs/appendices/paper_settings.rst from what `search_smolnet.py` recorded.

python benchmarks/search_smolnet_tables.py
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from itertools import compress
from typing import Any

import numpy as np
from search_smolnet import (
    FIGURES,
    FIRST_GUESS,
    FOLDER,
    LOSSES,
    REPORTED,
    SCHUETZKE_CONTRASTIVE,
    SEARCHED,
    campaign_and_folds,
    changes,
    mean_figure,
    read,
    simplify,
)

from xrpdsim._support._files import write_atomically
from xrpdsim.evaluation import compare_cv, summarize_cv

METRICS = ("auroc", "average_precision", "f1")
TITLES = {"auroc": "AUROC", "average_precision": "AP", "f1": "F1"}
SEARCHED_SMOLNET = "SMolNet, as searched"
# Columns of choices that a loss has no use for.
NOT_USED = {"siglip": {"Pairs"}, "ntxent": {"Pairs", "t, b"}, "contrastive": {"t, b"}}
LABELS = {
    "None": SEARCHED_SMOLNET,
    "degelder": "de Gelder, 0.195°",
    "degelder-snip": "de Gelder, 0.6°, baseline removed",
    "SchuetzkeNet": "Schuetzke",
    "TorchStart": "Schuetzke, first weights as torch draws them",
    "SMolNetWithoutDense": "SMolNet without its dense layers",
    "SchuetzkeNetWithDense": "Schuetzke with SMolNet's dense layers",
}


def main() -> None:
    """Write the tables of the docs from the record."""
    for loss in LOSSES:
        rows = [row for row in read() if row.get("loss") == loss and row["campaign"] in SEARCHED]
        table = searched_table(rows)
        write(loss, [{k: v for k, v in row.items() if k not in NOT_USED[loss]} for row in table])
    write("schuetzke_contrastive", schuetzke_contrastive_table())
    figures, differences = reported_tables()
    write("reported", figures)
    write("reported_differences", differences)
    others = [
        row
        for row in read()
        if row["campaign"] not in REPORTED
        and "lr" not in row
        and row.get("row") != SCHUETZKE_CONTRASTIVE
    ]
    write("schuetzke", schuetzke_table([row for row in others if row["fold"] < 2]))


def searched_table(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a row for each candidate, those with most folds first and of these the best."""
    found = []
    for trials in grouped(rows, FIRST_GUESS).values():
        choices = {name: trials[0].get(name, value) for name, value in FIRST_GUESS.items()}
        found.append((len(trials), mean_figure(trials), choices, trials))
    found.sort(key=lambda row: row[:2], reverse=True)
    return [shown(choices) | means(trials) for _, _, choices, trials in found]


def grouped(
    rows: list[dict[str, Any]], names: Iterable[str]
) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(tuple(str(row.get(name)) for name in names), []).append(row)
    return found


def shown(choices: dict[str, Any]) -> dict[str, Any]:
    """Return the choices as a table shows them."""
    first, second = choices["middle_kernels"]
    t, b = choices["siglip_t_b"]
    return {
        "Pooling": choices["pooling"],
        "Over": choices["window"] * choices["stride"],
        "Stride": choices["stride"],
        "Channels": choices["channels"],
        "Kernels": f"8, {first}, {second}, 128",
        "Dense norm": choices["dense_norm"],
        "Dense dropout": choices["dense_dropout"],
        "Start": choices["start"],
        "Batch": choices["batch_size"],
        "Checks": choices["checks_per_epoch"],
        "Pairs": f"{choices['pairs_per_pattern']:g}",
        "t, b": f"{t:g}, {b:g}",
        "Rate": f"{choices['lr']:g}",
    }


def means(trials: list[dict[str, Any]]) -> dict[str, Any]:
    auroc, ap, f1, seconds = ([row[name] for row in trials] for name in FIGURES)
    return {
        "Folds": len(trials),
        "AUROC": f"{np.mean(auroc):.3f}",
        "AP": f"{np.mean(ap):.3f}",
        "F1": f"{np.mean(f1):.3f}",
        "AUROC of folds": f"{min(auroc):.2f} to {max(auroc):.2f}",
        "Seconds a fold": f"{np.mean(seconds):.0f}",
    }


def reported_tables() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return figures on campaigns never searched on, and SMolNet's differences to de Gelder's."""
    best = changes(simplify())
    methods: dict[str, dict[str, Any]] = {
        SEARCHED_SMOLNET: {"loss": "siglip", **best},
        "SMolNet, first guess": {"loss": "siglip"},
        LABELS["degelder"]: {"row": "degelder"},
        LABELS["degelder-snip"]: {"row": "degelder-snip"},
    }
    figures, differences = [], []
    for sets in (["well-plate"], ["bragg-brentano"], list(REPORTED)):
        columns = {name: fold_columns(key, sets) for name, key in methods.items()}
        classical = list(columns)[2:]
        for name, of in columns.items():
            what = {"Campaign": " and ".join(sets), "Method": name, "Folds": len(of["f1"])}
            lines = summarize_cv(of, metrics=METRICS).rows()
            figures.append(
                what | {TITLES[line["metric"]]: with_interval(line["mean"], line) for line in lines}
            )
            if name in classical:
                continue
            found = dict(what)
            for other in classical:
                beside = on_folds_of(of, columns[other])
                for line in compare_cv(of, beside, metrics=METRICS[:2]).rows():
                    heading = f"{TITLES[line['metric']]} less {other}"
                    found[heading] = with_interval(line["difference"], line, "+")
            differences.append(found)
    return figures, differences


def schuetzke_contrastive_table() -> list[dict[str, Any]]:
    """Return the network of Schuetzke et al. with the contrastive loss, the best first."""
    rows = [row for row in read() if row.get("row") == SCHUETZKE_CONTRASTIVE]
    of_each = grouped(rows, ("batch_size", "pairs_per_pattern")).values()
    return [
        {
            "Batch": trials[0].get("batch_size", FIRST_GUESS["batch_size"]),
            "Pairs": f"{trials[0].get('pairs_per_pattern', FIRST_GUESS['pairs_per_pattern']):g}",
            **means(trials),
        }
        for trials in sorted(of_each, key=mean_figure, reverse=True)
    ]


def schuetzke_table(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return Schuetzke's network, SMolNet and de Gelder's measure on the same folds."""
    best = changes(simplify())
    table = []
    for (campaign, name, scaling), trials in grouped(rows, ("campaign", "row", "scaling")).items():
        if name == "None":  # SMolNet
            key = {"loss": "siglip", "campaign": campaign, **best}
            trials = [row for row in trials if without_figures(row) == key | {"fold": row["fold"]}]
        if trials:
            what = {"Campaign": campaign, "Method": LABELS.get(name, name)}
            what["Scaling"] = "[0, 1]" if scaling == "None" else scaling
            table.append(what | means(trials))
    order = list(dict.fromkeys(row["Campaign"] for row in table))
    return sorted(table, key=lambda row: order.index(row["Campaign"]))


def without_figures(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in FIGURES}


def fold_columns(key: dict[str, Any], sets: list[str]) -> dict[str, list[Any]]:
    """Return the folds of a method as `compare_cv` takes them."""
    columns: dict[str, list[Any]] = {name: [] for name in ("compound_1", "compound_2", *METRICS)}
    for campaign in sets:
        for row in read():
            where = {"campaign": campaign, "fold": row["fold"]}
            if key | where == without_figures(row):
                first, second = campaign_and_folds(campaign).tested[row["fold"]]
                values = (f"{campaign} {first}", f"{campaign} {second}", *(row[m] for m in FIGURES))
                for name, value in zip(columns, values, strict=False):
                    columns[name].append(value)
    return columns


def on_folds_of(first: dict[str, list[Any]], second: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return the second columns where the first have a fold."""
    there = set(zip(first["compound_1"], first["compound_2"], strict=True))
    pairs = zip(second["compound_1"], second["compound_2"], strict=True)
    kept = [pair in there for pair in pairs]
    return {name: list(compress(values, kept)) for name, values in second.items()}


def with_interval(value: float, line: dict[str, Any], sign: str = "") -> str:
    text = f"{value:{sign}.3f} [{line['low']:{sign}.3f}, {line['high']:{sign}.3f}]"
    return text.replace("-", "\N{MINUS SIGN}")


def write(name: str, rows: list[dict[str, Any]]) -> None:
    # not as `Table` writes: a page shows the apostrophe that keeps "+0.011" from a spreadsheet
    with write_atomically(FOLDER / f"{name}.csv") as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    main()
