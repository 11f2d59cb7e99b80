"""How well patterns are matched to references, and mixtures named, on screens kept apart.

    python benchmarks/compare_matching.py [--screens 60]

Prints how well "new" is found when the references of one form are left out; mixtures of two known
forms; and mixtures inside unlabelled screens, by the groups that sorting finds there.
"""

from __future__ import annotations

import argparse
import warnings
from collections import Counter
from typing import Any

import numpy as np
from calibrate_sorting import explained, interval, is_pure, screen_of
from compare_sorting import FIRST_SEED
from sklearn.metrics import roc_auc_score

from xrpdsim.similarity import similarity_by_name
from xrpdsim.similarity.named import DEFAULT_MODEL
from xrpdsim.sorting import ReferenceMatcher, Screen, sort_screen
from xrpdsim.sorting.mixtures import MIN_GAIN


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


def inside_screens(screens: list[Any]) -> Counter[str]:
    """Sort unlabelled screens; count mixtures named by groups of their forms, and typical ones."""
    count: Counter[str] = Counter()
    for screen in screens:
        form = screen.form.astype(str)
        files = [str(row) for row in range(len(form))]
        found = sort_screen(Screen(screen.X, screen.two_theta, files))
        labels = found.clusterer.labels_
        most: dict[str, str] = {}
        for group, name in enumerate(found.group_names):
            names, n = np.unique(form[labels == group], return_counts=True)
            most[name] = str(names[n.argmax()])
            if is_pure(names[n.argmax() :][:1])[0] and 2 * n.max() > n.sum():
                count["groups"] += 1
                count["typical mixed, by the clusterer"] += not is_pure(
                    form[[found.clusterer.typical_indices_[group]]]
                )[0]
                count["typical mixed"] += not is_pure(form[[found.typical_rows[group]]])[0]
        mixed = {row for row, each in found.explanations.items() if each.mixed}
        pure = np.flatnonzero(is_pure(form))
        count["pure"] += len(pure)
        count["pure called mixed"] += len(mixed & set(pure.tolist()))
        for row in np.flatnonzero(["+" in name for name in form]):
            parts = set(form[row].split(" + "))
            count["mixtures"] += 1
            count["mixtures called mixed"] += int(row) in mixed
            if parts <= set(most.values()):
                count["mixtures of two groups"] += 1
                named = found.explanations[int(row)].forms if int(row) in mixed else ()
                count["right two named"] += {most[name] for name in named} == parts
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, default=60)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    seeds = range(FIRST_SEED, FIRST_SEED + options.screens)
    for n_references in (1, 3):
        table = [row for seed in seeds[::2] for row in explained(seed, n_references)]
        mixed, right, gain = (np.array(column) for column in zip(*table, strict=True))
        print(
            f"{n_references} reference(s) a form: mixtures with the right two named "
            f"{(right & (gain >= MIN_GAIN))[mixed].mean():.3f} of {mixed.sum()}; pure called mixed "
            f"{(gain >= MIN_GAIN)[~mixed].mean():.3f} of {(~mixed).sum()}",
            flush=True,
        )
    screens = [screen_of(seed, 500) for seed in seeds]
    count = inside_screens(screens)
    print(
        f"inside unlabelled screens: right two groups named "
        f"{count['right two named'] / count['mixtures of two groups']:.3f} of "
        f"{count['mixtures of two groups']} mixtures whose forms both have a group; called mixed "
        f"{count['mixtures called mixed'] / count['mixtures']:.3f} of all {count['mixtures']}; "
        f"pure called mixed {count['pure called mixed'] / count['pure']:.4f} of {count['pure']}; "
        f"typical patterns of {count['groups']} groups of mostly one form that are mixtures: "
        f"{count['typical mixed']} (the clusterer's own: "
        f"{count['typical mixed, by the clusterer']})",
        flush=True,
    )
    for method in (DEFAULT_MODEL, "screening", "pearson"):
        for n_references in (1, 3):
            aurocs, known, new, wrong = leave_one_form_out(screens, method, n_references)
            print(
                f"{method}, {n_references} reference(s) a form: AUROC of new {interval(aurocs)}; "
                f"new called known {known:.3f}, known called new {new:.3f}, called another form "
                f"{wrong:.3f} ({len(aurocs)} screens)",
                flush=True,
            )


if __name__ == "__main__":
    main()
