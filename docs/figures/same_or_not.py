"""Draw docs/figures/same_or_not.png, the picture of README and start page; print its figures."""

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from xrpdsim import CorrelationSimilarity, PairwisePhaseClassifier, pair_scoring
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.preprocessing import PatternNormalizer

PICTURE = Path(__file__).with_suffix(".png")
INK, SAME, DIFFERENT = "#222222", "#0072B2", "#D55E00"  # told apart by the colour-blind, too


def main() -> None:
    """Judge all pairs of one compound's screen by the shipped similarity, without a label."""
    screen = make_screening_campaign(1, 4, 80, preset="well-plate", random_state=7)
    model = PairwisePhaseClassifier.from_pretrained("organic-1")

    order = np.argsort(screen.form, kind="stable")
    X, form = screen.X[order], screen.form[order]
    probability = model.pairwise_proba(X)
    same = form[:, None] == form
    alike = CorrelationSimilarity().fit(X).pairwise(X)
    # one form that looks like two, and two that look like one
    first, second = np.unravel_index(np.where(same, alike, 2).argmin(), alike.shape)
    third = np.where(same[first], -2, alike[first]).argmax()

    mpl.rcParams.update({"font.size": 10, "axes.edgecolor": INK, "text.color": INK})
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(10, 4), width_ratios=[1.4, 1], layout="constrained"
    )
    draw_patterns(left, screen.two_theta, X[[first, second, third]], form[[first, second, third]])
    draw_bracket(left, probability[first, second], alike[first, second], (0, 1), 45, SAME)
    draw_bracket(left, probability[first, third], alike[first, third], (0, 2), 56, DIFFERENT)
    draw_map(figure, right, probability, form)
    figure.savefig(PICTURE, dpi=130)

    figures = pair_scoring(model, screen.X, screen.y)
    print({name: round(value, 3) for name, value in figures.items()})


def draw_patterns(axes, two_theta, X, form):
    scaled = PatternNormalizer().fit_transform(X)
    for place, (pattern, name) in enumerate(zip(scaled, form, strict=True)):
        axes.plot(two_theta, pattern - 1.25 * place, color=INK, lw=0.8)
        axes.text(38.5, 0.12 - 1.25 * place, f"form {name}", weight="bold")
    axes.set(xlabel="2θ / degrees (Cu K$\\alpha_1$)", xlim=(2, 64), ylim=(-2.65, 1.1), yticks=[])
    axes.set_xticks(range(5, 45, 5))
    axes.xaxis.set_label_coords(0.33, -0.09)
    axes.set_title("Are these the same solid form?", loc="left")
    axes.spines[["top", "right", "left"]].set_visible(False)


def draw_bracket(axes, probability, correlation, places, left, colour):
    top, bottom = (0.15 - 1.25 * place for place in places)
    middle = (top + bottom) / 2 - (0.4 if places[1] == 2 else 0)
    axes.plot([left, left + 1, left + 1, left], [top, top, bottom, bottom], color=colour, lw=2)
    axes.text(left + 1.6, middle + 0.12, f"{probability:.2f}", color=colour, size=16)
    note = f"Pearson {correlation:.2f}".replace("-", "\N{MINUS SIGN}")
    axes.text(left + 1.6, middle - 0.12, note, color=colour, size=8)


def draw_map(figure, axes, probability, form):
    image = axes.imshow(probability, vmin=0, vmax=1, cmap="cividis")
    names, starts = np.unique(form, return_index=True)
    edges = [*starts, len(form)]
    middles = (np.array(edges[:-1]) + edges[1:]) / 2 - 0.5
    axes.set_xticks(middles, names)
    axes.set_yticks(middles, names)
    axes.tick_params(length=0)
    for edge in starts[1:]:
        axes.axhline(edge - 0.5, color="white", lw=0.8)
        axes.axvline(edge - 0.5, color="white", lw=0.8)
    axes.set(xlabel=f"{len(form)} patterns, by form", ylabel="form")
    axes.set_title("Every pair of a screen", loc="left")
    figure.colorbar(image, ax=axes, label="probability of the same form", shrink=0.85)


if __name__ == "__main__":
    main()
