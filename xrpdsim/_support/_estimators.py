"""Looking inside composed estimators: which steps there are, and what they take and know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn import get_config
from sklearn.compose import ColumnTransformer
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.utils.validation import has_fit_parameter

from ._sklearn import check_sample_weight
from ._warnings import warn_user


@dataclass(frozen=True)
class Step:
    """One estimator inside a composed one.

    Parameters
    ----------
    estimator : estimator
        One that holds no others, as far as is known here.
    prefix : str or None
        What the names of its fit parameters begin with ("scale__"), "" for a bare estimator; None
        where no fit parameter reaches it without metadata routing.
    frozen : bool
        Whether it was fitted before, to other data, and stays so.
    """

    estimator: Any
    prefix: str | None
    frozen: bool


def inner_steps(estimator: Any) -> Iterator[Step]:
    """Yield the estimators inside another one, in the order in which data pass them.

    Parameters
    ----------
    estimator : estimator
        Bare, a Pipeline, FeatureUnion or ColumnTransformer, a fitted search over parameters,
        frozen, or any nesting of these.

    Yields
    ------
    Step

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import Normalizer, StandardScaler
    >>> nested = make_pipeline(make_pipeline(StandardScaler()), Normalizer())
    >>> [step.prefix for step in inner_steps(nested)]
    ['pipeline__standardscaler__', 'normalizer__']
    """
    yield from _inner(estimator, "", False)


def last_step(estimator: Any) -> Any:
    """Return the last estimator inside another one: the one that decides.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import Normalizer, StandardScaler
    >>> last_step(make_pipeline(StandardScaler(), Normalizer()))
    Normalizer()
    """
    steps = list(inner_steps(estimator))
    return steps[-1].estimator if steps else estimator


def split_last(estimator: Any) -> tuple[Any, Any]:
    """Return what treats data before the last step of a fitted estimator, and that step.

    Parameters
    ----------
    estimator : estimator
        Bare, a Pipeline, a fitted search over parameters, frozen, or one around another.

    Returns
    -------
    treatment : transformer or None
        None where the last step takes the data as they are.
    last : estimator

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import Normalizer, StandardScaler
    >>> frozen = FrozenEstimator(make_pipeline(StandardScaler(), Normalizer()))
    >>> treatment, last = split_last(frozen)
    >>> treatment[-1], last
    (StandardScaler(), Normalizer())
    """
    if isinstance(estimator, FrozenEstimator):
        return split_last(estimator.estimator)
    if hasattr(estimator, "best_estimator_"):
        return split_last(estimator.best_estimator_)
    if isinstance(estimator, Pipeline):
        return estimator[:-1], estimator[-1]
    return None, estimator


def network_step(embedder: Any) -> Any:
    """Return the step that was trained on pairs, wherever it stands, or else the last one.

    It is known by its `validation_indices_`; of several the last counts.
    """
    networks = [s for s in inner_steps(embedder) if hasattr(s.estimator, "validation_indices_")]
    return networks[-1].estimator if networks else last_step(embedder)


def held_out_rows(embedder: Any) -> NDArray[np.intp] | None:
    """Return the rows that a fit held out in every step that holds any out, or None.

    Steps that were frozen held out rows of other data, which say nothing here.
    """
    held_out = None
    for step in inner_steps(embedder):
        rows = None if step.frozen else getattr(step.estimator, "validation_indices_", None)
        if rows is not None:
            held_out = rows if held_out is None else np.intersect1d(held_out, rows)
    return held_out


def metadata_to_fit(embedder: Any, name: str, value: Any) -> dict[str, Any]:
    """Return the fit parameters by which metadata of patterns reaches every step that takes it.

    Parameters
    ----------
    embedder : estimator
    name : {"groups", "sample_weight"}
    value : array-like of shape (n_patterns,) or None

    Returns
    -------
    dict of str to object
        Empty where no step takes it.

    Raises
    ------
    ValueError
        If a step takes it that cannot be reached.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import Normalizer, StandardScaler
    >>> embedder = make_pipeline(Normalizer(), StandardScaler())
    >>> metadata_to_fit(embedder, "sample_weight", [1, 2])
    {'standardscaler__sample_weight': [1, 2]}
    """
    takers = [
        step
        for step in inner_steps(embedder)
        if not step.frozen and has_fit_parameter(step.estimator, name)
    ]
    if value is None or not takers:
        return {}
    if get_config()["enable_metadata_routing"]:
        return {name: value}
    for step in takers:
        if step.prefix is None:
            columns = "give y as the two columns compound and form, or " * (name == "groups")
            raise ValueError(
                f"{name} cannot reach {type(step.estimator).__name__}, which takes it, through "
                f"{type(embedder).__name__}; {columns}call "
                "sklearn.set_config(enable_metadata_routing=True)"
            )
    return {f"{step.prefix}{name}": value for step in takers}


def check_weights(sample_weight: ArrayLike, X: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the weights of patterns as an array.

    Raises
    ------
    ValueError
        If a weight is negative or not finite, all are 0, or there are more or fewer than patterns.

    Examples
    --------
    >>> check_weights([1, 0], np.ones((2, 3)))
    array([1., 0.])
    """
    weights: NDArray[np.float64] = check_sample_weight(
        sample_weight, X, dtype=np.float64, ensure_non_negative=True
    )
    if not weights.any():
        raise ValueError("sample_weight is 0 for all patterns, so that none teaches anything")
    return weights


