"""What learning from an archive gains on compounds that were not learnt from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score, roc_auc_score
from sklearn.utils import check_consistent_length

from .._support._sklearn import check_random_state, rows_of
from .._support._table import Table
from ..patterns.pairs import as_labels, encode_phases
from ..patterns.validation import as_patterns
from ..similarity.archive_learning import (
    ArchivePairs,
    learn_from_archive,
    learn_probabilities,
    score_pairs,
    start_of,
)
from ..similarity.named import DEFAULT_MODEL
from .resampling import draw_compounds, interval_of_mean

FIGURES = {
    "wrong": "pairs answered wrongly, %",
    "brier": "Brier score",
    "auroc": "AUROC",
    "groups": "groups, adjusted Rand index",
}
N_RESAMPLES = 2000


class ArchiveGain(Table):
    """A row each compound that was left out, before and after learning; printed, the means.

    Columns: `compound`, `n_pairs`, `n_same`, and `wrong`, `brier`, `auroc` and, where a clusterer
    was given, `groups` with `_before` and `_after`. `auroc` is NaN for a compound whose pairs are
    all of one kind.

    Examples
    --------
    >>> from xrpdsim.evaluation import ArchiveGain
    >>> before_after = {"wrong_before": [0.2], "wrong_after": [0.1], "brier_before": [0.15]}
    >>> before_after |= {"brier_after": [0.08], "auroc_before": [0.97], "auroc_after": [0.97]}
    >>> gain = ArchiveGain({"compound": ["a"], "n_pairs": [10], "n_same": [4], **before_after})
    >>> gain["wrong_after"][0] < gain["wrong_before"][0]
    True
    """

    def summary(self) -> Table:
        """Return the mean of each figure over compounds, before and after, and the difference.

        The 95 % interval of the difference is by resampling compounds.
        """
        rows = []
        for figure, label in FIGURES.items():
            if f"{figure}_before" not in self:
                continue
            before, after = (np.array(self[f"{figure}_{when}"]) for when in ("before", "after"))
            known = ~np.isnan(before)
            if not known.any():
                continue
            change = (after - before)[known]
            draws = draw_compounds(len(change), N_RESAMPLES, np.random.default_rng(0))
            low, high = interval_of_mean(change, draws / len(change))
            rows.append(
                {
                    "figure": label,
                    "before": float(before[known].mean()),
                    "after": float(after[known].mean()),
                    "difference": float(change.mean()),
                    "low": low,
                    "high": high,
                }
            )
        return Table.from_rows(rows)

    def __str__(self) -> str:
        return f"{self.summary()}\n{self._how_many()}\n{self.verdict()}"

    def _repr_html_(self) -> str:
        return f"{self.summary()._repr_html_()}<p>{self._how_many()}. {self.verdict()}</p>"

    def verdict(self) -> str:
        """Say whether anything is certain: of probabilities by the Brier score, and of groups."""
        rows = {row["figure"]: row for row in self.summary().rows()}
        found = [_change("probabilities", rows[FIGURES["brier"]], better=-1)]
        if FIGURES["groups"] in rows:
            found.append(_change("groups", rows[FIGURES["groups"]], better=1))
        return f"On compounds that were not learnt from, {'; '.join(found)}."

    def _how_many(self) -> str:
        n_pairs, n_same = sum(self["n_pairs"]), sum(self["n_same"])
        return (
            f"means over {len(self['compound'])} compounds, each left out once; {n_pairs} pairs "
            f"within them, {n_same} of one form"
        )


def archive_gain(
    X: ArrayLike,
    y: Any,
    groups: ArrayLike | None = None,
    *,
    how: str = "calibrate",
    start: str = DEFAULT_MODEL,
    clusterer: Any = None,
    n_folds: int = 5,
    device: str | None = None,
    n_threads: int | None = None,
    random_state: int | None = None,
    verbose: int = 0,
) -> ArchiveGain:
    """Measure what `learn_from_archive` gains, by leaving compounds out in turn.

    The compounds are split into folds. For each, a classifier is learnt from all other compounds
    and answers for the pairs within those of the fold; so does `start` as it is.

    Parameters
    ----------
    X, y, groups, how, start, device, n_threads, random_state, verbose
        As for `xrpdsim.similarity.learn_from_archive`. `start` answers before learning, whatever
        `how`, so that X is to lie on its grid.
    clusterer : estimator, optional
        `FormClusterer` or another with the parameter `similarity`. Each compound that is left out
        is sorted with it, before and after.
    n_folds : int, default=5
        At most as many as there are compounds. The classifiers of "finetune" and "scratch" are
        trained once a fold.

    Returns
    -------
    ArchiveGain

    Raises
    ------
    ValueError
        If X, y and groups are of different lengths, X lies on another grid than `start`, compounds
        are not known, there are fewer than two, they hold no pairs, or those that are not left out
        hold one kind of pairs only.

    Examples
    --------
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.evaluation import archive_gain
    >>> archive = make_screening_campaign(3, 6, 18, preset="film", random_state=0)
    >>> gain = archive_gain(archive.X, archive.y, n_folds=3)
    >>> gain["compound"], gain["n_pairs"]
    (['compound 1', 'compound 2', 'compound 3'], [28, 6, 15])
    """
    labels = as_labels(y)
    phases, compounds = encode_phases(y, groups)
    if compounds is None:
        raise ValueError(
            "the compound of each pattern is not known: give groups=, or y as the two columns "
            "compound and form"
        )
    names = np.unique(compounds)
    if n_folds < 2 or len(names) < 2:
        raise ValueError(
            f"{len(names)} compound(s) in {n_folds} fold(s): two at least of both are needed to "
            "leave some out"
        )
    order = check_random_state(random_state).permutation(len(names))
    folds = [names[part] for part in np.array_split(order, min(n_folds, len(names)))]
    untouched = start_of(start, device=device)
    given, X = X, as_patterns(X, untouched.two_theta_)
    check_consistent_length(X, phases)
    _refuse_other_points(X, start, untouched.two_theta_)
    before = score_pairs(untouched, X, phases, compounds)
    if not before.within_compounds:
        raise ValueError(
            "no compound has pairs of one form and pairs of two, so that leaving compounds out "
            "measures nothing"
        )
    rows: dict[int, dict[str, Any]] = {}
    for left_out in folds:
        tested = np.isin(compounds, left_out)
        rest = np.flatnonzero(~tested)
        after = before
        n_forms = len(np.unique(phases[rest]))
        if not 1 < n_forms < len(rest):
            named = ", ".join(_name(labels, groups, compounds == compound) for compound in left_out)
            rest_is = "all of one form" if n_forms == 1 else "each of a form of its own"
            raise ValueError(
                f"with {named} left out, the other patterns are {rest_is}: there is nothing to "
                "learn from. Add patterns of further forms to the archive, or leave fewer "
                "compounds out at once, by more folds"
            )
        if how == "calibrate":  # whose scores stay
            trained = start_of(start, device=device)
            learnt_from = before.of_groups(np.setdiff1d(names, left_out))
            if not learnt_from.has_both_kinds:
                learnt_from = score_pairs(untouched, X[rest], phases[rest], None)
            trained.set_calibrator(learn_probabilities(untouched, learnt_from))
        else:
            trained = learn_from_archive(
                rows_of(given, rest),
                labels[rest],
                None if groups is None else np.asarray(groups)[rest],
                how=how,
                start=start,
                device=device,
                n_threads=n_threads,
                random_state=random_state,
                verbose=verbose,
            )
            after = before._replace(scores=trained.decision_function(X, before.pairs))
        for compound in left_out:
            of_compound = compounds == compound
            row = _row(untouched, before.of_groups([compound]), "before")
            if row["n_pairs"]:
                row |= _row(trained, after.of_groups([compound]), "after")
                if clusterer is not None:
                    for when, similarity in (("before", untouched), ("after", trained)):
                        sorter = clone(clusterer).set_params(similarity=similarity)
                        found = sorter.fit_predict(X[of_compound])
                        row[f"groups_{when}"] = adjusted_rand_score(phases[of_compound], found)
                name = _name(labels, groups, of_compound)
                rows[int(compound)] = {"compound": name, **row}
    return ArchiveGain(Table.from_rows([rows[number] for number in sorted(rows)]))


def _refuse_other_points(X: NDArray[Any], start: str, grid: NDArray[np.float64]) -> None:
    if X.ndim == 2 and X.shape[1] != grid.size:
        raise ValueError(
            f"the patterns have {X.shape[1]} points, but start={start!r}, which answers before "
            f"learning, takes {grid.size} from {grid[0]:g} to {grid[-1]:g} degrees 2theta: bring "
            "the patterns to that grid (xrpdsim.patterns.to_grid), or give as start a file of a "
            "classifier on theirs"
        )


def _change(what: str, row: dict[str, Any], better: int) -> str:
    if row["low"] <= 0 <= row["high"]:
        return f"no gain of {what} is certain (the interval of the difference includes 0)"
    return f"{what} became {'better' if better * row['low'] > 0 else 'worse'}"


def _row(classifier: Any, pairs: ArchivePairs, when: str) -> dict[str, Any]:
    counts = {"n_pairs": len(pairs.same), "n_same": int(pairs.same.sum())}
    if not len(pairs.same):
        return counts
    probability = classifier.proba_of_scores(pairs.scores)
    wrong = (pairs.scores >= classifier.threshold_) != pairs.same
    auroc = roc_auc_score(pairs.same, pairs.scores) if pairs.has_both_kinds else np.nan
    return counts | {
        f"wrong_{when}": 100 * float(wrong.mean()),
        f"brier_{when}": float(np.square(probability - pairs.same).mean()),
        f"auroc_{when}": float(auroc),
    }


def _name(labels: NDArray[Any], groups: ArrayLike | None, rows: NDArray[np.bool_]) -> str:
    named = labels[:, 0] if groups is None else np.asarray(groups, dtype=object)
    return str(named[rows][0])
