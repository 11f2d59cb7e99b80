"""Looking inside composed estimators."""

from __future__ import annotations

from typing import Any

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline


def final_estimator(estimator: Any) -> Any:
    """Return the innermost estimator, the one that decides.

    Parameters
    ----------
    estimator : estimator
        Bare, a Pipeline, a fitted search over parameters, frozen, or any nesting of these.

    Returns
    -------
    estimator
        The innermost one; `estimator` itself where it is bare.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import Normalizer, StandardScaler
    >>> final_estimator(make_pipeline(StandardScaler(), Normalizer()))
    Normalizer()
    """
    while True:
        if isinstance(estimator, Pipeline):
            estimator = estimator.steps[-1][1]
        elif isinstance(estimator, FrozenEstimator):
            estimator = estimator.estimator
        elif hasattr(estimator, "best_estimator_"):
            estimator = estimator.best_estimator_
        else:
            return estimator
