"""Folds in one table: the mean of a method, and the difference between two."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._support._table import Table
from .resampling import interval_of_mean, resample_compounds
from .scorers import METRICS

_HOW_TO_NAME_COMPOUNDS = (
    "the compounds of the folds are not known, so the interval is left out: call cross_validate "
    "with return_indices=True and hand its groups on as groups=, or give the columns compound_1 "
    "and compound_2"
)


def summarize_cv(
    results: Mapping[str, Any],
    groups: ArrayLike | None = None,
    *,
    metrics: str | Sequence[str] | None = None,
    confidence: float = 0.95,
    n_resamples: int = 2000,
    random_state: int | np.random.RandomState | None = 0,
) -> Table:
    """Summarise the folds of a leave-two-compounds-out run, a row per metric.

    Parameters
    ----------
    results : mapping of str to array-like of shape (n_folds,), or DataFrame
        What `~sklearn.model_selection.cross_validate` returns (its ``test_`` columns count), best
        with ``return_indices=True``; or columns of metrics, a row per fold, with `compound_1` and
        `compound_2` naming the compounds each fold tested.
    groups : array-like of shape (n_patterns,), optional
        The compound of each pattern, to tell from `results["indices"]` which ones a fold tested.
    metrics : str or sequence of str, optional
        Which to summarise, without ``test_``. By default all that `cross_validate` returned, or
        those columns that are keys of `pair_metrics`.
    confidence : float, default=0.95
        Of the interval of the mean.
    n_resamples : int, default=2000
        Number of resamplings of the compounds.
    random_state : int, RandomState instance or None, default=0
        Seed of the resampling.

    Returns
    -------
    Table
        With the columns `metric`; `mean` over folds; `fold_spread`, 1.96 standard deviations over
        folds (with n - 1; NaN for one fold): how much single folds differ, *not* how well the mean
        is known; `low` and `high`, the interval of the mean.

    Raises
    ------
    ValueError
        If a fold is NaN, if a fold tests other than two compounds, if `results` holds several
        methods, or no metric.

    Warns
    -----
    UserWarning
        If the interval cannot be had, because the compounds are not known or there is one fold
        only. Then `low` and `high` are left out.

    See Also
    --------
    xrpdsim.compare_cv : the difference of two methods.
    xrpdsim.leave_two_compounds_out : runs the folds.

    Notes
    -----
    The interval is that of `resample_compounds`, which says how far to
    trust it. With a handful of compounds no resampling says much.

    Examples
    --------
    >>> folds = {
    ...     "compound_1": ["a", "c", "a", "b", "a", "b"],
    ...     "compound_2": ["b", "d", "c", "d", "d", "c"],
    ...     "auroc": [0.9, 0.8, 0.7, 0.8, 0.8, 0.8],
    ... }
    >>> print(summarize_cv(folds))
    metric  mean  fold_spread  low  high
    auroc   0.8   0.124        0.7  0.9
    """
    folds = _read_folds(results, groups, metrics)
    weights = _fold_weights(folds, n_resamples, random_state)
    rows = []
    for name, values in folds.values.items():
        spread = 1.96 * values.std(ddof=1) if folds.n_folds > 1 else np.nan
        row = {"metric": name, "mean": float(values.mean()), "fold_spread": float(spread)}
        rows.append(row | _interval(values, weights, confidence))
    return Table.from_rows(rows)


def compare_cv(
    a: Mapping[str, Any],
    b: Mapping[str, Any],
    groups: ArrayLike | None = None,
    *,
    metrics: str | Sequence[str] | None = None,
    confidence: float = 0.95,
    n_resamples: int = 2000,
    random_state: int | np.random.RandomState | None = 0,
) -> Table:
    """Compare two methods fold by fold on the same folds, a row per metric.

    Parameters
    ----------
    a, b : mapping of str to array-like of shape (n_folds,)
        The folds of each method, as for `summarize_cv`; in the same order.
    groups : array-like of shape (n_patterns,), optional
        The compound of each pattern.
    metrics : str or sequence of str, optional
        Which to compare; by default all that both have.
    confidence, n_resamples, random_state
        As for `summarize_cv`.

    Returns
    -------
    Table
        With the columns `metric`; `difference`, the mean of a - b; `won`, `lost` and `tied`, in how
        many folds a is higher, lower or equal; `low` and `high`, the interval of the mean
        difference, by resampling compounds as `summarize_cv` does.

    Raises
    ------
    ValueError
        If the folds differ, a fold is NaN, or the two have no metric in common.

    Warns
    -----
    UserWarning
        If the interval cannot be had, as in `summarize_cv`; or if neither indices nor compounds
        tell whether the folds are the same.

    See Also
    --------
    xrpdsim.summarize_cv : the means of one method.

    Examples
    --------
    >>> compounds = {"compound_1": ["a", "a", "b"], "compound_2": ["b", "c", "c"]}
    >>> degelder = compounds | {"auroc": [0.9, 0.8, 0.7]}
    >>> naive = compounds | {"auroc": [0.8, 0.8, 0.5]}
    >>> print(compare_cv(degelder, naive))
    metric  difference  won  lost  tied  low  high
    auroc   0.1         2    0     1     0    0.2
    """
    first, second = _read_folds(a, groups, metrics), _read_folds(b, groups, metrics)
    _refuse_other_folds(first, second)
    shared = [name for name in first.values if name in second.values]
    if not shared:
        raise ValueError(
            f"the two results have no metric in common: {list(first.values)} and "
            f"{list(second.values)}"
        )
    known = first if first.compounds is not None else second
    weights = _fold_weights(known, n_resamples, random_state)
    rows = []
    for name in shared:
        difference = first.values[name] - second.values[name]
        row = {
            "metric": name,
            "difference": float(difference.mean()),
            "won": int((difference > 0).sum()),
            "lost": int((difference < 0).sum()),
            "tied": int((difference == 0).sum()),
        }
        rows.append(row | _interval(difference, weights, confidence))
    return Table.from_rows(rows)


class _Folds(NamedTuple):
    values: dict[str, NDArray[np.float64]]
    compounds: list[tuple[str, str]] | None
    tests: list[list[int]] | None
    n_folds: int


def _read_folds(
    results: Mapping[str, Any], groups: ArrayLike | None, metrics: str | Sequence[str] | None
) -> _Folds:
    if len(set(results.get("method", ()))) > 1:
        raise ValueError(
            f"the folds are of several methods, {sorted(set(results['method']))}; hand over those "
            "of one"
        )
    prefix = "test_" if any(name.startswith("test_") for name in results) else ""
    if isinstance(metrics, str):
        metrics = [metrics]
    if metrics is None:
        named = [name.removeprefix("test_") for name in results if name.startswith("test_")]
        metrics = named or [name for name in METRICS if name in results]
    missing = [name for name in metrics if prefix + name not in results]
    if missing or not metrics:
        raise ValueError(
            f"no metric {', '.join(missing) or 'at all'} among the columns {list(results)}; give "
            "what cross_validate returns, or a column per metric"
        )
    values = {name: np.asarray(results[prefix + name], dtype=np.float64) for name in metrics}
    n_folds = len(next(iter(values.values())))
    if n_folds == 0:
        raise ValueError("there are no folds to summarise")

    tests = None
    if "indices" in results:
        tests = [np.asarray(test).tolist() for test in results["indices"]["test"]]
    compounds = _compounds_of_folds(results, tests, groups)

    for name, column in values.items():
        if np.isnan(column).any():
            fold = int(np.flatnonzero(np.isnan(column))[0])
            where = f" ({' and '.join(compounds[fold])})" if compounds else ""
            raise ValueError(
                f"{name} of fold {fold}{where} is NaN: the fold failed. cross_validate says why "
                'with error_score="raise"'
            )
    return _Folds(values, compounds, tests, n_folds)


def _compounds_of_folds(
    results: Mapping[str, Any], tests: list[list[int]] | None, groups: ArrayLike | None
) -> list[tuple[str, str]] | None:
    if "compound_1" in results and "compound_2" in results:
        pairs = zip(results["compound_1"], results["compound_2"], strict=True)
        return [
            _pair({str(first), str(second)}, fold) for fold, (first, second) in enumerate(pairs)
        ]
    if tests is None or groups is None:
        return None
    labels = np.asarray(groups, dtype=object).astype(str)
    if labels.ndim != 1 or max(map(max, tests)) >= labels.size:
        raise ValueError(
            f"groups has shape {labels.shape}, but must be (n_patterns,): the compound of each "
            "pattern that cross_validate was given"
        )
    return [_pair(set(labels[test].tolist()), fold) for fold, test in enumerate(tests)]


def _pair(compounds: set[str], fold: int) -> tuple[str, str]:
    if len(compounds) != 2:
        raise ValueError(
            f"fold {fold} tests the compounds {sorted(compounds)}; summaries are of folds that "
            "test two, as LeaveTwoGroupsOut makes them"
        )
    first, second = sorted(compounds)
    return first, second


def _refuse_other_folds(first: _Folds, second: _Folds) -> None:
    if first.n_folds != second.n_folds:
        raise ValueError(
            f"the folds differ: {first.n_folds} of the first method, {second.n_folds} of the second"
        )
    compared = False
    for kind in ("tests", "compounds"):
        of_first, of_second = getattr(first, kind), getattr(second, kind)
        if of_first is None or of_second is None:
            continue
        compared = True
        for fold, (one, other) in enumerate(zip(of_first, of_second, strict=True)):
            if one != other:
                detail = f": {one} and {other}" if kind == "compounds" else " in their test rows"
                raise ValueError(
                    f"the folds differ at fold {fold}{detail}; both methods must be run on the "
                    "same folds in the same order"
                )
    if not compared:
        warnings.warn(
            "neither indices nor compounds tell whether both methods were run on the same folds; "
            "it is taken for granted",
            UserWarning,
            stacklevel=3,
        )


def _fold_weights(
    folds: _Folds, n_resamples: int, random_state: int | np.random.RandomState | None
) -> NDArray[np.float64] | None:
    if folds.compounds is not None and folds.n_folds > 1:
        return resample_compounds(folds.compounds, n_resamples, random_state)
    reason = (
        _HOW_TO_NAME_COMPOUNDS
        if folds.compounds is None
        else "one fold says nothing about the mean of others: the interval is left out"
    )
    warnings.warn(reason, UserWarning, stacklevel=3)
    return None


def _interval(
    values: NDArray[np.float64], weights: NDArray[np.float64] | None, confidence: float
) -> dict[str, float]:
    if weights is None:
        return {}
    low, high = interval_of_mean(values, weights, confidence)
    return {"low": low, "high": high}
