"""
Train on past projects and apply to a new one
=============================================

Screens that were sorted by hand in past projects are training data. What is learnt from them, here
a network and a classical measure of which only threshold and probabilities are learnt, is kept in a
file and sorts the screen of a compound that nobody has seen before, beside the shipped similarity.
"""

# %%
# Past projects
# -------------
# Forty compounds, measured on one instrument, with the form of each pattern. With files it would be
# ``load_campaign("folder")``. The new project is another compound on the same instrument.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import adjusted_rand_score

from xrpdsim.datasets import make_screening_campaign

past = make_screening_campaign(
    n_compounds=40, n_forms=100, n_patterns=800, preset="well-plate", random_state=0
)
new = make_screening_campaign(1, 4, 60, preset="well-plate", random_state=7)
print(f"{len(past.X)} patterns of {len(past.lines)} forms; to sort: {len(new.X)} patterns")

# %%
# Learn from them
# ---------------
# Both stand in the same frame: `PairwisePhaseClassifier` around anything that turns patterns into
# vectors. The network is small and trained briefly. Three of the past compounds, drawn at random,
# are held out of its training; their pairs set its threshold and probabilities.

from sklearn.pipeline import make_pipeline

from xrpdsim import PairwisePhaseClassifier, SiameseXRPDEmbedder
from xrpdsim.preprocessing import BaselineRemover, PatternNormalizer, SquareRootScaler

network = make_pipeline(
    PatternNormalizer(),
    SiameseXRPDEmbedder(
        loss="siglip",
        metric="cosine",
        module_params={"hidden": 256, "channels": 8},
        lr=1e-3,
        max_epochs=12,
        patterns_per_phase=4,
        n_threads=1,
        random_state=0,
    ),
)
classical = make_pipeline(PatternNormalizer(), BaselineRemover(), SquareRootScaler())
models = {
    "network of past projects": PairwisePhaseClassifier(network),
    "cosine of square roots": PairwisePhaseClassifier(classical, metric="cosine"),
}
for model in models.values():
    model.fit(past.X.astype("float32"), past.y)

# %%
# Keep it for the next project
# ----------------------------
# A fitted classifier, with preprocessing, weights, threshold and probabilities, goes into one file,
# without pickle.

from pathlib import Path
from tempfile import TemporaryDirectory

with TemporaryDirectory() as folder:
    path = Path(folder) / "past_projects.safetensors"
    models["network of past projects"].save(path)
    print(f"{path.stat().st_size / 2**20:.1f} MiB")
    models["network of past projects"] = PairwisePhaseClassifier.load(path)

# %%
# The new compound
# ----------------
# The shipped similarity joins: it has seen neither the past projects nor this one.

import pandas as pd

from xrpdsim import pair_scoring
from xrpdsim.sorting import FormClusterer

models["organic-1, shipped"] = PairwisePhaseClassifier.from_pretrained("organic-1")
X = new.X.astype("float32")
rows, groups = {}, {}
for name, model in models.items():
    groups[name] = FormClusterer(model).fit(X)
    found = pair_scoring(model, X, new.y)
    rows[name] = {metric: found[metric] for metric in ("auroc", "average_precision", "f1")}
    labels = groups[name].labels_
    rows[name]["adjusted Rand index"] = adjusted_rand_score(new.form.astype(str), labels)
    rows[name]["groups"] = labels.max() + 1
print(pd.DataFrame(rows).T.round(3).to_string())

# %%
# A network that starts from nothing lives on the number of different forms it has seen, and a
# hundred are few. Where a classical measure with the threshold of your own projects does better,
# the table says so; with your archive this loop answers whether it pays to train. A third way is to
# go on from the shipped weights, ``SiameseXRPDEmbedder(init="organic-1")``: see :ref:`embedding`.
#
# The patterns in the order of their true forms, whose borders are white:

order = np.argsort(new.form.astype(str), kind="stable")
starts = np.flatnonzero(np.diff(np.unique(new.form[order].astype(str), return_inverse=True)[1])) + 1
figure, axes = plt.subplots(1, 3, figsize=(10, 3.9), layout="constrained")
for axis, (name, model) in zip(axes, models.items(), strict=True):
    probability = model.pairwise_proba(X[order])
    image = axis.imshow(probability, vmin=0, vmax=1, cmap="cividis")
    for start in starts:
        axis.axhline(start - 0.5, color="white", lw=0.8)
        axis.axvline(start - 0.5, color="white", lw=0.8)
    axis.set_title(name, fontsize="medium")
    axis.set(xlabel="pattern", yticks=[])
figure.colorbar(image, ax=axes, label="probability of the same form", shrink=0.8)
plt.show()

# %%
# The groups that are found with the shipped similarity:

from xrpdsim.inspection import PatternStackDisplay

display = PatternStackDisplay.from_estimator(groups["organic-1, shipped"], X)
display.ax_.set_title("groups found with organic-1")
plt.show()

# %%
# Where the past projects and the shipped weights disagree, a few judged pairs decide: see
# :ref:`sphx_glr_auto_examples_plot_judge_pairs.py`.
