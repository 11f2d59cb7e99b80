"""The measure that screens are sorted with, by its name or as an estimator."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from .._support._estimators import inner_steps, set_where_none
from ..patterns import GRID_POINTS, check_grid, check_same_grid, default_two_theta
from .classifier import PairwisePhaseClassifier
from .measures.correlation import CorrelationSimilarity
from .measures.screening import PEARSON_INTERCEPT, PEARSON_SLOPE, ScreeningSimilarity
from .probability import SigmoidCalibrator

DEFAULT_MODEL = "organic-2"
FILE_ENDING = ".safetensors"
# Degrees that a grid may lie off the common one by rounding.
_SAME_GRID = 1e-6


def default_name(two_theta: ArrayLike | None = None, n_points: int = GRID_POINTS) -> str:
    """Return the name of the measure to sort and match with where none is given.

    Parameters
    ----------
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta; by default 3, 3.02, 3.04 and so on.
    n_points : int, default=1950
        Points of a pattern, where `two_theta` is not given.

    Returns
    -------
    str
        "organic-2" on the common grid of 1950 points, which it was trained on; "screening" on
        others.

    Examples
    --------
    >>> default_name(), default_name(n_points=1000)
    ('organic-2', 'screening')
    """
    common = default_two_theta()
    n_points = n_points if two_theta is None else np.size(two_theta)
    if n_points != common.size:
        return "screening"
    on_common_grid = np.allclose(check_grid(two_theta, n_points), common, rtol=0, atol=_SAME_GRID)
    return DEFAULT_MODEL if on_common_grid else "screening"


def default_similarity(two_theta: ArrayLike | None = None, n_points: int = GRID_POINTS) -> Any:
    """Return the measure to sort and match with where none is given.

    Parameters
    ----------
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta; by default 3, 3.02, 3.04 and so on.
    n_points : int, default=1950
        Points of a pattern, where `two_theta` is not given.

    Returns
    -------
    estimator
        The shipped similarity "organic-2", fitted, on the common grid; else a
        `ScreeningSimilarity`, not fitted.

    Examples
    --------
    >>> default_similarity(n_points=1000)
    ScreeningSimilarity()
    """
    return similarity_by_name(default_name(two_theta, n_points), two_theta)


def similarity_by_name(name: str | os.PathLike[str], two_theta: ArrayLike | None = None) -> Any:
    """Return a measure that gives probabilities without labels of the user's.

    Parameters
    ----------
    name : str or path-like
        The name of a pretrained similarity; "screening" for `ScreeningSimilarity`; "pearson" for
        the correlation of patterns as they are, what sorting was long done with, its probabilities
        set in the same way; or a file that `PairwisePhaseClassifier.save` wrote, whose name ends in
        ".safetensors".
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta; by default 3, 3.02, 3.04 and so on.

    Returns
    -------
    estimator
        "screening" is not fitted yet; the others are. Scans with too little in common are NaN in a
        matrix, not an error.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If there is no such measure, or the file is another one, was damaged, or has another ending.

    Examples
    --------
    >>> similarity_by_name("screening")
    ScreeningSimilarity()
    """
    name = os.fspath(name)
    if name == "screening":
        return ScreeningSimilarity(two_theta=two_theta)
    if name == "pearson":
        n_points = GRID_POINTS if two_theta is None else np.size(two_theta)
        measure = CorrelationSimilarity(two_theta=two_theta, overlap="nan")
        measure.fit(np.arange(n_points, dtype=np.float64)[None])
        return measure.set_calibrator(SigmoidCalibrator(PEARSON_SLOPE, PEARSON_INTERCEPT))
    if is_classifier_file(name):
        return PairwisePhaseClassifier.load(name).set_params(overlap="nan")
    # torch is imported only here
    from ..embedding.weights import available_models

    if name not in available_models():
        if Path(name).is_file():
            raise ValueError(
                f"{name!r} is a file, and the name of one that PairwisePhaseClassifier.save wrote "
                f"must end in {FILE_ENDING}: rename it"
            )
        raise ValueError(
            f"no measure is named {name!r}; there is {', '.join(available_models())}, screening, "
            f"pearson, or a file *{FILE_ENDING} that PairwisePhaseClassifier.save wrote"
        )
    return PairwisePhaseClassifier.from_pretrained(name).set_params(overlap="nan")


def is_classifier_file(name: str) -> bool:
    """Return whether the name of a measure is that of a file."""
    return name.lower().endswith(FILE_ENDING)


def named_similarity(
    similarity: Any, two_theta: ArrayLike | None, n_points: int
) -> tuple[Any, str]:
    """Return a measure given as an estimator, by its name or not at all, and what to call it.

    Parameters
    ----------
    similarity : estimator, str, path-like or None
        None for the default.
    two_theta : array-like of shape (n_points,), optional
    n_points : int
        Points of a pattern.

    Returns
    -------
    estimator
        One that is not fitted is a copy that knows the grid.
    name : str

    Raises
    ------
    ValueError
        If there is no such measure, or it is fitted and knows another grid.
    """
    if similarity is None:
        similarity = default_name(two_theta, n_points)
    if not isinstance(similarity, str | os.PathLike):
        name = " ".join(repr(similarity).split())
    else:
        name = os.fspath(similarity)
        similarity = similarity_by_name(similarity, two_theta)
    if two_theta is not None:
        similarity = _on_grid(similarity, np.asarray(two_theta, dtype=np.float64))
    return similarity, name


def _on_grid(similarity: Any, two_theta: NDArray[np.float64]) -> Any:
    """Return an estimator that takes patterns to lie on a grid; one with another is refused."""
    grids = [getattr(step.estimator, "two_theta_", None) for step in inner_steps(similarity)]
    fitted = [grid for grid in grids if grid is not None]
    for grid in fitted:
        check_same_grid(two_theta, grid, of="the patterns")
    if fitted:
        return similarity
    unfitted = clone(similarity)
    set_where_none(unfitted, "two_theta", two_theta)
    return unfitted
