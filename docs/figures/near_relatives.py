"""Draw docs/figures/near_relatives.png from docs/model_card/relatives.csv."""

import csv
from pathlib import Path

import matplotlib.pyplot as plt

PICTURE = Path(__file__).with_suffix(".png")
TABLE = PICTURE.parents[1] / "model_card" / "relatives.csv"
OWN, CLASSICAL = "#0072B2", "#D55E00"
TITLES = {1.0: "Only the lattice differs", 0.8: "Structure factors differ, too (correlation 0.8)"}


def main() -> None:
    """Above the score, below how well pairs of one form are told from pairs of relatives."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    figure, panels = plt.subplots(
        2, 2, figsize=(9.5, 6), sharex=True, sharey="row", layout="constrained"
    )
    form = table[0]
    for (correlation, title), (top, bottom) in zip(TITLES.items(), panels.T, strict=True):
        rows = [row for row in table if float(row["correlation"]) == correlation]
        strain = [float(row["strain_percent"]) for row in rows]
        low, median, high = ([float(row[f"score_{q}"]) for row in rows] for q in (5, 50, 95))
        top.axhspan(
            float(form["score_5"]),
            float(form["score_95"]),
            color="0.9",
            label="samples of one form",
        )
        top.plot(strain, median, "o-", color=OWN, label="median")
        top.fill_between(strain, low, high, color=OWN, alpha=0.2, lw=0, label="5 to 95 %")
        top.set_title(title, loc="left", fontsize=10)
        for column, label, colour in (
            ("auroc", "organic-1", OWN),
            ("classical_auroc", "best classical tuning for each point", CLASSICAL),
        ):
            value, ends = zip(*(row[column].split(" ", 1) for row in rows), strict=True)
            bounds = [[float(x) for x in end.strip("[]").split(",")] for end in ends]
            bottom.plot(strain, [float(v) for v in value], "o-", color=colour, label=label)
            bottom.fill_between(strain, *zip(*bounds, strict=True), color=colour, alpha=0.15, lw=0)
        bottom.set_xlabel("strain between the lattices / %")
    panels[0, 0].set_ylabel("score")
    panels[1, 0].set_ylabel("AUROC against pairs of one form")
    for ax in panels[:, 1]:
        ax.legend(frameon=False, fontsize=8)
    figure.savefig(PICTURE, dpi=110)


if __name__ == "__main__":
    main()
