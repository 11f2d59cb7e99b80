"""The whole protocol in one call: fit on all compounds but two, score on these two, sum up."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import cross_validate

from .._support._table import Table
from ..patterns import LeaveTwoGroupsOut
from ..patterns.pairs import as_labels, encode_phases
from .scorers import METRICS, pair_scoring
from .summary import summarize_cv


class CompoundFolds(Table):
    """The folds of a leave-two-compounds-out run, a row each; printed, it is their summary.

    Where a figure is NaN, all folds are printed.

    It is a dict of columns, as `summarize_cv` and `compare_cv` take it: `compound_1` and
    `compound_2`, the compounds of the test patterns; `n_train` and `n_test`, numbers of patterns; a
    column a metric; `fit_seconds` and `score_seconds`.

    Examples
    --------
    >>> from xrpdsim import DeGelderSimilarity, leave_two_compounds_out
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> X, y = make_screening_campaign(4, 6, 40, random_state=0, return_X_y=True)
    >>> folds = leave_two_compounds_out(DeGelderSimilarity(), X, y)
    >>> len(folds["auroc"]), folds["compound_1"][0]
    (6, 'compound 1')
    """

    metrics: tuple[str, ...] = ()

    def summary(
        self,
        *,
        confidence: float = 0.95,
        n_resamples: int = 2000,
        random_state: int | np.random.RandomState | None = 0,
    ) -> Table:
        """Return the mean of each metric over folds, with an interval by resampling compounds.

        Parameters
        ----------
        confidence, n_resamples, random_state
            As for `summarize_cv`, which is called.

        Returns
        -------
        Table
            A row a metric.
        """
        return summarize_cv(
            self,
            metrics=self.metrics or None,
            confidence=confidence,
            n_resamples=n_resamples,
            random_state=random_state,
        )

    def __str__(self) -> str:
        return f"{self._shown()}\n{self._how_many()}"

    def _repr_html_(self) -> str:
        return f"{self._shown()._repr_html_()}<p>{self._how_many()}</p>"

    def _shown(self) -> Table:
        """Return the summary, or where figures are missing, of which there is none, all folds."""
        figures = [self[name] for name in self.metrics or METRICS if name in self]
        return Table(self) if np.isnan(figures).any() else self.summary()

    def _how_many(self) -> str:
        compounds = {*self["compound_1"], *self["compound_2"]}
        n_folds = len(self["compound_1"])
        return (
            f"{n_folds} fold{'s' * (n_folds != 1)}, each tested on two of {len(compounds)} "
            "compounds that it was not fitted on"
        )


def leave_two_compounds_out(
    estimator: Any,
    X: Any,
    y: Any,
    groups: ArrayLike | None = None,
    *,
    scoring: Callable[..., Any] = pair_scoring,
    max_folds: int | None = None,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> CompoundFolds:
    """Measure how well an estimator decides about compounds that it has not seen.

    For each pair of compounds a clone of `estimator` is fitted on the patterns of all others and
    scored on the pairs of patterns of these two. This is
    `~sklearn.model_selection.cross_validate` with ``cv=LeaveTwoGroupsOut()``, `pair_scoring`, and
    a `y` of two columns, by which `fit` knows the compounds too; a fold that fails ends the run
    with its error.

    Parameters
    ----------
    estimator : estimator
        A measure, a `PairwisePhaseClassifier`, or a Pipeline that ends in one.
    X : array-like of shape (n_patterns, n_points)
        Patterns, NaN where not measured.
    y : array-like of shape (n_patterns,) or (n_patterns, 2)
        The form of each pattern, each label one form of one compound; or the two columns compound
        and form.
    groups : array-like of shape (n_patterns,), optional
        The compound of each pattern; not needed where `y` has two columns.
    scoring : callable, default=pair_scoring
        A scorer of one figure, such as `pair_auroc`, or one that returns a dict of them.
    max_folds : int, optional
        Only the first so many folds, which use all compounds evenly; all pairs of compounds by
        default.
    n_jobs : int, optional
        Folds side by side, in processes, as in joblib.
    verbose : int, default=0
        As for `~sklearn.model_selection.cross_validate`.

    Returns
    -------
    CompoundFolds
        A table with a row a fold. Printed, it is the mean of each metric over folds, the spread of
        the folds, and an interval of the mean by resampling compounds (`summarize_cv`).

    Raises
    ------
    TypeError
        If `estimator` does not decide about pairs.
    ValueError
        If compounds are not known or fewer than three, one form lies in two compounds, a test fold
        has no two patterns of one form, or a fold fails.

    See Also
    --------
    compare_cv : The difference between two estimators, fold by fold.

    Examples
    --------
    >>> from xrpdsim import DeGelderSimilarity
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> X, y = make_screening_campaign(5, 8, 80, random_state=0, return_X_y=True)
    >>> folds = leave_two_compounds_out(DeGelderSimilarity(), X, y, scoring=pair_scoring)
    >>> len(folds["auroc"]), folds["compound_1"][0], folds["compound_2"][0]
    (10, 'compound 1', 'compound 2')
    """
    if not hasattr(estimator, "decision_function"):
        raise TypeError(
            f"{type(estimator).__name__} does not decide about pairs: it has no "
            "decision_function. Put an embedder into PairwisePhaseClassifier(...)"
        )
    check_max_folds(max_folds)
    labels = _two_columns(y, groups)
    splitter = LeaveTwoGroupsOut(max_splits=max_folds)
    results = cross_validate(
        estimator,
        X,
        labels,
        cv=list(splitter.split(X, labels)),
        scoring=scoring,
        n_jobs=n_jobs,
        verbose=verbose,
        return_indices=True,
        error_score="raise",
    )
    tested = splitter.test_groups(X, labels)
    metrics = [name.removeprefix("test_") for name in results if name.startswith("test_")]
    if metrics == ["score"]:
        metrics = [getattr(scoring, "__name__", "score").removeprefix("pair_")]
        results[f"test_{metrics[0]}"] = results["test_score"]
    columns: dict[str, Any] = {
        "compound_1": [str(first) for first, _ in tested],
        "compound_2": [str(second) for _, second in tested],
        "n_train": [len(rows) for rows in results["indices"]["train"]],
        "n_test": [len(rows) for rows in results["indices"]["test"]],
    }
    columns |= {name: results[f"test_{name}"].tolist() for name in metrics}
    columns["fit_seconds"] = results["fit_time"].tolist()
    columns["score_seconds"] = results["score_time"].tolist()
    return _with_metrics(columns, tuple(metrics))


def check_max_folds(max_folds: int | None) -> None:
    """Raise ValueError unless a number of folds is None or an integer of 1 or more.

    Examples
    --------
    >>> check_max_folds(0)
    Traceback (most recent call last):
    ...
    ValueError: max_folds=0 must be None or an integer of 1 or more
    """
    if max_folds is not None and not (isinstance(max_folds, Integral) and max_folds >= 1):
        raise ValueError(f"max_folds={max_folds!r} must be None or an integer of 1 or more")


def _with_metrics(columns: dict[str, Any], metrics: tuple[str, ...]) -> CompoundFolds:
    folds = CompoundFolds(columns)
    folds.metrics = metrics
    return folds


def _two_columns(y: Any, groups: ArrayLike | None) -> NDArray[np.object_]:
    """Return compound and form of each pattern."""
    phases, compounds = encode_phases(y, groups)  # refuses labels that contradict each other
    if compounds is None:
        raise ValueError(
            "the compound of each pattern is not known: give groups=, or y as the two columns "
            "compound and form"
        )
    labels = as_labels(y)
    columns = np.empty((len(labels), 2), dtype=object)
    if groups is None:
        columns[:] = labels
    else:
        columns[:, 0] = np.asarray(groups, dtype=object)
        columns[:, 1] = labels if labels.ndim == 1 else phases
    return columns
