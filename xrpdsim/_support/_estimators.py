"""Looking inside composed estimators: which steps there are, and what they take and know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn import get_config
from sklearn.compose import ColumnTransformer
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.utils.validation import has_fit_parameter


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


def groups_to_fit(embedder: Any, groups: ArrayLike | None) -> dict[str, Any]:
    """Return the fit parameters by which `groups` reaches every step that takes it.

    Raises
    ------
    ValueError
        If a step takes it that cannot be reached.
    """
    takers = [
        step
        for step in inner_steps(embedder)
        if not step.frozen and has_fit_parameter(step.estimator, "groups")
    ]
    if groups is None or not takers:
        return {}
    if get_config()["enable_metadata_routing"]:
        return {"groups": groups}
    for step in takers:
        if step.prefix is None:
            raise ValueError(
                f"groups cannot reach {type(step.estimator).__name__}, which takes it, through "
                f"{type(embedder).__name__}; give y as the two columns compound and form, or call "
                "sklearn.set_config(enable_metadata_routing=True)"
            )
    return {f"{step.prefix}groups": groups for step in takers}


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