def fit_to_pairs(
    embedder: Any,
    X: NDArray[np.floating],
    y: Any,
    groups: ArrayLike | None,
    sample_weight: ArrayLike | None,
) -> NDArray[np.intp] | None:
    """Fit an embedder, and return the rows whose pairs say how well it does; None for all.

    Those are what it held out, if it held anything out, without patterns of weight 0.

    Parameters
    ----------
    embedder : estimator
    X : ndarray of shape (n_patterns, n_points)
    y : array-like
    groups, sample_weight : array-like of shape (n_patterns,) or None

    Warns
    -----
    UserWarning
        If there are weights, and no step takes any.
    """
    metadata = metadata_to_fit(embedder, "groups", groups)
    if sample_weight is None:
        return held_out_rows(embedder.fit(X, y, **metadata))
    weights = check_weights(sample_weight, X)
    of_steps = metadata_to_fit(embedder, "sample_weight", weights)
    if not of_steps:
        warn_user(
            f"{type(embedder).__name__} takes no sample_weight: patterns of weight 0 are left out "
            "of threshold and probabilities, and all others count alike"
        )
    held_out = held_out_rows(embedder.fit(X, y, **metadata, **of_steps))
    counted = np.flatnonzero(weights)
    return counted if held_out is None else np.intersect1d(held_out, counted)


def set_where_none(estimator: Any, name: str, value: Any) -> None:
    """Set a parameter of all steps of an estimator that take it and have None; not of frozen ones.

    Parameters
    ----------
    estimator : estimator
    name : str
        Of the parameter.
    value : object
    """
    for path, present in estimator.get_params().items():
        if path.rsplit("__", 1)[-1] == name and present is None:
            estimator.set_params(**{path: value})


def _inner(estimator: Any, prefix: str | None, frozen: bool) -> Iterator[Step]:
    if isinstance(estimator, FrozenEstimator):
        yield from _inner(estimator.estimator, prefix, True)
    elif hasattr(estimator, "best_estimator_"):
        yield from _inner(estimator.best_estimator_, None, frozen)
    elif isinstance(estimator, Pipeline):
        for name, step in estimator.steps:
            below = None if prefix is None else f"{prefix}{name}__"
            yield from _inner(step, below, frozen)
    elif isinstance(estimator, FeatureUnion):
        for _, step in estimator.transformer_list:
            yield from _inner(step, None, frozen)
    elif isinstance(estimator, ColumnTransformer):
        for _, step, _ in getattr(estimator, "transformers_", estimator.transformers):
            yield from _inner(step, None, frozen)
    elif estimator is not None and not isinstance(estimator, str):
        yield Step(estimator, prefix, frozen)


@contextmanager
def as_it_was_on_failure(estimator: Any) -> Iterator[None]:
    """Undo what was set on an estimator in the block if that fails."""
    before = dict(vars(estimator))
    try:
        yield
    except BaseException:
        # half of a new fit beside half of the last one would answer, and wrongly
        vars(estimator).clear()
        vars(estimator).update(before)
        raise
