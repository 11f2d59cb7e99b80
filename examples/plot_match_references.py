"""
Match patterns to references
============================

Known forms have names; a form that nobody has seen should be called new, not the nearest known one.
"""

# %%
# References and unknowns
# -----------------------
# Four forms of one virtual compound. Of three of them there are two reference patterns each; the
# fourth is new to the references.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay

from xrpdsim.datasets import make_screening_campaign
from xrpdsim.sorting import MixtureExplainer, ReferenceMatcher

campaign = make_screening_campaign(
    1, 4, 120, preset="bragg-brentano", mixture_share=0.1, mixture_range=(0.2, 0.8), random_state=9
)
form = campaign.form.astype(str)
references = np.concatenate([np.flatnonzero(form == name)[:2] for name in ("I", "II", "III")])
pure = np.array(["+" not in name for name in form])
unknown = np.setdiff1d(np.flatnonzero(pure), references)

# %%
# Match
# -----
# By the shipped similarity, unless another one is given. ``predict_proba`` has a column for each
# form and a last one for "new".

matcher = ReferenceMatcher().fit(campaign.X[references], form[references])
answers = matcher.predict(campaign.X[unknown])
print(matcher.classes_)
print(matcher.predict_proba(campaign.X[unknown[:4]]).round(3))

expected = np.where(form[unknown] == "IV", "new", form[unknown])
display = ConfusionMatrixDisplay.from_predictions(expected, answers, colorbar=False)
display.ax_.set_title("patterns by true and predicted form")
plt.show()

# %%
# Which reference decided, and how probable that match is:

indices, probability = matcher.nearest_reference(campaign.X[unknown[:3]])
for row, index, p in zip(unknown, indices, probability, strict=False):
    print(f"pattern {row} ({form[row]}): reference {references[index]}, probability {p:.3f}")

# %%
# Mixtures
# --------
# A mixture of two known forms is explained by both, with their shares of what is scattered.

explainer = MixtureExplainer().fit(campaign.X[references], form[references])
known = [k for k in np.flatnonzero(~pure) if "IV" not in form[k]]
for row, found in zip(known, explainer.explain(campaign.X[known]), strict=True):
    shares = ", ".join(f"{s:.0%} {f}" for f, s in zip(found.forms, found.shares, strict=True))
    print(f"{form[row]:10} {shares}")
