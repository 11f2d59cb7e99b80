"""
Three pairs that need a second look
===================================

The cosine of two embeddings is quick, and wrong about some pairs that matter: polymorphs that share
layers, one form at two temperatures, a sample whose plates lie flat. The second look of "organic-2"
compares both patterns side by side. The crystals here do not exist; nothing was trained on them.
"""

# %%
# Both looks, and the first alone
# -------------------------------

import matplotlib.pyplot as plt
import numpy as np

from xrpdsim import PairwisePhaseClassifier
from xrpdsim.patterns import default_two_theta
from xrpdsim.simulation import (
    in_environment,
    near_relative,
    polytype,
    simulate_patterns,
    thermal_expansion,
    virtual_crystal,
)

both_looks = PairwisePhaseClassifier.from_pretrained("organic-2")
first_look = PairwisePhaseClassifier.from_pretrained("organic-2", second_look=False)


def crystal(number):
    return virtual_crystal(number, two_theta_max=43.0)


def measured(lines, seed, preset="transmission", **parameters):
    return simulate_patterns(
        lines, 1, preset=preset, random_state=seed, parameters=parameters or None
    )


# %%
# The pairs
# ---------
# Two polymorphs that stack the same layers by another vector: half of their lines are the same.
# One form at room temperature and at 100 K, where every line has moved by its own amount. One form
# as a powder, and with its plates lying flat on the holder. And a form beside a relative with
# nearly the same cell and intensities: nobody can tell them apart by their patterns.

form = crystal(9)
other_stacking = polytype(form, correlation=0.2, strain=0.003, random_state=9)
warm = crystal(4)
cold = in_environment(warm, temperature=100.0, expansion=thermal_expansion(random_state=4))
plates = crystal(0)
twin = crystal(3)
relative = near_relative(twin, strain=0.0005, correlation=0.97, random_state=3)
pairs = {
    "two polymorphs that share layers": (measured(form, 9), measured(other_stacking, 9)),
    "one form at room temperature and at 100 K": (measured(warm, 4), measured(cold, 5)),
    "one form, its plates lying flat the second time": (
        measured(plates, 0, march_r=1.0),
        measured(plates, 0, "bragg-brentano", march_r=0.25),
    ),
    "two forms that neither look can tell apart": (measured(twin, 3), measured(relative, 4)),
}

# %%
# What both say
# -------------

two_theta = default_two_theta()
figure, rows = plt.subplots(len(pairs), 1, figsize=(8, 9), sharex=True, layout="constrained")
for axes, (title, patterns) in zip(rows, pairs.items(), strict=True):
    X = np.concatenate(patterns)
    one, two = (look.predict_proba(X)[0, 1] for look in (first_look, both_looks))
    for place, pattern in enumerate(X):
        axes.plot(two_theta, np.sqrt(pattern / np.nanmax(pattern)) - place, lw=0.8)
    axes.set_title(f"{title}: first look {one:.2f}, both looks {two:.2f}", loc="left", fontsize=10)
    axes.set_yticks([])
    print(f"{title}: {one:.2f}, {two:.2f}")
rows[-1].set_xlabel("2θ / degrees (Cu K$\\alpha_1$)")
plt.show()
