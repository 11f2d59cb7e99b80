"""
Swap measures in one loop
=========================

Which measure tells the solid forms of a screen apart best? Every measure has the same methods, so
one loop runs them all through the same cross-validation: test on the patterns of two compounds,
fit on those of all others.
"""

# %%
# A campaign
# ----------
# Eight virtual compounds with fourteen solid forms, measured 300 times in well plates: little
# sample, and all that makes patterns of one form differ, such as texture, sample height, peak
# width, amorphous parts, noise, scans that start late or end early. With measured patterns the line
# would be ``load_campaign("folder")``, see :ref:`data_model`.

from xrpdsim.datasets import make_screening_campaign

campaign = make_screening_campaign(
    n_compounds=8, n_forms=14, n_patterns=300, preset="well-plate", random_state=0
)
print(campaign.forms)

# %%
# ``y`` has two columns, compound and form: "I" of one compound is not "I" of another.

print(campaign.X.shape, campaign.y[:3].tolist())

# %%
# Four patterns: two of one form, and one each of two others.

import matplotlib.pyplot as plt
import numpy as np

from xrpdsim.preprocessing import PatternNormalizer

first = np.flatnonzero((campaign.compound == "compound 1") & (campaign.form == "I"))[:2]
others = [np.flatnonzero(campaign.compound == name)[0] for name in ("compound 2", "compound 3")]
figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
for offset, row in enumerate([*first, *others]):
    scaled = PatternNormalizer().fit_transform(campaign.X[[row]])[0]
    label = f"{campaign.compound[row]}, form {campaign.form[row]}"
    axes.plot(campaign.two_theta, scaled - 1.1 * offset, lw=0.8, color="k")
    axes.text(42.3, -1.1 * offset, label, va="bottom")
axes.set(xlabel="2θ / degrees (Cu K$\\alpha_1$)", xlim=(2, 57), yticks=[])
axes.set_xticks(range(5, 45, 5))
axes.set_ylabel("intensity, each scaled to [0, 1]")
axes.set_title("four patterns of the campaign")
axes.spines[["top", "right", "left"]].set_visible(False)

# %%
# Four measures
# -------------
# Every row begins with the normaliser, as counts differ from scan to scan.

from sklearn.pipeline import make_pipeline

from xrpdsim import (
    CorrelationSimilarity,
    DeGelderSimilarity,
    EuclideanSimilarity,
    leave_two_compounds_out,
)
from xrpdsim.preprocessing import BaselineRemover

measures = {
    "Euclid": [EuclideanSimilarity()],
    "Pearson": [CorrelationSimilarity()],
    "de Gelder": [DeGelderSimilarity()],
    "de Gelder, baseline removed": [BaselineRemover(), DeGelderSimilarity()],
}
results = {
    name: leave_two_compounds_out(
        make_pipeline(PatternNormalizer(), *steps), campaign.X, campaign.y
    )
    for name, steps in measures.items()
}

# %%
# The table
# ---------
# ``fold_spread`` says how much single folds differ, ``low`` and ``high`` how well the mean is
# known: see :ref:`protocol`.

import pandas as pd

summaries = {
    name: result.summary().to_frame().set_index("metric") for name, result in results.items()
}
table = pd.concat(summaries, names=["measure"])
shown = ["auroc", "average_precision", "f1", "best_f1"]
print(table.loc[(slice(None), shown), :].round(2).to_string())

# %%
# The folds themselves, each a pair of compounds. ``f1`` below ``best_f1`` means that the threshold
# learnt on the other compounds does not fit these two.

figure, panels = plt.subplots(1, 2, figsize=(8, 2.8), sharey=True, layout="constrained")
for axes, metric, title in zip(
    panels, ["auroc", "average_precision"], ["AUROC", "average precision"], strict=True
):
    for height, result in enumerate(results.values()):
        folds = np.array(result[metric])
        axes.scatter(folds, np.full(len(folds), height), s=14, alpha=0.5, color="C0", lw=0)
        axes.plot(folds.mean(), height, "|", ms=18, mew=2, color="k")
    axes.set(xlabel=f"{title} of a fold; bar: mean", yticks=range(len(results)))
    axes.set_yticklabels(list(results))
panels[0].invert_yaxis()
figure.suptitle("28 folds of each measure")

# %%
# Is the difference between two measures more than chance? On the same folds they are compared fold
# by fold, and the interval resamples compounds, since folds that share one are not independent.

from xrpdsim import compare_cv

difference = compare_cv(
    results["de Gelder, baseline removed"],
    results["de Gelder"],
    metrics=["auroc", "average_precision", "f1"],
)
print(difference)
