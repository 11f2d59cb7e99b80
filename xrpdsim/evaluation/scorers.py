"""Pair metrics as a dict, and the scorer for scikit-learn's cross-validation and searches."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._support._estimators import last_step
from ..patterns.pairs import encode_phases, n_condensed, same_phase
from ..similarity.ranking import RankedPairs

METRICS = (
    "auroc",
    "average_precision",
    "average_precision_gain",
    "average_precision_gain_ceiling",
    "accuracy",
    "f1",
    "best_f1",
)
"""The keys of `pair_metrics`, in order."""


def pair_metrics(
    scores: ArrayLike, same: ArrayLike, threshold: float | None = None
) -> dict[str, float]:
    """Return how well scores tell pairs of one phase from pairs of different phases.

    Parameters
    ----------
    scores : array-like of shape (n_pairs,)
        Higher = more alike.
    same : array-like of shape (n_pairs,)
        True or 1 where both patterns are of one phase, False or 0 otherwise.
    threshold : float, optional
        Pairs are called the same if score >= threshold. Without it, `accuracy` and `f1` are left
        out.

    Returns
    -------
    dict of str to float
        `auroc`; `average_precision`, as a step sum; `average_precision_gain`, that over the
        positive rate (the average precision of random scores); `average_precision_gain_ceiling`,
        the gain of a perfect ranking, 1 - positive rate; `accuracy` and `f1` of the positive class
        at the threshold; `best_f1`, the highest F1 any threshold reaches on these pairs.

    Raises
    ------
    ValueError
        If a score is NaN, all pairs are of one class, or shapes differ.

    Examples
    --------
    >>> metrics = pair_metrics([0.9, 0.8, 0.7, 0.2], [1, 0, 1, 0], threshold=0.75)
    >>> {name: round(value, 3) for name, value in metrics.items()}
    {'auroc': 0.75, 'average_precision': 0.833, 'average_precision_gain': 0.333,
     'average_precision_gain_ceiling': 0.5, 'accuracy': 0.5, 'f1': 0.5, 'best_f1': 0.8}
    """
    pairs = RankedPairs.from_scores(scores, same)
    metrics = {
        "auroc": pairs.auroc,
        "average_precision": pairs.average_precision,
        "average_precision_gain": pairs.average_precision - pairs.positive_rate,
        "average_precision_gain_ceiling": 1 - pairs.positive_rate,
        "best_f1": pairs.best_f1,
    }
    if threshold is not None:
        metrics["accuracy"] = pairs.accuracy(threshold)
        metrics["f1"] = pairs.f1(threshold)
    return {name: metrics[name] for name in METRICS if name in metrics}


def pair_scoring(estimator: Any, X: Any, y: Any) -> dict[str, float]:
    """Score a fitted pair estimator on all pairs of X; for ``scoring=``.

    Works in `~sklearn.model_selection.cross_validate` and in searches, which need to be told what
    to choose by: ``GridSearchCV(..., scoring=pair_scoring, refit="auroc")``.

    Parameters
    ----------
    estimator : estimator
        A fitted pair estimator, a Pipeline ending in one, or a search over one. Its
        `decision_function` is called once.
    X : array-like of shape (n_patterns, n_points)
        Test patterns.
    y : array-like of shape (n_patterns,) or (n_patterns, 2)
        Labels that are unique over all compounds, or the columns compound and form.

    Returns
    -------
    dict of str to float
        As `pair_metrics`, at the estimator's own `threshold_`.

    Raises
    ------
    TypeError
        If `estimator` is no pair estimator.
    ValueError
        If the estimator has no threshold. If X has no pair of one form, or none of two, any use of
        what is returned raises this error.

    Notes
    -----
    scikit-learn puts NaN in the place of an error that a scorer raises, and then fails with a
    TypeError that gives no reason. Metrics that are not defined raise when they are read, so that
    `~sklearn.model_selection.cross_validate` and searches end with the reason instead.

    See Also
    --------
    summarize_cv : Mean and spread over folds.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.base import BaseEstimator
    >>> from scipy.spatial.distance import pdist
    >>> class Nearness(BaseEstimator):
    ...     threshold_ = -0.5
    ...     def decision_function(self, X):
    ...         return -pdist(X)
    >>> X = np.array([[0.0], [0.1], [1.0], [1.4]])
    >>> pair_scoring(Nearness(), X, ["I", "I", "II", "II"])["auroc"]
    1.0
    """
    if not hasattr(estimator, "decision_function"):
        raise TypeError(
            f"pair_scoring needs an estimator that scores pairs of patterns, but "
            f"{type(estimator).__name__} has no decision_function"
        )
    decider = last_step(estimator)
    threshold = getattr(decider, "threshold_", None)
    if threshold is None:
        raise ValueError(
            f"{type(decider).__name__} has no threshold: fit it with y, or call set_threshold"
        )
    phases, _ = encode_phases(y)
    same = same_phase(phases)
    if same.all() or not same.any():
        missing = "two different forms" if same.any() else "the same form"
        return _NotDefined(
            f"no two of the {len(phases)} test patterns are of {missing}, so the metrics are "
            "not defined. Split with cv=LeaveTwoGroupsOut() and groups=, the compound of each "
            "pattern: without cv=, scikit-learn splits by the order of the rows"
        )
    scores = np.asarray(estimator.decision_function(X))
    if scores.shape != (n_condensed(len(phases)),):
        raise TypeError(
            f"pair_scoring needs one score for each of the {n_condensed(len(phases))} pairs of X, "
            f"but decision_function of {type(decider).__name__} gave shape {scores.shape}; is it a "
            "pair estimator?"
        )
    return pair_metrics(scores, same, threshold)


class _NotDefined(dict[str, float]):
    """Metrics of patterns that have only one kind of pairs; reading them raises the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason

    def __repr__(self) -> str:
        return f"<not defined: {self.reason}>"

    def _refuse(self, *_: Any) -> Any:
        raise ValueError(self.reason)

    __getitem__ = __iter__ = __len__ = items = keys = values = get = _refuse
