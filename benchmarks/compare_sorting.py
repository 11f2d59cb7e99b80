"""How well screens are sorted, on simulated screens that no constant was set on.

    python benchmarks/compare_sorting.py [--hard] [--screens 200] [--only NAME] [--data FOLDER ...]

Prints Markdown tables: the adjusted Rand index of ways of sorting, with intervals by resampling
screens (each is one compound), by preset, and by size and number of forms; amorphous patterns
found. With --hard two thirds of the screens hold a polytype or a near relative of another form, and
artefacts are up to twice as strong as the presets have them. With --only the ways to sort are those
with this in their names. A folder given with --data is a campaign with labels.csv, sorted compound
by compound and as a whole. Matching and mixtures: compare_matching.py.
"""

from __future__ import annotations

import argparse
import hashlib
import warnings
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
from calibrate_sorting import interval, is_pure, screen_of
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import connected_components
from scipy.stats import rankdata
from simulated_screens import KINDS, SimulatedScreen, simulate_screen
from sklearn.cluster import HDBSCAN
from sklearn.metrics import adjusted_rand_score

from xrpdsim import CorrelationSimilarity
from xrpdsim._support._table import Table
from xrpdsim.datasets import load_campaign
from xrpdsim.similarity import similarity_by_name
from xrpdsim.similarity.named import DEFAULT_MODEL
from xrpdsim.similarity.probability import PatternProbabilities
from xrpdsim.sorting import FormClusterer, flag_patterns
from xrpdsim.sorting.grouping import number_by_size, screen_probabilities

# Screens that no constant was ever set on, and that were not looked into one by one.
FIRST_SEED = 6000
FIRST_HARD_SEED = 60_000
Labels = NDArray[np.intp]
Way = Callable[[NDArray[Any]], Labels]


def by_clusterer(method: str) -> Way:
    """FormClusterer with a measure."""

    def sort(X: NDArray[Any]) -> Labels:
        return FormClusterer(method).fit_predict(X)

    return sort


def on_probabilities(method: str, group: Callable[[NDArray[Any]], Labels]) -> Way:
    """Another way to group by the same probabilities, amorphous patterns set aside likewise."""

    def sort(X: NDArray[Any]) -> Labels:
        labels = np.full(len(X), -1)
        rows, probability = crystalline_probabilities(method, X)
        if len(rows) > 1:
            labels[rows] = number_by_size(group(probability))
        return labels

    return sort


def crystalline_probabilities(method: str, X: NDArray[Any]) -> tuple[Labels, NDArray[Any]]:
    """Return the crystalline rows and their matrix, computed once for all ways to group them."""
    key = (method, hashlib.sha256(X.tobytes()).hexdigest())
    if key not in _KNOWN:
        rows = np.flatnonzero(~flag_patterns(X).amorphous)
        measure = PatternProbabilities(similarity_by_name(method), X[rows])
        _KNOWN[key] = rows, screen_probabilities(measure, X[rows])
    return _KNOWN[key]


_KNOWN: dict[tuple[str, str], tuple[Labels, NDArray[Any]]] = {}


def hdbscan(probability: NDArray[Any]) -> Labels:
    distance = 1 - np.clip((probability + probability.T) / 2, 0, 1)
    np.fill_diagonal(distance, 0)
    size = min(3, len(distance))
    return HDBSCAN(
        min_cluster_size=2, min_samples=size, metric="precomputed", allow_single_cluster=True,
        copy=True,
    ).fit_predict(distance)  # fmt: skip


def components(probability: NDArray[Any]) -> Labels:
    return connected_components(probability >= 0.5, directed=False)[1]


def louvain(probability: NDArray[Any]) -> Labels:
    weight = np.where(probability >= 0.5, probability, 0)
    np.fill_diagonal(weight, 0)
    labels = np.empty(len(weight), dtype=np.intp)
    for k, members in enumerate(
        nx.community.louvain_communities(nx.from_numpy_array(weight), seed=0)
    ):
        labels[list(members)] = k
    return labels


