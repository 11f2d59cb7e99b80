"""Draw each artefact of the simulator alone, growing, for the user guide.

Usage: python docs/figures/artefacts.py. Writes artefacts_intensity.png, artefacts_position.png and
artefacts_background.png beside this script.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from xrpdsim.patterns import default_two_theta
from xrpdsim.simulation import (
    MeasurementConditions,
    get_conditions,
    simulate_patterns,
    virtual_crystal,
)

CRYSTAL = virtual_crystal(random_state=7, space_group="P 1 21/c 1", molecular_volume=250, z_prime=1)
PLATE = tuple(int(i) for i in CRYSTAL.hkl[CRYSTAL.d_spacing.argmax()])
AXIS = dict(zip(("axis_h", "axis_k", "axis_l"), PLATE, strict=True))
OTHER = virtual_crystal(random_state=8, space_group="P -1", molecular_volume=250, z_prime=1)
IDEAL = get_conditions("ideal")
REFLECTION = IDEAL.replace(geometry="reflection")
TRANSMISSION = IDEAL.replace(geometry="transmission", fixed_omega=True, radius=290.0)
SHARP = IDEAL.replace(instrument_fwhm=0.06)
COUNTED = IDEAL.replace(poisson=True)
GRID = default_two_theta()

# Title, conditions, what changes, its values, the range shown (None for all of it).
Panel = tuple[str, MeasurementConditions, str, tuple[float, ...], tuple[float, float] | None]
FIGURES: dict[str, list[Panel]] = {
    "artefacts_intensity": [
        ("plates, reflection", REFLECTION, "march_r", (1.0, 0.8, 0.6, 0.4), None),
        ("plates, transmission", TRANSMISSION, "march_r", (1.0, 0.8, 0.6, 0.4), None),
        ("needles, reflection", REFLECTION, "march_r", (1.0, 1.3, 1.8, 2.5), None),
        ("needles, transmission", TRANSMISSION, "march_r", (1.0, 1.3, 1.8, 2.5), None),
        ("few grains (a plane)", IDEAL, "grains", (np.inf, 50.0, 5.0, 1.0), None),
        ("polarisation A", IDEAL, "polarisation", (1.0, 0.8, 0.4, 0.0), None),
        ("absorption, μt", TRANSMISSION, "absorption", (0.0, 0.5, 2.0, 5.0), None),
        ("beam overflow below (°)", REFLECTION, "overflow", (0.0, 8.0, 16.0, 24.0), None),
    ],
    "artefacts_position": [
        ("height, reflection (mm)", REFLECTION, "displacement", (0.0, 0.1, 0.2, 0.4), (8, 20)),
        (
            "position, transmission (mm)",
            TRANSMISSION,
            "displacement",
            (0.0, 0.4, 0.8, 1.6),
            (8, 20),
        ),
        ("uneven sample (mm)", SHARP, "unevenness", (0.0, 0.1, 0.2, 0.4), (8, 20)),
        ("zero error (°)", SHARP, "zero_error", (0.0, 0.03, 0.06, 0.1), (8, 20)),
        ("strain of the cell", SHARP, "cell_strain", (0.0, 0.001, 0.003, 0.006), (20, 32)),
        ("Kα2", SHARP, "kalpha2", (0.0, 0.2, 0.35, 0.5), (28, 40)),
        ("axial divergence S/L", SHARP, "axial_sample", (0.0, 0.01, 0.02, 0.03), (8, 20)),
        ("instrument width (°)", IDEAL, "instrument_fwhm", (0.05, 0.1, 0.17, 0.25), (20, 32)),
        ("size (nm)", SHARP, "size", (np.inf, 200.0, 80.0, 30.0), (20, 32)),
        ("microstrain", SHARP, "microstrain", (0.0, 0.001, 0.002, 0.003), (28, 40)),
    ],
    "artefacts_background": [
        ("amorphous share", IDEAL, "amorphous", (0.0, 0.3, 0.7, 1.0), None),
        ("impurity", IDEAL, "impurity", (0.0, 0.05, 0.1, 0.15), None),
        ("Kapton film", IDEAL, "kapton", (0.0, 0.05, 0.15, 0.3), None),
        ("cellulose acetate film", IDEAL, "cellulose_acetate", (0.0, 0.05, 0.15, 0.3), None),
        ("glass holder", IDEAL, "glass", (0.0, 0.05, 0.15, 0.3), None),
        ("air scatter", IDEAL, "air_scatter", (0.0, 0.05, 0.15, 0.3), None),
        (
            "background",
            IDEAL.replace(background_slope=-0.6),
            "background",
            (0, 0.05, 0.1, 0.24),
            None,
        ),
        (
            "counts",
            COUNTED.replace(background=0.05),
            "counts",
            (50_000.0, 5_000.0, 500.0, 150.0),
            None,
        ),
        (
            "seams of the detector",
            IDEAL.replace(background=0.2, amorphous=0.4),
            "stitching",
            (0.0, 0.01, 0.02, 0.05),
            None,
        ),
        (
            "step of the scan (°)",
            COUNTED.replace(counts=500.0, background=0.3),
            "step",
            (0.0, 0.005, 0.03, 0.06),
            (12, 20),
        ),
        ("start of the scan (°)", COUNTED, "start", (3.0, 5.0, 8.0, 12.0), None),
    ],
}


def draw_panel(axis: plt.Axes, panel: Panel) -> None:
    title, conditions, name, values, shown = panel
    given = {name: np.array(values, dtype=float), "seed": 5, "amorphous_tilt": 0.0, **AXIS}
    if name == "axial_sample":
        given["axial_detector"] = given[name]
    if name == "cell_strain":
        # One and the same direction of the strain, growing.
        direction = {"xx": 1.0, "yy": -0.5, "zz": 0.3, "yz": 0.0, "xz": 0.6, "xy": 0.0}
        given |= {f"strain_{c}": part * given[name] for c, part in direction.items()}
    X = simulate_patterns(
        CRYSTAL,
        len(values),
        preset=conditions,
        impurity=OTHER if name == "impurity" else None,
        parameters=given,
        random_state=0,
    )
    colours = plt.colormaps["viridis"](np.linspace(0, 0.75, len(values)))
    for level, (value, pattern, colour) in enumerate(zip(values, X, colours, strict=True)):
        height = np.sqrt(pattern / np.nanmax(pattern))
        axis.plot(GRID, height + 0.9 * level, color=colour, linewidth=0.7)
        axis.annotate(
            f"{value:g}".replace("inf", "infinite"),
            (1.01, 0.9 * level + 0.1),
            xycoords=("axes fraction", "data"),
            color=colour,
            fontsize=8,
        )
    axis.set(title=title, yticks=[], xlim=shown or (3, 42))


def main() -> None:
    for name, panels in FIGURES.items():
        rows = (len(panels) + 1) // 2
        figure, axes = plt.subplots(rows, 2, figsize=(10, 2.4 * rows), layout="constrained")
        for axis, panel in zip(axes.flat, panels, strict=False):
            draw_panel(axis, panel)
        for axis in axes.flat[len(panels) :]:
            axis.set_axis_off()
        for axis in axes[-1]:
            axis.set_xlabel("2θ / degrees (Cu Kα1)")
        figure.supylabel("square root of intensity, each pattern scaled to its highest point")
        figure.savefig(Path(__file__).with_name(f"{name}.png"), dpi=90)


if __name__ == "__main__":
    main()
