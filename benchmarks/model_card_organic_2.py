"""Write the tables of the model card of organic-2, as CSV files that the card includes.

    python benchmarks/model_card_organic_2.py DATA FOLDER [FOLDER ...] [--sets FILE]

DATA holds the folders structures, minerals and organics; each FOLDER what ``python -m
xrpdsim.recipes train`` wrote for one seed. The first one is what is shipped: the classical tunings,
the measured sets and the structures are tried beside it alone, once.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from xrpdsim import PairwisePhaseClassifier, SiameseXRPDEmbedder
from xrpdsim._support._files import write_atomically
from xrpdsim._support._table import Table
from xrpdsim.recipes.second_look import (
    bars,
    calibration_as_signal_fades,
    calibration_by_difficulty,
)
from xrpdsim.recipes.second_look.judging_both_looks import real_report_sets, simulated_report_sets
from xrpdsim.similarity.second_look import TrainedSecondLook

TABLES = Path(__file__).parents[1] / "docs" / "model_card" / "organic_2"
NAME = "organic-2"
HEADINGS = {"n": "number", "positives": "of one form", "auroc": "AUROC"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("folders", nargs="+", type=Path)
    options = parser.parse_args()
    TABLES.mkdir(parents=True, exist_ok=True)
    shipped = classifier_of(options.folders[0])
    first_look = classifier_of(options.folders[0], second_look=False)
    organic_1 = PairwisePhaseClassifier.from_pretrained("organic-1")
    beside = {"both": shipped, "first": first_look, "organic_1": organic_1}
    write("calibration", calibration_by_difficulty(shipped).rows())
    write("fading", calibration_as_signal_fades(shipped).rows())
    if len(options.folders) > 1:
        write("seeds", seeds([classifier_of(folder) for folder in options.folders]))
    for name, sets in (
        ("simulated", simulated_report_sets()),
        ("real", real_report_sets(options.data)),
    ):
        rows = bars(beside, sets).rows()
        for figure in ("auroc", "ap"):
            write(f"{name}_{figure}", ranking(rows, figure))


def classifier_of(folder: Path, *, second_look: bool = True) -> PairwisePhaseClassifier:
    """Return what `from_pretrained` would, of a folder where it is not shipped."""
    values = json.loads((folder / f"{NAME}.json").read_text(encoding="utf-8"))
    embedder = SiameseXRPDEmbedder.load(folder / f"{NAME}.safetensors", device="cpu")
    look = TrainedSecondLook.load(folder / f"{NAME}.second-look.safetensors")
    found = values["second_look" if second_look else "first_look"]
    return PairwisePhaseClassifier._of_weights(embedder, look if second_look else None, found)


def ranking(rows: list[dict[str, Any]], figure: str) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {
            "set": f"{row['set']} ({row['pairs']} pairs, {row['positives']} of one form)",
            "organic-2": row[f"both_{figure}"],
            "its first look": row[f"first_{figure}"],
            "organic-1": row[f"organic_1_{figure}"],
            "best classical": f"{row[f'classical_{figure}']}, {row[f'classical_{figure}_by']}",
            # a minus sign, as a hyphen at the start of a cell is a formula to spreadsheets
            "organic-2 less classical": row[f"gain_{figure}"].replace("-", "\N{MINUS SIGN}"),
        }


def seeds(classifiers: list[PairwisePhaseClassifier]) -> Iterator[dict[str, Any]]:
    named = {f"seed_{number}": classifier for number, classifier in enumerate(classifiers)}
    for row in bars(named, simulated_report_sets(), classical=False).rows():
        figures = [float(row[f"{name}_auroc"].split()[0]) for name in named]
        yield {
            "set": row["set"],
            "pairs": row["pairs"],
            "positives": row["positives"],
            "mean AUROC": f"{np.mean(figures):.4f}",
            "lowest": f"{min(figures):.4f}",
            "highest": f"{max(figures):.4f}",
        }


def write(name: str, rows: Any) -> None:
    table = Table.from_rows(
        {HEADINGS.get(key, key.replace("_", " ")): value for key, value in row.items()}
        for row in rows
    )
    print(table, end="\n\n", flush=True)
    with write_atomically(TABLES / f"{name}.csv", "w") as file:
        file.write(table.to_csv())


if __name__ == "__main__":
    main()
