"""Write the tables of a model card, as CSV files that docs/model_card_NAME.rst includes.

    python benchmarks/model_card.py DATA [--name organic-1]

DATA holds the folders structures, minerals and organics. Everything is computed again but the table
of what was tried, which stands beside the weights.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from xrpdsim import PairwisePhaseClassifier
from xrpdsim._support._files import write_atomically
from xrpdsim._support._table import Table
from xrpdsim.embedding.weights import FOLDER
from xrpdsim.recipes.judging import compare_with_classical, reliability
from xrpdsim.recipes.report_sets import evaluation_sets
from xrpdsim.recipes.simulated_sets import RELATIVE_STRAINS
from xrpdsim.recipes.strain_curve import score_against_strain

TABLES = Path(__file__).parents[1] / "docs" / "model_card"
FIGURES = {"auroc": "AUROC", "average_precision": "AP"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--name", default="organic-1")
    parser.add_argument("--relatives", action="store_true", help="the near relatives only")
    options = parser.parse_args()
    TABLES.mkdir(exist_ok=True)
    constants = json.loads((FOLDER / f"{options.name}.json").read_text(encoding="utf-8"))
    organic = PairwisePhaseClassifier.from_pretrained(options.name)
    if options.relatives:
        write("relatives", score_against_strain(organic).rows())
        return
    write("tried", tried(constants))
    compared, reliabilities = {}, {}
    for name, crystals, patterns in evaluation_sets(options.data):
        classifier = PairwisePhaseClassifier.from_pretrained(options.name, crystals=crystals)
        compared[name] = compare_with_classical(classifier, patterns)
        reliabilities[name] = compared[name]["reliability"]
        if crystals != "organic":
            scores = organic.decision_function(patterns.X)
            reliabilities[f"{name}, as organics"] = reliability(organic, patterns, scores)
    write("ranking", ranking(compared, options.name))
    write("reliability", reliability_rows(reliabilities))
    write("relatives", score_against_strain(organic).rows())


def write(name: str, rows: Iterable[dict[str, Any]]) -> None:
    table = Table.from_rows(rows)
    print(table, end="\n\n", flush=True)
    with write_atomically(TABLES / f"{name}.csv", "w") as file:
        file.write(table.to_csv())


def tried(constants: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for row in constants["tried"]:
        share, of_rest = row["learnt_share"], row["spectrum_share"]
        if share == 1 and of_rest:
            continue  # nothing of v and s is left
        shipped = {"learnt_share": share, "spectrum_share": of_rest} == constants["chosen"]
        yield {
            "w": f"**{share:g}**" if shipped else f"{share:g}",
            "q": "" if share == 1 else f"**{of_rest:g}**" if shipped else f"{of_rest:g}",
            "organic, all": f"{row['organic_all']:.4f}",
            "organic, within": f"{row['organic_within']:.4f}",
            "mineral-like, all": f"{row['mineral_all']:.4f}",
            "mineral-like, within": f"{row['mineral_within']:.4f}",
            **{
                f"relatives, {100 * strain:g} %": f"{row[f'relatives_{strain}']:.4f}"
                for strain in RELATIVE_STRAINS
            },
        }


def ranking(compared: dict[str, dict[str, Any]], name: str) -> Iterable[dict[str, Any]]:
    for set_name, found in compared.items():
        size = (
            f"{found['patterns']} patterns, {found['compounds']} compounds; "
            f"{found['pairs']} pairs, {found['positives']} of one form"
        )
        for figure, label in FIGURES.items():
            yield {
                "Set": f"{set_name}: {size}" if label == "AUROC" else "",
                "Figure": label,
                name: found[figure],
                "v and s alone": found[f"view_{figure}"],
                "Best classical": found[f"classical_{figure}"],
                "which one": found[f"classical_{figure}_by"],
                "Difference": found[f"gain_{figure}"],
            }


def reliability_rows(reliabilities: dict[str, dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for set_name, found in reliabilities.items():
        for pairs, row in found.items():
            yield {
                "Set": set_name,
                "Pairs": f"{row['pairs']}, {pairs}",
                "of one form": f"{row['positive_rate']:.3f}",
                "F1": f"{row['f1']:.3f}",
                "Share of best F1": row["share_of_best_f1"],
                "Prior": "shipped",
                "ECE": row["ece"],
                "by chance": f"{row['ece_by_chance']:.3f} to {row['ece_by_chance_95']:.3f}",
                "Skill": row["brier_skill"],
            }
            yield {
                **dict.fromkeys(("Set", "Pairs", "of one form", "F1", "Share of best F1"), ""),
                "Prior": f"estimated, {row['prior_estimated']:.3f}",
                "ECE": row["ece_estimated"],
                "by chance": f"{row['ece_by_chance_estimated']:.3f} to "
                f"{row['ece_by_chance_95_estimated']:.3f}",
                "Skill": row["brier_skill_estimated"],
            }


if __name__ == "__main__":
    main()
