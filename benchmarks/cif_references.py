"""How often a CIF measured cold names a screen at room temperature, and how often a relative does.

    python benchmarks/cif_references.py STRUCTURES [--split report] [--patterns 8]

STRUCTURES is a folder of CIFs with a labels.csv that has the columns file, temperature and split.
Those measured at up to 130 K are warmed: the cell expands by a random tensor whose volume is drawn
from 161 ± 51 ppm/K and of which one axis contracts in a third of the crystals. Eight patterns each
are simulated with three presets, and sorted as `xrpdsim sort --references` does: with the CIF among
five near relatives of it, which have the same space group, a cell strained by 1 to 5 % and
structure factors with a correlation of 0.5 to 0.9 to its own, and with the relatives alone.
Intervals (95 %, Clopper and Pearson) are over crystals; a crystal is wrong if any of its screens
is.

The constants of `xrpdsim.sorting.cif_references` were set with --split develop.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import beta

from xrpdsim._support._csv import read_csv
from xrpdsim._support._progress import track
from xrpdsim._support._table import Table
from xrpdsim.patterns import default_two_theta
from xrpdsim.simulation import near_relative, simulate_patterns, thermal_expansion
from xrpdsim.simulation.crystals.relatives import draw_kinship
from xrpdsim.sorting import ReferencePatterns, Screen, SortedScreen, sort_screen
from xrpdsim.sorting.cif_references import (
    FittedStructure,
    StructureReference,
    fit_structures,
    read_structure,
)

PRESETS = ("transmission", "bragg-brentano", "well-plate")
WARMEST, ROOM = 130.0, 298.0
VOLUMETRIC, SCATTER = 161e-6, 51e-6
N_RELATIVES = 5
OWN = "own"
FIRST_SEEDS = {"develop": 1000, "report": 2000}


class Sorted(NamedTuple):
    """What became of one screen."""

    crystal: str
    preset: str
    named_right: bool
    patterns_right: float
    known_by_relatives: bool
    patterns_known: float
    nearest: float
    strain_error: float


def warmed(structure: StructureReference, rng: np.random.RandomState) -> np.ndarray:
    """Return the strain from the temperature of a structure to room temperature."""
    volumetric = max(0.0, rng.normal(VOLUMETRIC, SCATTER))
    expansion = thermal_expansion(volumetric, random_state=rng)
    return structure.lines.symmetric_strain(expansion * (ROOM - structure.temperature))


def sorted_with(
    X: np.ndarray, grid: np.ndarray, fitted: list[FittedStructure], forms: list[str]
) -> SortedScreen:
    """Sort a screen with structures whose cells were fitted to it."""
    references = ReferencePatterns(
        X=np.array([each.pattern for each in fitted]),
        two_theta=grid,
        files=[f"{form}.cif" for form in forms],
        forms=forms,
        log_odds=[each.log_odds for each in fitted],
    )
    files = [f"{row}.xy" for row in range(len(X))]
    return sort_screen(Screen(X, grid, files), references=references)


def form_of_most(found: SortedScreen) -> str | None:
    """Return the form of the group that holds most patterns, None if none has a name."""
    return found.group_forms[0] if found.group_forms else None


def try_screen(
    structure: StructureReference, crystal: str, preset: str, n_patterns: int, seed: int
) -> Sorted:
    """Simulate a screen of one crystal, and sort it with and without its own CIF."""
    rng, grid = np.random.RandomState(seed), default_two_theta()
    strain = warmed(structure, rng)
    X = simulate_patterns(
        structure.lines.strained(strain).up_to(grid[-1] + 1),
        n_patterns,
        preset=preset,
        random_state=rng,
    )
    kinships = [draw_kinship("solvate", rng) for _ in range(N_RELATIVES)]
    relatives = [
        StructureReference(
            near_relative(structure.lines, **kinship, random_state=rng), structure.temperature
        )
        for kinship in kinships
    ]
    fitted = fit_structures([structure, *relatives], X, grid)
    forms = [OWN, *(f"relative {number}" for number in range(1, N_RELATIVES + 1))]
    both = sorted_with(X, grid, fitted, forms)
    alone = sorted_with(X, grid, fitted[1:], forms[1:])
    named = both.matches.probabilities.argmax(axis=1)
    none = alone.matches.probabilities[:, -1]
    known = [
        kinship["correlation"]
        for kinship, form in zip(kinships, forms[1:], strict=True)
        if form in alone.group_forms
    ]
    return Sorted(
        crystal,
        preset,
        form_of_most(both) == OWN,
        float((named == sorted(forms).index(OWN)).mean()),
        bool(known),
        float((none < 0.5).mean()),
        max(known, default=np.nan),
        float(np.abs(fitted[0].fit.strain - strain).max()),
    )


def interval(right: int, n: int) -> str:
    """Return a share with the interval of Clopper and Pearson."""
    low = beta.ppf(0.025, right, n - right + 1) if right else 0.0
    high = beta.ppf(0.975, right + 1, n - right) if right < n else 1.0
    return f"{right / n:.3f} ({low:.3f} to {high:.3f})"


def summary(results: list[Sorted]) -> Table:
    """Return a row for all screens and for each preset."""
    rows = []
    for preset in ("all", *PRESETS):
        some = [each for each in results if preset in ("all", each.preset)]
        crystals = sorted({each.crystal for each in some})
        wrong = {each.crystal for each in some if not each.named_right}
        known = {each.crystal for each in some if each.known_by_relatives}
        rows.append(
            {
                "preset": preset,
                "screens": len(some),
                "named right": f"{np.mean([each.named_right for each in some]):.3f}",
                "crystals all right": interval(len(crystals) - len(wrong), len(crystals)),
                "patterns right": f"{np.mean([each.patterns_right for each in some]):.3f}",
                "known by relatives": f"{np.mean([each.known_by_relatives for each in some]):.3f}",
                "crystals known": interval(len(known), len(crystals)),
                "patterns known": f"{np.mean([each.patterns_known for each in some]):.3f}",
                "strain error, %": f"{100 * np.median([each.strain_error for each in some]):.2f}",
            }
        )
    return Table.from_rows(rows)


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("structures", type=Path)
    parser.add_argument("--split", choices=sorted(FIRST_SEEDS), default="report")
    parser.add_argument("--patterns", type=int, default=8)
    options = parser.parse_args()
    cold = [
        row["file"]
        for row in read_csv(
            options.structures / "labels.csv", ["file", "temperature", "split"]
        ).rows
        if row["split"] == options.split
        and row["temperature"]
        and float(row["temperature"]) <= WARMEST
    ]
    results = []
    for number, name in enumerate(track(cold, "crystals")):
        structure = read_structure(options.structures / name, default_two_theta())
        for place, preset in enumerate(PRESETS):
            seed = FIRST_SEEDS[options.split] + len(PRESETS) * number + place
            results.append(try_screen(structure, name, preset, options.patterns, seed))
            if not results[-1].named_right or results[-1].known_by_relatives:
                print(results[-1], flush=True)
    print(f"{len(cold)} crystals")
    print(summary(results))


if __name__ == "__main__":
    main()
