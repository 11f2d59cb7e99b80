"""
Sort a screen into solid forms
==============================

One compound, many measurements: which are the same form, and which are amorphous or mixed? No
labels and no training are needed, and the number of forms need not be known.
"""

# %%
# A screen
# --------
# Four forms of one virtual compound, 120 measurements, amorphous samples and mixtures among them.
# With files the first line would be ``screen = read_screen("folder")``.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import adjusted_rand_score

from xrpdsim.datasets import make_screening_campaign
from xrpdsim.inspection import EmbeddingMapDisplay, PatternStackDisplay, SimilarityMapDisplay
from xrpdsim.sorting import FormClusterer, Screen, sort_screen

campaign = make_screening_campaign(
    1, 4, 120, preset="bragg-brentano", amorphous_share=0.05, mixture_share=0.08, random_state=6
)

# %%
# Sort it
# -------
# Groups are merged as long as the mean probability of being the same form reaches one half, by the
# shipped similarity, which needs no labels. Amorphous patterns get the label -1: two amorphous
# samples are no evidence of one form.

clusterer = FormClusterer().fit(campaign.X)
print("sorted by", clusterer.similarity_name_)
print("groups:", np.bincount(clusterer.labels_[clusterer.labels_ >= 0]))
print("amorphous:", clusterer.amorphous_.sum())

form = campaign.form.astype(str)
pure = np.array([name != "amorphous" and "+" not in name for name in form])
print("adjusted Rand index:", round(adjusted_rand_score(form[pure], clusterer.labels_[pure]), 3))

# %%
# The typical pattern of each group is drawn in front of the other members.

PatternStackDisplay.from_estimator(clusterer, campaign.X).ax_.set_title("patterns by group")
plt.show()

# %%
# The matrix of probabilities, in the order of the tree, and a map of the screen.

SimilarityMapDisplay.from_estimator(clusterer).ax_.set_title("all pairs")
plt.show()

# %%

EmbeddingMapDisplay.from_estimator(clusterer).ax_.set_title("map of the screen")
plt.show()

# %%
# What to review
# ---------------
# :func:`~xrpdsim.sorting.sort_screen` does all of this at once, explains mixtures by the groups,
# and lists what is unsure; :func:`xrpdsim.inspection.write_report` puts it on one page. On the
# command line: ``xrpdsim sort folder``.

screen = Screen(
    campaign.X, campaign.two_theta, [f"{k:03d}_{name}.xy" for k, name in enumerate(form)]
)
found = sort_screen(screen)
print(found.summary())

# %%
# Mixtures, with the shares in which the groups scatter:

for row in found.explanations:
    if found.mixture_of(row):
        print(f"{screen.files[row]:16} {found.mixture_of(row)}")