def correlation_tree(X: NDArray[Any], with_ranks: bool) -> NDArray[Any]:
    """Return the average linkage by Pearson's correlation of whole patterns, or as PolySNAP does.

    PolySNAP takes the mean of Pearson's and Spearman's correlation: G. Barr, W. Dong, C. J.
    Gilmore, J. Appl. Cryst. 37 (2004) 243-252. Ranks are here those within what was measured of a
    pattern, not those within what two have in common, which takes a thousand times as long.
    """
    kinds = [X]
    if with_ranks:
        kinds.append(rankdata(X, axis=1, nan_policy="omit"))
    r = sum(
        np.nan_to_num(CorrelationSimilarity(overlap="nan").fit(kind).pairwise(kind))
        for kind in kinds
    ) / len(kinds)
    return linkage(1 - ((r + r.T) / 2)[np.triu_indices(len(X), 1)], "average")


def correlation_linkage(cut: float, with_ranks: bool) -> Way:
    """Sort by correlation, where the cut is left to a person; here it is given."""

    def sort(X: NDArray[Any]) -> Labels:
        tree = correlation_tree(X, with_ranks)
        return number_by_size(fcluster(tree, 1 - cut, "distance").astype(np.intp))

    return sort


def best_cut(screens: list[Any], with_ranks: bool) -> float:
    """Return the cut of correlation trees that is best on some screens."""
    cuts = np.arange(0.1, 0.95, 0.05)
    found = []
    for screen in screens:
        tree = correlation_tree(screen.X, with_ranks)
        labels = [number_by_size(fcluster(tree, 1 - c, "distance").astype(np.intp)) for c in cuts]
        found.append([rand_index(screen.form, each) for each in labels])
    return float(cuts[np.argmax(np.mean(found, axis=0))])


def rand_index(form: NDArray[Any], labels: Labels) -> float:
    """Return the adjusted Rand index over pure crystalline patterns, -1 counting as one group."""
    pure = is_pure(form)
    return float(adjusted_rand_score(form[pure].astype(str), labels[pure]))


def usual_screens(n: int) -> list[SimulatedScreen]:
    """Return screens of unrelated forms, by the presets as they are."""
    campaigns = [screen_of(FIRST_SEED + k, 500) for k in range(n)]
    return [
        SimulatedScreen(one.X, one.form.astype(str), KINDS[2], one.parameters["preset"][0])
        for one in campaigns
    ]


def hard_screens(n: int) -> list[SimulatedScreen]:
    """Return screens of three kinds in turn, with artefacts up to twice as strong."""
    return [
        simulate_screen(FIRST_HARD_SEED + k, n_max=500, most_forms=7, strongest=2.0)
        for k in range(n)
    ]


def by_kind(screens: list[Any], values: list[float]) -> Table:
    """Mean adjusted Rand index by number of forms and by number of patterns."""
    n_forms = np.array([len(np.unique(s.form[is_pure(s.form)])) for s in screens])
    n_patterns = np.array([len(s.X) for s in screens])
    index = np.array(values)
    rows = []
    for name, number, edges in (
        ("forms", n_forms, (1, 2, 4, 6, 9)),
        ("patterns", n_patterns, (30, 60, 120, 250, 501)),
    ):
        for low, high in pairwise(edges):
            inside = (number >= low) & (number < high)
            if inside.any():
                mean = f"{index[inside].mean():.3f}"
                kind = f"{low} to {high - 1} {name}"
                rows.append({"screens of": kind, "number": int(inside.sum()), "mean": mean})
    return Table.from_rows(rows)


def apart(labels: Labels) -> Labels:
    """Give each pattern of no group a group of its own."""
    alone = np.flatnonzero(labels < 0)
    parted = labels.copy()
    parted[alone] = labels.max(initial=-1) + 1 + np.arange(len(alone))
    return parted


