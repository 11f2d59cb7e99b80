"""Draw the crystals that are hardest to tell apart, for the page on crystals of the user guide.

Usage: python docs/figures/doubtful_crystals.py. Writes doubtful_crystals.png beside this script.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from xrpdsim.patterns import default_two_theta
from xrpdsim.simulation import (
    get_conditions,
    in_environment,
    polytype,
    simulate_patterns,
    solvate_series,
    virtual_crystal,
)

GRID = default_two_theta()
CLEAN = get_conditions("ideal").replace(instrument_fwhm=0.12)


def drawn(axis, crystals, names, title, preset=CLEAN):
    """Stack one pattern of each crystal, on a square root scale."""
    colours = plt.colormaps["viridis"](np.linspace(0, 0.75, len(crystals)))
    for height, (crystal, name, colour) in enumerate(zip(crystals, names, colours, strict=True)):
        pattern = simulate_patterns(crystal, preset=preset, random_state=height)[0]
        pattern = pattern - np.nanmin(pattern)
        level = np.sqrt(pattern / np.nanmax(pattern))
        axis.plot(GRID, height + 0.85 * level, color=colour, linewidth=0.8)
        axis.text(41.8, height + 0.62, name, ha="right", fontsize=9, color=colour)
    axis.set(title=title, xlim=(4, 42), yticks=[], xlabel="2θ, degrees (Cu Kα1)")
    axis.title.set_fontsize(10)


def main():
    """Draw the four kinds."""
    crystal = virtual_crystal(12, space_group="P 1 21/c 1")
    figure, axes = plt.subplots(2, 2, figsize=(11, 7.5), layout="constrained")
    shift = (0.0, 0.5, 0.5)
    drawn(
        axes[0, 0],
        [crystal, polytype(crystal, stacking=shift, random_state=1)],
        ["form", "another stacking of its layers"],
        "Polytypes: lines with k + l even are common",
    )
    temperatures = (100.0, 200.0, 298.0, 350.0)
    drawn(
        axes[0, 1],
        [in_environment(crystal, temperature=t, random_state=3) for t in temperatures],
        [f"{t:.0f} K" for t in temperatures],
        "One form at four temperatures: lines move, each by its own amount",
    )
    occupancies = (0.0, 0.5, 1.0)
    drawn(
        axes[1, 0],
        solvate_series(crystal, occupancies, scattering=0.8, strain=0.012, random_state=4),
        ["without solvent", "half of the sites filled", "solvate"],
        "A solvate that loses its solvent and keeps its packing",
    )
    film = get_conditions("film").replace(start=3.0, end=42.0, amorphous=0.1)
    powder = get_conditions("bragg-brentano").replace(start=3.0, end=42.0, amorphous=0.1)
    drawn(axes[1, 1], [crystal], ["powder"], "A powder and a film of plates", preset=powder)
    pattern = simulate_patterns(crystal, preset=film, random_state=5)[0]
    level = np.sqrt((pattern - pattern.min()) / np.ptp(pattern))
    axes[1, 1].plot(GRID, 1 + 0.85 * level, color="#2a788e", linewidth=0.8)
    axes[1, 1].text(41.8, 1.62, "film", ha="right", fontsize=9, color="#2a788e")
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=90)


if __name__ == "__main__":
    main()
