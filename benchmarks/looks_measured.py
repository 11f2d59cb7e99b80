"""How measured do simulated patterns look? Statistics, pictures, and a classifier told to tell.

    python benchmarks/looks_measured.py DATA [--out results/looks_measured]

DATA holds `organics`, `tio2_repeats` and `minerals` (patterns and a labels.csv each) and
`structures` (CIFs and a labels.csv with a column `split`; only "develop" is used). Of the measured
patterns nothing is used but the shapes of signal, background and noise.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import warnings
from pathlib import Path

import numpy as np
from scipy.signal import find_peaks, peak_widths
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from xrpdsim._support._table import Table
from xrpdsim.patterns import Pattern, default_two_theta, to_grid
from xrpdsim.simulation import lines_from_cif, simulate_patterns

STEP = 0.02
WINDOW = 200  # points, four degrees
TITANIA = {
    # Anatase: Horn et al., Z. Kristallogr. 136 (1972) 273; rutile: Abrahams & Bernstein, J. Chem.
    # Phys. 55 (1971) 3206.
    "anatase": ("I 41/a m d :1", (3.7842, 3.7842, 9.5146), (("Ti", 0, 0, 0), ("O", 0, 0, 0.2081))),
    "rutile": ("P 42/m n m", (4.5937, 4.5937, 2.9587), (("Ti", 0, 0, 0), ("O", 0.3048, 0.3048, 0))),
}


def measured_patterns(folder: Path) -> dict[str, list[tuple[str, np.ndarray]]]:
    """Return (group, pattern on the common grid) of each set; a group is one sample or compound."""
    sets: dict[str, list[tuple[str, np.ndarray]]] = {}
    for name in ("organics", "minerals", "tio2_repeats"):
        with (folder / name / "labels.csv").open(newline="") as file:
            for row in csv.DictReader(file):
                angle, counts = np.loadtxt(folder / name / row["file"], usecols=(0, 1)).T
                pattern = Pattern(angle, counts, wavelength=float(row["wavelength"]))
                part = name
                if name == "organics":
                    part += " synchrotron" if "__sr_" in row["file"] else " laboratory"
                group = row["form"] if name == "tio2_repeats" else row["compound"]
                sets.setdefault(part, []).append((group, to_grid(pattern)))
    return sets


def simulated_patterns(folder: Path, preset: str, per_structure: int = 2, seed: int = 0) -> list:
    """Simulate organics of the `develop` half of the structures."""
    with (folder / "structures" / "labels.csv").open(newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["split"] == "develop" and r["organic"] == "1"]
    patterns = []
    for number, row in enumerate(rows):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            lines = lines_from_cif(
                folder / "structures" / row["file"],
                temperature=295.0 if row["temperature"] else None,
            )
        X = simulate_patterns(
            lines, per_structure, preset=preset, random_state=np.random.default_rng([seed, number])
        )
        patterns += [(row["phase"], x) for x in X]
    return patterns


def titania_lines() -> list:
    """Return the lines of anatase and rutile."""
    crystals = []
    for name, (group, (a, b, c), atoms) in TITANIA.items():
        cell = f"_cell_length_a {a}\n_cell_length_b {b}\n_cell_length_c {c}\n" + "".join(
            f"_cell_angle_{angle} 90\n" for angle in ("alpha", "beta", "gamma")
        )
        sites = "loop_\n_atom_site_label\n_atom_site_type_symbol\n" + "".join(
            f"_atom_site_fract_{axis}\n" for axis in "xyz"
        )
        sites += "".join(f"{el}1 {el} {x} {y} {z}\n" for el, x, y, z in atoms)
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / f"{name}.cif"
            path.write_text(f"data_{name}\n_symmetry_space_group_name_H-M '{group}'\n{cell}{sites}")
            crystals.append(lines_from_cif(path))
    return crystals


def noise_of(y: np.ndarray) -> np.ndarray:
    """Return the second difference, scaled so that white noise keeps its standard deviation."""
    return np.convolve(y, [-1, 2, -1], "valid") / np.sqrt(6)


def pattern_statistics(pattern: np.ndarray) -> dict[str, float] | None:
    """Describe a whole pattern by a few numbers, the strongest line being 1."""
    y = pattern[np.isfinite(pattern)]
    residual = noise_of(y)
    level = y[1:-1]
    quiet = level < np.median(level)
    top, base = y.max(), np.percentile(y, 10)
    noise = 1.4826 * np.median(np.abs(residual[quiet]))
    peaks, _ = find_peaks(y, prominence=max(0.03 * (top - base), 8 * noise))
    if peaks.size == 0:
        return None
    width, _, left, right = peak_widths(y, peaks, 0.5)
    near = residual * quiet
    square = (near**2).sum()
    return {
        "lines": float(peaks.size),
        "width": float(np.percentile(width, 25) * STEP),
        "asymmetry": float(np.median(np.log((peaks - left) / (right - peaks)))),
        "background share": float(_background_share(y)),
        "lowest over strongest": float(base / top),
        "first over lowest": float(y[:20].mean() / max(base, 1e-12)),
        "noise over strongest": float(noise / top),
        "noise against Poisson": float(noise / np.sqrt(max(np.median(level[quiet]), 1e-12))),
        "noise correlation 1": float((near[:-1] * near[1:]).sum() / square),
        "noise correlation 3": float((near[:-3] * near[3:]).sum() / square),
    }


def window_features(pattern: np.ndarray) -> np.ndarray:
    """Describe each window of four degrees that holds a line, on no scale of intensity."""
    rows = []
    y = pattern[np.isfinite(pattern)]
    for start in range(0, y.size - WINDOW + 1, WINDOW):
        window = y[start : start + WINDOW]
        low, high = np.percentile(window, 10), window.max()
        residual = noise_of(window)
        noise = 1.4826 * np.median(np.abs(residual))
        if high - low < 10 * noise or noise == 0:
            continue
        shape = (window - low) / (high - low)
        top = int(shape.argmax())
        if not 20 < top < WINDOW - 20:
            continue
        width, _, left, right = (a[0] for a in peak_widths(shape, [top], 0.5))
        tail = [int(np.clip(top + side * 2.5 * width, 0, WINDOW - 1)) for side in (-1, 1)]
        calm = np.abs(residual) < 4 * noise
        near = residual * calm
        square = max((near**2).sum(), 1e-300)
        level = window[1:-1]
        upper = level > np.percentile(level, 75)
        spread = [np.median(np.abs(residual[m])) + 1e-12 * high for m in (upper, ~upper)]
        rows.append(
            [
                np.log(noise / (high - low)),
                (near[:-1] * near[1:]).sum() / square,
                (near[:-2] * near[2:]).sum() / square,
                (near[:-3] * near[3:]).sum() / square,
                np.log(width * STEP),
                np.log(max(top - left, 0.5) / max(right - top, 0.5)),
                shape[tail].mean(),
                low / high,
                shape[:20].mean() - shape[-20:].mean(),
                find_peaks(shape, prominence=max(0.05, 6 * noise / (high - low)))[0].size,
                np.mean(shape),
                np.log(spread[0] / spread[1]),
            ]
        )
    return np.array(rows).reshape(-1, len(FEATURES))


FEATURES = (
    "noise",
    "noise correlation 1",
    "noise correlation 2",
    "noise correlation 3",
    "line width",
    "line asymmetry",
    "tails of the line",
    "background",
    "slope",
    "number of lines",
    "mean level",
    "noise under lines",
)


def tell_apart(measured: list, simulated: list) -> dict[str, float | str]:
    """Return the AUROC of boosted trees over windows: all features, some, and each one alone.

    Mean over three splits in five, by compound; both kinds of window weigh the same in all.
    """
    parts, truth, groups = [], [], []
    for kind, patterns in enumerate((simulated, measured)):
        for group, pattern in patterns:
            rows = window_features(pattern)
            parts.append(rows)
            truth += [kind] * len(rows)
            groups += [f"{kind} {group}"] * len(rows)
    X, y = np.concatenate(parts), np.array(truth)
    classifier = HistGradientBoostingClassifier(
        max_iter=80, max_leaf_nodes=8, class_weight="balanced", random_state=0
    )

    def auroc(columns: list[int]) -> float:
        found = []
        for seed in range(3):
            folds = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
            score = cross_val_predict(
                classifier, X[:, columns], y, groups=groups, cv=folds, method="predict_proba"
            )
            found.append(roc_auc_score(y, score[:, 1]))
        return float(np.mean(found))

    alone = {name: roc_auc_score(y, column) for name, column in zip(FEATURES, X.T, strict=True)}
    alone = {name: max(value, 1 - value) for name, value in alone.items()}
    most = sorted(alone, key=lambda name: -alone[name])[:4]
    return {
        "windows measured": int(y.sum()),
        "windows simulated": int((1 - y).sum()),
        "AUROC": auroc(list(range(len(FEATURES)))),
        "without correlation of noise": auroc(
            [i for i, name in enumerate(FEATURES) if "correlation" not in name]
        ),
        "most telling alone": ", ".join(f"{name} {alone[name]:.2f}" for name in most),
    }


def line_areas(pattern: np.ndarray, windows: list[tuple[float, float]]) -> np.ndarray:
    """Return the areas of lines above a straight background, as shares of their sum."""
    grid = default_two_theta()
    areas = []
    for low, high in windows:
        inside = (grid >= low) & (grid <= high)
        y = pattern[inside]
        ends = np.linspace(y[:10].mean(), y[-10:].mean(), y.size)
        areas.append((y - ends).sum())
    return np.array(areas) / np.sum(areas)


def repeat_scatter(patterns: list[np.ndarray]) -> float:
    """Return the relative scatter of line intensities between repeats, median over lines."""
    windows = [(24.4, 26.2), (26.8, 28.2), (35.4, 36.7), (37.2, 39.4)]
    areas = np.array([line_areas(p, windows) for p in patterns])
    return float(np.median(areas.std(axis=0, ddof=1) / areas.mean(axis=0)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=Path("results/looks_measured"))
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)

    sets = measured_patterns(arguments.data)
    sets |= {
        preset: simulated_patterns(arguments.data, preset, seed=arguments.seed)
        for preset in ("transmission", "bragg-brentano", "synchrotron", "well-plate")
    }
    anatase, rutile = titania_lines()
    titania = {
        name: simulate_patterns(
            [anatase, rutile],
            60,
            preset="bragg-brentano",
            shares=[0.7, 0.3],
            parameters={"start": 10.0, "end": 42.0, "amorphous": 0.0, **changes},
            random_state=arguments.seed,
        )
        for name, changes in {
            "simulated": {},
            "simulated, no texture": {"march_r": 1.0, "march_r_2": 1.0},
            "simulated, no texture, 500 grains": {"march_r": 1.0, "march_r_2": 1.0, "grains": 500},
        }.items()
    }
    sets["titania simulated"] = [(str(i // 6), x) for i, x in enumerate(titania["simulated"])]

    rows = []
    for name, patterns in sets.items():
        found = [s for s in (pattern_statistics(x) for _, x in patterns) if s is not None]
        row = {"set": name, "patterns": len(found)}
        for key in found[0]:
            low, middle, high = np.percentile([s[key] for s in found], [10, 50, 90])
            row[key] = f"{middle:.3g} ({low:.2g} to {high:.2g})"
        rows.append(row)
    _write(Table.from_rows(rows), arguments.out / "statistics.csv")

    rows = []
    for real, simulated in (
        ("organics laboratory", "bragg-brentano"),
        ("organics laboratory", "transmission"),
        ("organics synchrotron", "synchrotron"),
        ("minerals", "bragg-brentano"),
        ("tio2_repeats", "titania simulated"),
        ("transmission", "bragg-brentano"),
    ):
        found = tell_apart(sets[real], sets[simulated])
        rows.append({"measured": real, "simulated": simulated, **found})
    _write(Table.from_rows(rows), arguments.out / "classifier.csv")

    rows = []
    repeats: dict[str, list[np.ndarray]] = {}
    with (arguments.data / "tio2_repeats" / "labels.csv").open(newline="") as file:
        for row, (_, pattern) in zip(csv.DictReader(file), sets["tio2_repeats"], strict=True):
            repeats.setdefault(row["specimen"].rsplit("_", 1)[0], []).append(pattern)
    for name, patterns in {**repeats, **titania}.items():
        if len(patterns) > 2:
            rows.append(
                {"samples": name, "patterns": len(patterns), "scatter": repeat_scatter(patterns)}
            )
    _write(Table.from_rows(rows), arguments.out / "repeats.csv")
    draw(sets, arguments.out / "side_by_side.png")


def _background_share(y: np.ndarray) -> float:
    """Return the share of the area under a rolling minimum, smoothed."""
    from scipy.ndimage import minimum_filter1d, uniform_filter1d

    smooth = uniform_filter1d(y, 5)
    floor = uniform_filter1d(minimum_filter1d(smooth, 75), 75)
    return float(np.minimum(floor, y).sum() / y.sum())


def _write(table: Table, path: Path) -> None:
    path.write_text(table.to_csv())
    print(table, end="\n\n")


def draw(sets: dict, path: Path) -> None:
    """Draw measured beside simulated patterns."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    grid = default_two_theta()
    pairs = [
        ("organics laboratory", "bragg-brentano"),
        ("organics synchrotron", "synchrotron"),
        ("minerals", "transmission"),
        ("tio2_repeats", "titania simulated"),
    ]
    figure, axes = plt.subplots(len(pairs), 2, figsize=(12, 13), sharex=True)
    for line, pair in zip(axes, pairs, strict=True):
        for axis, name in zip(line, pair, strict=True):
            patterns = sets[name]
            for shift, index in enumerate(np.linspace(0, len(patterns) - 1, 5).astype(int)):
                y = patterns[index][1]
                axis.plot(grid, np.sqrt(y / np.nanmax(y)) + shift, linewidth=0.6, color="#1b4f72")
            axis.set_title(name)
            axis.set_yticks([])
    for axis in axes[-1]:
        axis.set_xlabel("2theta at Cu K-alpha1 (degrees)")
    for axis in axes[:, 0]:
        axis.set_ylabel("square root of intensity")
    figure.tight_layout()
    figure.savefig(path, dpi=90)


if __name__ == "__main__":
    main()