def sort_campaign(folder: str, ways: dict[str, Callable[[NDArray[Any]], Labels]]) -> Table:
    """Sort a campaign of many compounds, as a whole and compound by compound."""
    campaign = load_campaign(folder)
    form = np.array([f"{c}: {f}" for c, f in campaign.y])
    rows = []
    for name, sort in ways.items():
        labels = sort(campaign.X)
        within: list[float] = []
        for compound in np.unique(campaign.compound.astype(str)):
            mine = campaign.compound == compound
            if mine.sum() > 2:
                within.append(adjusted_rand_score(form[mine], sort(campaign.X[mine])))
        rows.append(
            {
                "sorted by": name,
                "all at once": f"{adjusted_rand_score(form, labels):.3f}",
                "each of no group alone": f"{adjusted_rand_score(form, apart(labels)):.3f}",
                "within compounds": f"{np.mean(within):.3f}" if within else "",
                "groups": int(labels.max() + 1),
                "in no group": int((labels < 0).sum()),
                "forms": len(np.unique(form)),
                "patterns": len(form),
            }
        )
    return Table.from_rows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hard", action="store_true")
    parser.add_argument("--screens", type=int, default=200)
    parser.add_argument("--only", default="", help="ways to sort with this in their names")
    parser.add_argument("--data", nargs="*", default=[])
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    screens = (hard_screens if options.hard else usual_screens)(options.screens)
    for_cuts = [screen_of(seed) for seed in range(30)]
    cut, cut_both = (best_cut(for_cuts, with_ranks) for with_ranks in (False, True))
    ways: dict[str, Way] = {
        f"average linkage, {DEFAULT_MODEL} (FormClusterer)": by_clusterer(DEFAULT_MODEL),
        "average linkage, organic-1": by_clusterer("organic-1"),
        f"Louvain communities, {DEFAULT_MODEL}": on_probabilities(DEFAULT_MODEL, louvain),
        f"HDBSCAN, {DEFAULT_MODEL}": on_probabilities(DEFAULT_MODEL, hdbscan),
        f"connected components, {DEFAULT_MODEL}": on_probabilities(DEFAULT_MODEL, components),
        "average linkage, ScreeningSimilarity": by_clusterer("screening"),
        f"average linkage, Pearson + Spearman, cut at {cut_both:.2f}": correlation_linkage(
            cut_both, True
        ),
        f"average linkage, Pearson, cut at {cut:.2f}": correlation_linkage(cut, False),
    }
    ways = {name: sort for name, sort in ways.items() if options.only in name}
    rows = []
    of_default: list[float] = []
    for name, sort in ways.items():
        found = defaultdict(list)
        for screen in screens:
            value = rand_index(screen.form, sort(screen.X))
            for kind in ("all", screen.kind, screen.preset):
                found[kind].append(value)
            if len(np.unique(screen.form[is_pure(screen.form)])) == 1:
                found["one form"].append(value)
        of_default = of_default or found["all"]
        rows.append(
            {
                "sorted by": name,
                "adjusted Rand index": interval(found["all"]),
                **{
                    kind: f"{np.mean(found[kind]):.3f}"
                    for kind in (*KINDS, "transmission", "bragg-brentano", "well-plate", "one form")
                    if found[kind]
                },
                "worst tenth": f"{np.quantile(found['all'], 0.1):.3f}",
            }
        )
        print(rows[-1], flush=True)
    sizes = [len(screen.X) for screen in screens]
    print(
        f"\n{len(screens)} screens, {sum(sizes)} patterns, {min(sizes)} to {max(sizes)} a screen\n"
        f"\n{Table.from_rows(rows).to_markdown()}\n\n{by_kind(screens, of_default).to_markdown()}\n"
    )
    form = np.concatenate([screen.form for screen in screens])
    amorphous = np.concatenate([flag_patterns(screen.X).amorphous for screen in screens])
    print(
        f"amorphous found: {amorphous[form == 'amorphous'].mean():.3f} of "
        f"{(form == 'amorphous').sum()}; crystalline called amorphous: "
        f"{amorphous[form != 'amorphous'].mean():.4f} of {(form != 'amorphous').sum()}\n"
    )
    for folder in options.data:
        print(f"\n{folder}\n\n{sort_campaign(folder, ways).to_markdown()}")


if __name__ == "__main__":
    main()
