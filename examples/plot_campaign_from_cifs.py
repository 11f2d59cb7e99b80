"""
A campaign from crystal structures
==================================

Structures of your own compounds, or of their relatives in a database, are labels for free: patterns
simulated from their CIFs train and test a measure before the first sample is made.
"""

# %%
# CIF files
# ---------
# Any CIF with coordinates will do. These are short ones of well-known structures, as published but
# rounded and without hydrogen: four small molecules, and two excipients that have two forms each.

from pathlib import Path
from tempfile import mkdtemp

structures = {
    ("urea", "I"): (
        "P -4 21 m", "5.565 5.565 4.684 90 90 90",
        "C 0 .5 .326, O 0 .5 .5953, N .1459 .6459 .1766",
    ),
    ("glycine", "alpha"): (
        "P 1 21/n 1", "5.105 11.969 5.465 90 111.70 90",
        "C .0753 .1248 .0661, C .0648 .1450 .7867, O .3049 .0942 .2355, O .8518 .1417 .1072, "
        "N .3009 .0898 .7408",
    ),
    ("naphthalene", "I"): (
        "P 1 21/a 1", "8.235 6.003 8.658 90 122.92 90",
        "C .0856 .0186 .3251, C .1148 .1588 .2200, C .0472 .1025 .0351, C .0749 .2471 -.0784, "
        "C .0116 .1869 -.2541",
    ),
    ("anthracene", "I"): (
        "P 1 21/a 1", "8.561 6.036 11.163 90 124.70 90",
        "C .0873 .0278 .3648, C .1186 .1577 .2797, C .0588 .0810 .1379, C .0877 .2089 .0475, "
        "C .0304 .1313 -.0917, C .0606 .2593 -.1860, C .0032 .1820 -.3191",
    ),
    ("titanium dioxide", "rutile"): (
        "P 42/m n m", "4.594 4.594 2.959 90 90 90", "Ti 0 0 0, O .305 .305 0",
    ),
    ("titanium dioxide", "anatase"): (
        "I 41/a m d:1", "3.785 3.785 9.514 90 90 90", "Ti 0 0 0, O 0 0 .208",
    ),
    ("calcium carbonate", "calcite"): (
        "R -3 c:H", "4.990 4.990 17.06 90 90 120", "Ca 0 0 0, C 0 0 .25, O .257 0 .25",
    ),
    ("calcium carbonate", "aragonite"): (
        "P m c n", "4.961 7.967 5.740 90 90 90",
        "Ca .25 .4151 .7597, C .25 .7622 -.0862, O .25 .9225 -.0962, O .4735 .6810 -.0873",
    ),
}  # fmt: skip


def write_cif(path, space_group, cell, sites):
    names = ["length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma"]
    lines = [f"data_{path.stem}", f"_space_group_name_H-M_alt '{space_group}'"]
    lines += [f"_cell_{name} {value}" for name, value in zip(names, cell.split(), strict=True)]
    lines += ["loop_", "_atom_site_type_symbol", "_atom_site_label"]
    lines += [f"_atom_site_fract_{axis}" for axis in "xyz"]
    for number, site in enumerate(sites.split(","), start=1):
        element, x, y, z = site.split()
        lines.append(f"{element} {element}{number} {x} {y} {z}")
    path.write_text("\n".join(lines) + "\n")


folder = Path(mkdtemp())
for (compound, form), structure in structures.items():
    (folder / compound).mkdir(exist_ok=True)
    write_cif(folder / compound / f"{form}.cif", *structure)

# %%
# Lines, then patterns
# --------------------
# From here on it is your folder: one subfolder a compound, one CIF a form. A structure's lines are
# calculated once, and measured as often as you like.

import numpy as np

from xrpdsim.simulation import lines_from_cif, simulate_patterns

patterns, labels = [], []
for seed, path in enumerate(sorted(folder.glob("*/*.cif"))):
    lines = lines_from_cif(path)
    compound, form = path.parent.name, path.stem
    strongest = lines.two_theta[lines.intensity.argmax()]
    print(f"{compound}, {form}: {len(lines)} lines, the strongest at {strongest:.2f} degrees")
    patterns.append(simulate_patterns(lines, 15, preset="well-plate", random_state=seed))
    labels += [[compound, form]] * 15
X, y = np.concatenate(patterns), np.array(labels, dtype=object)

# %%
# Texture, sample height, strain, background and noise are drawn again for every pattern. Six of one
# form:

import matplotlib.pyplot as plt

from xrpdsim.patterns import default_two_theta
from xrpdsim.preprocessing import PatternNormalizer

glycine = PatternNormalizer().fit_transform(X[y[:, 0] == "glycine"][:6])
figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
axes.plot(default_two_theta(), (glycine - np.arange(6)[:, None]).T, lw=0.8, color="k")
axes.set(
    xlabel="2θ / degrees (Cu K$\\alpha_1$)", ylabel="intensity, each scaled to [0, 1]", yticks=[]
)
axes.set_title("alpha-glycine, six simulated measurements")

# %%
# Cross-validate on it
# --------------------

import pandas as pd
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline

from xrpdsim import (
    CorrelationSimilarity,
    DeGelderSimilarity,
    EuclideanSimilarity,
    LeaveTwoGroupsOut,
    pair_scoring,
    summarize_cv,
)
from xrpdsim.preprocessing import BaselineRemover

measures = {
    "Euclid": EuclideanSimilarity(),
    "Pearson": CorrelationSimilarity(),
    "de Gelder": DeGelderSimilarity(),
}
summaries = {}
for name, measure in measures.items():
    folds = cross_validate(
        make_pipeline(PatternNormalizer(), BaselineRemover(), measure),
        X,
        y,
        groups=y[:, 0],
        cv=LeaveTwoGroupsOut(),
        scoring=pair_scoring,
        return_indices=True,
        error_score="raise",
    )
    summary = summarize_cv(folds, y[:, 0], metrics=["auroc", "average_precision", "f1"])
    summaries[name] = summary.to_frame().set_index("metric")
print(pd.concat(summaries, names=["measure"]).round(2).to_string())

# %%
# Six compounds in eight forms are few, and all of them have small cells with well separated lines:
# larger molecules are harder. :func:`~xrpdsim.datasets.make_screening_campaign` makes larger
# campaigns, of virtual crystals.
