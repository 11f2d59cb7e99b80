"""
Scans that start late or end early
==================================

Not measured is not zero. NaN in X marks what a scan did not cover, and two patterns are compared
over what both cover.
"""

# %%
# One scan, cut
# -------------
# A scan, and the same scan begun at 12 and ended at 32 degrees.

import matplotlib.pyplot as plt
import numpy as np

from xrpdsim import CorrelationSimilarity, DeGelderSimilarity, EuclideanSimilarity
from xrpdsim.patterns import default_two_theta
from xrpdsim.simulation import simulate_patterns, virtual_crystal

two_theta = default_two_theta()
whole = simulate_patterns(virtual_crystal(random_state=4), preset="ideal", random_state=0)[0]
cut = np.where((two_theta < 12) | (two_theta > 32), np.nan, whole)
zeros = np.nan_to_num(cut)

figure, axes = plt.subplots(figsize=(7, 2.5), layout="constrained")
axes.plot(two_theta, whole, color="0.6", label="whole scan")
axes.plot(two_theta, cut, color="C0", label="the part measured")
axes.set(xlabel="2θ / degrees (Cu K$\\alpha_1$)", ylabel="counts", title="a scan, whole and cut")
axes.legend()

# %%
# The similarity of the two, with NaN where nothing was measured, and with zeros there instead: then
# the missing lines count as a difference.

import pandas as pd

measures = {
    "Euclid": EuclideanSimilarity(),
    "Pearson": CorrelationSimilarity(),
    "de Gelder": DeGelderSimilarity(),
}
X = np.array([whole, cut, zeros]) / whole.max()
table = pd.DataFrame(
    {
        name: measure.fit(X).decision_function(X, pairs=[[0, 1], [0, 2]])
        for name, measure in measures.items()
    },
    index=["NaN: not measured", "zeros put in"],
).T
print(table.round(3).to_string())

# %%
# Too little in common
# --------------------
# Two scans that hardly overlap cannot be compared. By default that is an error; in a whole screen,
# where one short scan should not stop the others, it can be NaN with one warning.

low = np.where(two_theta > 20, np.nan, whole)
high = np.where(two_theta < 18, np.nan, whole)
screen = np.array([whole, low, high])
try:
    DeGelderSimilarity(min_overlap=5).fit(screen).pairwise(screen)
except ValueError as error:
    print(error)

# %%

import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(DeGelderSimilarity(min_overlap=5, overlap="nan").fit(screen).pairwise(screen).round(3))
print(caught[0].message)
