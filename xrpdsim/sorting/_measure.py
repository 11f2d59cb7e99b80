"""The measure that patterns are sorted and matched by."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._support._estimators import split_last
from .._support._sklearn import HasMethods
from .._support._warnings import warn_user
from ..similarity.named import named_similarity
from ..similarity.probability import PatternProbabilities

SIMILARITY = [HasMethods(["fit"]), HasMethods(["pairwise_proba"]), str, os.PathLike, None]
"""What `similarity` may be."""


def measure_of(
    similarity: Any, two_theta: NDArray[np.float64] | None, X: NDArray[np.floating]
) -> tuple[PatternProbabilities, str]:
    """Return pair probabilities by a measure, fitted to patterns if it is not, and its name.

    Parameters
    ----------
    similarity : str, estimator or None
    two_theta : ndarray of shape (n_points,) or None
    X : ndarray of shape (n_patterns, n_points)

    Returns
    -------
    measure : PatternProbabilities
    name : str

    Raises
    ------
    TypeError
        If the estimator gives no pair probabilities; said before anything is fitted.
    """
    # what is never fitted is taken to know the grid
    told = isinstance(similarity, str) or similarity is None or hasattr(similarity, "fit")
    similarity, name = named_similarity(similarity, two_theta if told else None, X.shape[1])
    last = split_last(similarity)[1]
    # a search that is not fitted is judged by what it searches over
    last = split_last(getattr(last, "estimator", last))[1]
    if not hasattr(last, "pairwise_proba"):
        advice = "give a pair estimator, or the name of one, such as 'organic-2' or 'screening'"
        if hasattr(last, "transform"):
            advice = (
                f"make a pair estimator of it: PairwisePhaseClassifier({type(last).__name__}())"
            )
        raise TypeError(
            f"similarity={type(last).__name__} gives no probabilities of pairs (it has no "
            f"pairwise_proba); {advice}"
        )
    return PatternProbabilities(similarity, X), name


@contextmanager
def silent_on_flat() -> Iterator[None]:
    """Let measures that are given parts of the patterns not say which rows of these are flat."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"\d+ pattern\(s\) are flat", UserWarning)
        yield


def warn_of_flat(X: NDArray[np.floating], name: str = "X") -> None:
    """Warn of flat patterns by their rows among all.

    Parameters
    ----------
    X : ndarray of shape (n_patterns, n_points)
    name : str, default="X"
        Of the argument, for the message.
    """
    flat = np.flatnonzero(np.nanmax(X, axis=1) == np.nanmin(X, axis=1))
    if len(flat):
        warn_user(
            f"{len(flat)} of {len(X)} patterns (row {flat[0]} of {name} first) are flat: they have "
            "no lines to compare, so that they are similar to none"
        )
