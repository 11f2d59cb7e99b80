"""How well screens are sorted, on simulated screens that no constant was set on.

    python benchmarks/compare_sorting.py [--screens 60] [--pretrained NAME] [--data FOLDER ...]

Prints Markdown tables: the adjusted Rand index of ways of sorting, with intervals by resampling
screens (each is one compound); how well "new" is found when references of one form are left out;
flags and mixtures. A folder given with --data is a campaign with labels.csv, sorted compound by
compound and as a whole.
"""

from __future__ import annotations

import argparse
import warnings
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
from calibrate_sorting import explained, is_pure, screen_of
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import connected_components
from sklearn.cluster import HDBSCAN
from sklearn.metrics import adjusted_rand_score, roc_auc_score

from xrpdsim import CorrelationSimilarity
from xrpdsim._table import Table
from xrpdsim.datasets import load_campaign
from xrpdsim.sorting import FormClusterer, ReferenceMatcher, flag_patterns, similarity_by_name
from xrpdsim.sorting.grouping import number_by_size
from xrpdsim.sorting.measure import PatternProbabilities
from xrpdsim.sorting.mixtures import MIN_GAIN

FIRST_SEED = 1000
Labels = NDArray[np.intp]


def by_clusterer(method: str) -> Callable[[NDArray[Any]], Labels]:
    """FormClusterer with a measure."""
    measure = similarity_by_name(method)

    def sort(X: NDArray[Any]) -> Labels:
        return FormClusterer(measure).fit_predict(X)

    return sort


def on_probabilities(
    group: Callable[[NDArray[Any]], Labels],
) -> Callable[[NDArray[Any]], Labels]:
    """Another way to group by the same probabilities, amorphous patterns set aside likewise."""

    def sort(X: NDArray[Any]) -> Labels:
        labels = np.full(len(X), -1)
        rows = np.flatnonzero(~flag_patterns(X).amorphous)
        if len(rows) > 1:
            probability = PatternProbabilities(similarity_by_name("screening"), X[rows])(X[rows])
            labels[rows] = number_by_size(group(probability))
        return labels

    return sort


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


def correlation_tree(X: NDArray[Any]) -> NDArray[Any]:
    """Return the average linkage by Pearson's correlation of whole patterns."""
    r = np.nan_to_num(CorrelationSimilarity(overlap="nan").fit(X).pairwise(X))
    return linkage(1 - ((r + r.T) / 2)[np.triu_indices(len(X), 1)], "average")


def correlation_linkage(cut: float) -> Callable[[NDArray[Any]], Labels]:
    """Sort as PolySNAP does, where the cut is left to a person; here it is given."""

    def sort(X: NDArray[Any]) -> Labels:
        return number_by_size(fcluster(correlation_tree(X), 1 - cut, "distance").astype(np.intp))

    return sort


def best_cut(seeds: range) -> float:
    """Return the cut of correlation trees that is best on the screens constants are set on."""
    cuts = np.arange(0.1, 0.95, 0.05)
    found = []
    for seed in seeds:
        screen = screen_of(seed)
        tree = correlation_tree(screen.X)
        labels = [number_by_size(fcluster(tree, 1 - c, "distance").astype(np.intp)) for c in cuts]
        found.append([rand_index(screen.form, each) for each in labels])
    return float(cuts[np.argmax(np.mean(found, axis=0))])


def rand_index(form: NDArray[Any], labels: Labels) -> float:
    pure = is_pure(form)
    return float(adjusted_rand_score(form[pure].astype(str), labels[pure]))


