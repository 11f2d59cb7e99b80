"""Compare virtual crystals with real structures, for the page on crystals of the user guide.

Usage: python docs/figures/crystals.py FOLDER, with CIF files and a `labels.csv` that has the
columns file, phase, organic, pressure and split. Writes crystals.png beside this script and prints
the tables of the page.
"""

import argparse
import csv
from pathlib import Path

import gemmi
import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import ks_2samp

from xrpdsim._support._table import Table
from xrpdsim.similarity import DeGelderSimilarity
from xrpdsim.simulation import lines_from_cif, simulate_patterns, virtual_crystal, virtual_family
from xrpdsim.simulation.crystals.relatives import KINSHIPS

TWINS = 5
ROOM_TEMPERATURE = 298.0


def real_structures(folder, split):
    """One structure a phase, at room temperature, with what its virtual twins are made like."""
    with (folder / "labels.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == split]
    phases = set()
    crystals, likes = [], []
    for row in rows:
        if row["organic"] != "1" or row["pressure"] or row["phase"] in phases:
            continue
        path = folder / row["file"]
        try:
            lines = lines_from_cif(path, temperature=ROOM_TEMPERATURE)
        except ValueError as error:
            if "temperature" not in str(error):
                print("left out:", error)
                continue
            lines = lines_from_cif(path)
        phases.add(row["phase"])
        crystals.append(lines)
        likes.append(like(path, lines))
    return crystals, likes


def like(path, lines):
    n_operations = len(gemmi.find_spacegroup_by_name(lines.space_group).operations())
    stated = gemmi.cif.read(str(path))[0].find_value("_cell_formula_units_Z") or "?"
    z = gemmi.cif.as_number(stated)
    z = z if np.isfinite(z) else n_operations
    return {
        "space_group": lines.space_group,
        "molecular_volume": lines.volume / z,
        "z_prime": z / n_operations,
    }


def statistics(crystals):
    above_ten = [lines.intensity > 10 for lines in crystals]
    values = {
        "lines below 42 degrees": [len(lines) for lines in crystals],
        "lines above 10 % of the strongest": [strong.sum() for strong in above_ten],
        "first line (degrees)": [lines.two_theta[0] for lines in crystals],
        "third line (degrees)": [lines.two_theta[2] for lines in crystals],
        "first line above 10 % (degrees)": [
            lines.two_theta[strong][0] for lines, strong in zip(crystals, above_ten, strict=True)
        ],
        "strongest line (degrees)": [
            lines.two_theta[lines.intensity.argmax()] for lines in crystals
        ],
        "strongest line's share": [100 / lines.intensity.sum() for lines in crystals],
        "share beyond 30 degrees": [
            lines.intensity[lines.two_theta > 30].sum() / lines.intensity.sum()
            for lines in crystals
        ],
        "log10 of intensity": np.concatenate(
            [np.log10(np.maximum(lines.intensity, 1e-4)) for lines in crystals]
        ),
        "shortest axis (angstrom)": [lines.cell[:3].min() for lines in crystals],
        "longest over shortest axis": [np.ptp(np.log(lines.cell[:3])) for lines in crystals],
    }
    values["longest over shortest axis"] = np.exp(values["longest over shortest axis"])
    return {name: np.asarray(value, dtype=float) for name, value in values.items()}


def nearest_neighbours(crystals):
    X = np.concatenate([simulate_patterns(lines, preset="ideal") for lines in crystals])
    similarity = DeGelderSimilarity(width=0.6).fit(X).pairwise(X)
    np.fill_diagonal(similarity, -1)
    return similarity.max(axis=1)


def twins_of(likes):
    """Several virtual crystals for each structure, in sets as large as the real one."""
    return [
        [virtual_crystal(len(likes) * number + row, **one) for row, one in enumerate(likes)]
        for number in range(TWINS)
    ]


def compare(crystals, likes):
    real = statistics(crystals)
    real["nearest neighbour's similarity"] = nearest_neighbours(crystals)
    sets = [
        {**statistics(twins), "nearest neighbour's similarity": nearest_neighbours(twins)}
        for twins in twins_of(likes)
    ]
    return real, {name: np.concatenate([one[name] for one in sets]) for name in real}


def quartiles(values):
    return " / ".join(f"{value:.3g}" for value in np.percentile(values, [25, 50, 75]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    compared = {}
    for split in ("develop", "report"):
        crystals, likes = real_structures(folder, split)
        compared[split] = compare(crystals, likes)
        real, virtual = compared[split]
        print(f"\n{split}: {len(crystals)} structures, {TWINS * len(likes)} twins")
        print(f"median molecular volume {np.median([x['molecular_volume'] for x in likes]):.0f}")
        print(
            Table.from_rows(
                {
                    "statistic": name,
                    "real": quartiles(real[name]),
                    "virtual": quartiles(virtual[name]),
                    "distance": f"{ks_2samp(real[name], virtual[name]).statistic:.2f}",
                }
                for name in real
            )
        )
    drug_sized = statistics([virtual_crystal(seed) for seed in range(1000)])
    print("\n1000 virtual crystals as drawn by default")
    print(
        Table.from_rows(
            {"statistic": name, "virtual": quartiles(drug_sized[name])} for name in drug_sized
        )
    )
    print("\nde Gelder similarity (width 0.6) of two forms, undisturbed patterns, 300 families")
    print(
        Table.from_rows(
            {"second form": kind, "quartiles": quartiles(similarities_in_families(kind))}
            for kind in ("polymorph", *KINSHIPS)
        )
    )
    draw_figure(compared, drug_sized)


def similarities_in_families(kind):
    measure = DeGelderSimilarity(width=0.6)
    similarity = []
    for seed in range(300):
        family = virtual_family(2, seed, kinds=["polymorph", kind])
        X = np.concatenate([simulate_patterns(lines, preset="ideal") for lines in family])
        similarity.append(measure.fit(X).pairwise(X)[0, 1])
    return np.array(similarity)


def draw_figure(compared, drug_sized):
    names = [
        "lines below 42 degrees",
        "lines above 10 % of the strongest",
        "first line (degrees)",
        "strongest line (degrees)",
        "log10 of intensity",
        "nearest neighbour's similarity",
    ]
    figure, axes = plt.subplots(2, 3, figsize=(10, 6), layout="constrained")
    curves = {
        "real, used for tuning": (compared["develop"][0], "C0", "-"),
        "their virtual twins": (compared["develop"][1], "C0", ":"),
        "real, held back": (compared["report"][0], "C1", "-"),
        "their virtual twins ": (compared["report"][1], "C1", ":"),
        "virtual, size of drugs": (drug_sized, "0.6", "-"),
    }
    for axis, name in zip(axes.flat, names, strict=True):
        for label, (values, colour, style) in curves.items():
            if name in values:
                shown = np.sort(values[name])
                part = np.arange(1, shown.size + 1) / shown.size
                axis.plot(shown, part, color=colour, linestyle=style, label=label)
        axis.set(xlabel=name, ylim=(0, 1))
    axes[0, 0].set_xlim(0, 300)
    axes[1, 1].set_xlim(-3, 2)
    for axis in axes[:, 0]:
        axis.set_ylabel("part of the crystals")
    axes[1, 1].set_ylabel("part of the lines")
    axes[0, 0].legend(fontsize="small", loc="lower right")
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
