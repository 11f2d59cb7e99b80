"""
Judge a few pairs and adapt
===========================

The score from which two patterns are the same form differs from screen to screen. A person who
looks at a handful of pairs can say where it lies, if they are the right pairs:
:meth:`~xrpdsim.PairwisePhaseClassifier.suggest_pairs` asks, and
:meth:`~xrpdsim.PairwisePhaseClassifier.adapt` learns from the answers.
"""

# %%
# A screen that is out of the ordinary
# ------------------------------------
# Four forms of one compound that nothing was trained on. Its crystals are plates that lie flat in
# the holder, and its lattices vary more from sample to sample than those of most compounds do.

import matplotlib.pyplot as plt
import numpy as np

from xrpdsim import PairwisePhaseClassifier, pair_scoring
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.inspection import ReliabilityDisplay
from xrpdsim.simulation import LogNormal, LogUniform, get_conditions

conditions = get_conditions("bragg-brentano").replace(
    march_r=LogNormal(0.7, 0.4), cell_strain=LogUniform(0.003, 0.012)
)
screen = make_screening_campaign(1, 4, 80, preset=conditions, random_state=1)
same_form = PairwisePhaseClassifier.from_pretrained("organic-1")


def figures(classifier):
    """F1 at the threshold in force, and at the one that would be best."""
    found = pair_scoring(classifier, screen.X, screen.y)
    return f"F1 {found['f1']:.3f}, at the best threshold {found['best_f1']:.3f}"


print("as shipped:", figures(same_form))
before = same_form.predict_proba(screen.X)[:, 1]

# %%
# Which pairs to review
# ---------------------
# Not the ones that are surely the same or surely different, and not always the same patterns. The
# most informative comes first.

pairs = same_form.suggest_pairs(screen.X, 4)


def judge(pairs):
    """Answer as a person does who looks at both patterns; here we know the truth."""
    return screen.form[pairs[:, 0]] == screen.form[pairs[:, 1]]


same = judge(pairs)

figure, axes = plt.subplots(2, 2, figsize=(9, 4.5), sharex=True, layout="constrained")
figure.suptitle("four suggested pairs, by row number")
for axis, (first, second), answer in zip(axes.flat, pairs, same, strict=True):
    for row, height in ((first, 1.1), (second, 0.0)):
        pattern = np.sqrt(screen.X[row] / np.nanmax(screen.X[row]))
        axis.plot(screen.two_theta, pattern + height, lw=0.7, color="0.2")
        axis.text(41.5, height + 0.75, f"{row}", ha="right")
    colour = "#0072B2" if answer else "#D55E00"
    axis.set_title("the same" if answer else "different", color=colour, loc="left")
    axis.set(yticks=[])
    axis.spines[["top", "right", "left"]].set_visible(False)
for axis in axes[-1]:
    axis.set_xlabel("2θ / degrees")
plt.show()

# %%
# Adapt, and ask again
# --------------------
# In rounds each question profits from the answers before it. ``adaptation_`` says how sure the
# threshold is by now. That pairs were chosen by their scores does not bias the probabilities;
# choosing them by what they are would.

same_form.adapt(screen.X, pairs=pairs, same=same)
for _ in range(3):
    asked = same_form.suggest_pairs(screen.X, 4, judged=pairs)
    pairs = np.concatenate([pairs, asked])
    same_form.adapt(screen.X, pairs=pairs, same=judge(pairs))
    state = same_form.adaptation_
    print(
        f"{len(pairs):2} pairs: {figures(same_form)}; threshold {same_form.threshold_:.3f}, "
        f"95 % between {state['threshold_low']:.3f} and {state['threshold_high']:.3f}"
    )

# %%
# The same number of pairs drawn at random teach less: nearly all of them are easy.

for seed in range(3):
    first, second = np.triu_indices(len(screen.X), 1)
    drawn = np.random.default_rng(seed).permutation(len(first))[: len(pairs)]
    by_chance = np.column_stack([first, second])[drawn]
    other = PairwisePhaseClassifier.from_pretrained("organic-1")
    other.adapt(screen.X, pairs=by_chance, same=judge(by_chance))
    print(f"{len(pairs)} random pairs: {figures(other)}")

# %%
# Before and after
# ----------------
# On the diagonal, of a hundred pairs with a probability of 0.3 thirty are the same.

truth = judge(np.column_stack(np.triu_indices(len(screen.X), 1)))
after = same_form.predict_proba(screen.X)[:, 1]
figure, axes = plt.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
figure.suptitle("probabilities before and after judging; the numbers are pairs")
ReliabilityDisplay.from_predictions(truth, before, name="as shipped", ax=axes[0])
ReliabilityDisplay.from_predictions(truth, after, name=f"{len(pairs)} pairs judged", ax=axes[1])
plt.show()
