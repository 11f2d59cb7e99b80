"""The benchmark's figure; needs matplotlib (extra ``plots``)."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure


def draw(results: dict[str, list[dict[str, Any]]]) -> Figure:
    """Draw ROC and precision-recall curves with their spread over folds, and each fold's AUROC.

    Parameters
    ----------
    results : dict of str to list of dict
        The folds of each method.

    Returns
    -------
    matplotlib.figure.Figure
    """
    # colours by Okabe and Ito that the colour-blind tell apart; solid first, then dashed, dotted
    colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
    figure = Figure(figsize=(13, 4.6), layout="constrained")
    roc, precision_recall, strip = figure.subplots(1, 3, width_ratios=[1, 1, 1.1])
    shade = 0.15 if len(results) <= 3 else 0.05
    for number, (method, folds) in enumerate(results.items()):
        colour = colours[number % len(colours)]
        line = ["-", "--", ":"][number // len(colours) % 3]
        for axes, name in ((roc, "true_positive_rate"), (precision_recall, "precision")):
            curves = np.array([fold[name] for fold in folds])
            x = np.linspace(0, 1, curves.shape[1])
            axes.plot(x, curves.mean(axis=0), line, color=colour, lw=1.8, label=method)
            low, high = np.quantile(curves, [0.25, 0.75], axis=0)
            axes.fill_between(x, low, high, color=colour, alpha=shade, lw=0)
        auroc = [fold["auroc"] for fold in folds]
        # spread by rank, not at random, so that the figure repeats
        offset = (np.argsort(np.argsort(auroc)) % 7 - 3) * 0.05
        strip.scatter(auroc, number + offset, s=14, color=colour, alpha=0.7, lw=0)
        strip.plot([np.mean(auroc)] * 2, [number - 0.3, number + 0.3], color="black", lw=1.5)
    roc.plot([0, 1], [0, 1], color="0.7", lw=0.8, zorder=0)
    roc.set(xlabel="False positive rate", ylabel="True positive rate", title="ROC")
    precision_recall.set(xlabel="Recall", ylabel="Precision", title="Precision and recall")
    for axes in (roc, precision_recall):
        axes.set(xlim=(0, 1), ylim=(0, 1.02), aspect="equal")
    roc.legend(loc="lower right", fontsize=8, frameon=False)
    strip.axvline(0.5, color="0.7", lw=0.8, zorder=0)
    strip.set(xlabel="AUROC of each fold (bar: mean)", title="Folds")
    strip.set_yticks(range(len(results)), list(results))
    strip.invert_yaxis()
    n_folds = sorted({len(folds) for folds in results.values()})
    counts = " to ".join(map(str, dict.fromkeys([n_folds[0], n_folds[-1]])))
    figure.suptitle(
        f"Two compounds left out, {counts} folds: mean, and the middle half of the folds",
        fontsize=11,
    )
    return figure