def interval(values: list[float], n_resamples: int = 2000) -> str:
    """Mean and 95 % interval, by resampling compounds."""
    values_ = np.array(values)
    rng = np.random.default_rng(0)
    means = values_[rng.integers(0, len(values_), (n_resamples, len(values_)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{values_.mean():.3f} ({low:.3f} to {high:.3f})"


def leave_one_form_out(
    screens: list[Any], method: str, n_references: int
) -> tuple[list[float], float, float, float]:
    """Match pure patterns with references of all forms, and of all forms but theirs."""
    aurocs, false_known, false_new, wrong = [], [], [], []
    for seed, screen in enumerate(screens):
        pure = is_pure(screen.form)
        X, form = screen.X[pure], screen.form[pure].astype(str)
        names = np.unique(form)
        if len(names) < 2:
            continue
        rng = np.random.RandomState(seed)
        references = np.concatenate(
            [
                rng.permutation(np.flatnonzero(form == name))[:n_references]
                for name in names
                if (form == name).sum() > n_references
            ]
            or [np.empty(0, int)]
        ).astype(int)
        if len(np.unique(form[references])) < 2:
            continue
        queries = np.setdiff1d(np.arange(len(form)), references)
        queries = queries[np.isin(form[queries], form[references])]
        measure = similarity_by_name(method)
        matcher = ReferenceMatcher(measure).fit(X[references], form[references])
        known = matcher.predict_proba(X[queries])
        answer = matcher.classes_[known.argmax(axis=1)]
        false_new.append(np.mean(answer == "new"))
        wrong.append(np.mean((answer != "new") & (answer != form[queries])))
        p_new = [known[:, -1]]
        truth = [np.zeros(len(queries))]
        for name in np.unique(form[references]):
            left = references[form[references] != name]
            of_it = queries[form[queries] == name]
            matcher = ReferenceMatcher(measure).fit(X[left], form[left])
            probability = matcher.predict_proba(X[of_it])
            p_new.append(probability[:, -1])
            truth.append(np.ones(len(of_it)))
            false_known.append(
                (np.mean(probability.argmax(axis=1) != probability.shape[1] - 1), len(of_it))
            )
        aurocs.append(roc_auc_score(np.concatenate(truth), np.concatenate(p_new)))
    rate, n = np.array(false_known).T
    return (
        aurocs,
        float((rate * n).sum() / n.sum()),
        float(np.mean(false_new)),
        float(np.mean(wrong)),
    )


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
    parser.add_argument("--screens", type=int, default=60)
    parser.add_argument("--pretrained")
    parser.add_argument("--data", nargs="*", default=[])
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    screens = [screen_of(FIRST_SEED + k) for k in range(options.screens)]
    cut = best_cut(range(30))
    ways: dict[str, Callable[[NDArray[Any]], Labels]] = {
        "FormClusterer (average linkage of probabilities)": by_clusterer("screening"),
        "HDBSCAN of the same probabilities": on_probabilities(hdbscan),
        "Louvain communities of the same probabilities": on_probabilities(louvain),
        "connected components of the same probabilities": on_probabilities(components),
        f"Pearson correlation + average linkage, cut at {cut:.2f}": correlation_linkage(cut),
    }
    if options.pretrained:
        ways[f"FormClusterer with {options.pretrained}"] = by_clusterer(options.pretrained)
    rows = []
    for name, sort in ways.items():
        found = defaultdict(list)
        for screen in screens:
            value = rand_index(screen.form, sort(screen.X))
            found["all"].append(value)
            found[screen.parameters["preset"][0]].append(value)
        rows.append(
            {
                "sorted by": name,
                "adjusted Rand index": interval(found["all"]),
                **{
                    preset: f"{np.mean(found[preset]):.3f}"
                    for preset in ("transmission", "bragg-brentano", "well-plate")
                },
                "worst tenth": f"{np.quantile(found['all'], 0.1):.3f}",
            }
        )
        print(rows[-1], flush=True)
    n = sum(len(screen.X) for screen in screens)
    print(f"\n{len(screens)} screens, {n} patterns\n\n{Table.from_rows(rows).to_markdown()}\n")

    form = np.concatenate([screen.form for screen in screens])
    amorphous = np.concatenate([flag_patterns(screen.X).amorphous for screen in screens])
    print(
        f"amorphous found: {amorphous[form == 'amorphous'].mean():.3f} of "
        f"{(form == 'amorphous').sum()}; crystalline called amorphous: "
        f"{amorphous[form != 'amorphous'].mean():.4f} of {(form != 'amorphous').sum()}\n"
    )
    for n_references in (1, 3):
        seeds = range(FIRST_SEED, FIRST_SEED + options.screens // 2)
        table = [row for seed in seeds for row in explained(seed, n_references)]
        mixed, right, gain = (np.array(column) for column in zip(*table, strict=True))
        print(
            f"{n_references} reference(s) a form: mixtures with the right two named "
            f"{(right & (gain >= MIN_GAIN))[mixed].mean():.3f} of {mixed.sum()}; pure called mixed "
            f"{(gain >= MIN_GAIN)[~mixed].mean():.3f} of {(~mixed).sum()}"
        )
    for method in ["screening", "pearson", *([options.pretrained] if options.pretrained else [])]:
        for n_references in (1, 3):
            aurocs, known, new, wrong = leave_one_form_out(screens, method, n_references)
            print(
                f"{method}, {n_references} reference(s) a form: AUROC of new {interval(aurocs)}; "
                f"new called known {known:.3f}, known called new {new:.3f}, called another form "
                f"{wrong:.3f} ({len(aurocs)} screens)",
                flush=True,
            )
    for folder in options.data:
        print(f"\n{folder}\n\n{sort_campaign(folder, ways).to_markdown()}")


if __name__ == "__main__":
    main()
