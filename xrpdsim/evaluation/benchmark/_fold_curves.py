"""The benchmark's figure; needs matplotlib (extra ``plots``)."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

# Okabe and Ito's, which the colour-blind tell apart; solid lines first, then dashed and dotted.
_COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
_LINES = ["-", "--", ":"]
_STRIPS = {"auroc": "AUROC", "average_precision": "Average precision"}
_TICKS = [0.0, 0.5, 0.9, 0.97, 0.99, 0.997, 0.999, 0.9997, 0.9999]
_HALF_A_ROW = 0.3
_MOST_SHADES = 4

Results = dict[str, list[dict[str, Any]]]


def draw(results: Results) -> Figure:
    """Draw AUROC and average precision of each fold, and mean curves; of few rows their spread.

    What is missing to 1 is on a logarithmic axis: near 1, where measures differ in the third digit,
    there is as much room as near 0.5.

    Parameters
    ----------
    results : dict of str to list of dict
        The folds of each method.

    Returns
    -------
    matplotlib.figure.Figure
    """
    heights = [1.2 + 0.27 * len(results), 4.6]
    figure = Figure(figsize=(11, sum(heights) + 1.2), layout="constrained")
    strips, (roc, precision_recall) = figure.subplots(2, 2, height_ratios=heights)
    for axes, (metric, title) in zip(strips, _STRIPS.items(), strict=True):
        _draw_folds(axes, results, metric)
        axes.set(title=f"{title} of each fold")
    strips[1].set_yticklabels([])
    _draw_curves(roc, precision_recall, results)
    n_folds = sorted({len(folds) for folds in results.values()})
    counts = " to ".join(map(str, dict.fromkeys([n_folds[0], n_folds[-1]])))
    figure.suptitle(
        f"Two compounds left out, {counts} folds. Points: folds; bar: mean; numbers: folds at 1",
        fontsize=11,
    )
    lines, names = roc.get_legend_handles_labels()
    figure.legend(lines, names, loc="outside lower center", fontsize=8, ncols=min(len(names), 6))
    return figure


def _draw_folds(axes: Axes, results: Results, metric: str) -> None:
    missing = {
        name: 1 - np.array([fold[metric] for fold in folds]) for name, folds in results.items()
    }
    everything = np.concatenate(list(missing.values()))
    # what is exactly 1 has no place on the axis: it stands at its end
    end = float(np.clip(everything[everything > 0].min(initial=0.1), 1e-4, 1e-2)) / 2
    begin = max(float(everything.max()) * 1.15, 2 * end)
    for number, (name, of_folds) in enumerate(missing.items()):
        colour, _ = _style(number)
        # spread by rank, not at random, so that the figure repeats
        offset = (np.argsort(np.argsort(of_folds)) % 9 - 4) * _HALF_A_ROW / 5
        axes.scatter(
            _within(of_folds, end),
            number + offset,
            s=14 if len(of_folds) < 40 else 7,
            color=colour,
            alpha=0.6,
            lw=0,
            clip_on=False,
            label=name,
        )
        mean = _within(of_folds.mean(), end)
        axes.plot([mean] * 2, [number - _HALF_A_ROW, number + _HALF_A_ROW], color="black", lw=1.6)
        at_1 = int((of_folds <= end).sum())
        axes.annotate(f"{at_1}", (1.02, number), xycoords=("axes fraction", "data"), va="center")
    axes.set_xscale("log")
    axes.set_xlim(begin, end)
    ticks = [tick for tick in _TICKS if 2.5 * end < 1 - tick <= begin]
    axes.set_xticks([*(1 - tick for tick in ticks), end], [*(f"{t:g}" for t in ticks), "1"])
    axes.minorticks_off()
    axes.grid(axis="x", color="0.9", lw=0.8)
    axes.set_axisbelow(True)
    axes.set_yticks(range(len(results)), list(results))
    axes.set_ylim(len(results) - 0.4, -0.6)


def _draw_curves(roc: Axes, precision_recall: Axes, results: Results) -> None:
    shade = len(results) <= _MOST_SHADES
    lowest = 1.0
    for number, (method, folds) in enumerate(results.items()):
        colour, line = _style(number)
        for axes, name in ((roc, "true_positive_rate"), (precision_recall, "precision")):
            of_folds = np.array([fold[name] for fold in folds])
            x = np.linspace(0, 1, of_folds.shape[1])
            shown = slice(1, None) if axes is roc else slice(None)  # 0 has no logarithm
            mean = of_folds.mean(axis=0)
            axes.plot(x[shown], mean[shown], line, color=colour, lw=1.6, label=method)
            if shade:
                low, high = np.quantile(of_folds, [0.25, 0.75], axis=0)
                axes.fill_between(x[shown], low[shown], high[shown], color=colour, alpha=0.15, lw=0)
            lowest = (
                min(lowest, float(mean[x <= 0.9].min())) if axes is precision_recall else lowest
            )
    roc.set_xscale("log")
    roc.set(xlabel="False positive rate", ylabel="True positive rate", xlim=(0.005, 1))
    roc.set_xticks([0.005, 0.01, 0.03, 0.1, 0.3, 1], ["0.005", "0.01", "0.03", "0.1", "0.3", "1"])
    roc.minorticks_off()
    spread = ", and the middle half of the folds" if shade else ""
    roc.set(ylim=(None, 1.01), title=f"ROC: mean{spread}")
    bottom = np.floor(10 * max(lowest - 0.02, 0)) / 10
    precision_recall.set(xlabel="Recall", ylabel="Precision", xlim=(0, 1), ylim=(bottom, 1.01))
    precision_recall.set(title="Precision and recall")


def _style(number: int) -> tuple[str, str]:
    n_colours = len(_COLOURS)
    return _COLOURS[number % n_colours], _LINES[number // n_colours % len(_LINES)]


def _within(missing: Any, end: float) -> NDArray[np.float64]:
    return np.maximum(missing, end)
