"""Metrics of pairs, and the scorers for scikit-learn's cross-validation and searches."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

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
    """Score a fitted pair estimator on all pairs of X by all metrics; for ``scoring=``.

    Works in `~sklearn.model_selection.cross_validate` and in searches, which need to be told what
    to choose by: ``GridSearchCV(..., scoring=pair_scoring, refit="auroc")``. What takes one figure
    only takes `pair_auroc`, `pair_average_precision` and the others.

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
        If the estimator has no threshold. If X has no pair of one form, or none of two, or a pair
        has no score, any use of what is returned raises this error.

    Notes
    -----
    scikit-learn puts NaN in the place of an error that a scorer raises, and then fails with a
    TypeError that gives no reason. Metrics that are not defined raise when they are read, so that
    `~sklearn.model_selection.cross_validate` and searches end with the reason instead.

    See Also
    --------
    leave_two_compounds_out : The whole protocol in one call.
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
    threshold = _threshold_of(estimator)
    scored = _score(estimator, X, y)
    if isinstance(scored, str):
        return _NotDefinedMetrics(scored)
    scores, same = scored
    return pair_metrics(scores, same, threshold)


def pair_auroc(estimator: Any, X: Any, y: Any) -> float:
    """Return the area under the ROC curve over all pairs of X; for ``scoring=``.

    This and the other scorers of one figure work wherever scikit-learn takes one: in
    `~sklearn.model_selection.cross_val_score`, `~sklearn.model_selection.learning_curve` and
    searches, successive halving among them.

    Parameters
    ----------
    estimator, X, y
        As for `pair_scoring`. A threshold is not needed.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If `estimator` is no pair estimator.
    ValueError
        If X has no pair of one form, or none of two, or a pair has no score, any use of what is
        returned raises this error: scikit-learn would put NaN in the place of one that is raised at
        once.

    See Also
    --------
    xrpdsim.pair_scoring : all figures at once.

    Examples
    --------
    >>> from xrpdsim import EuclideanSimilarity
    >>> X = [[1.0, 0.0, 0.0], [1.0, 0.1, 0.0], [0.0, 1.0, 0.2], [0.0, 1.0, 0.3]]
    >>> pair_auroc(EuclideanSimilarity().fit(X), X, ["I", "I", "II", "II"])
    1.0
    """
    return _figure(estimator, X, y, "auroc")


def pair_average_precision(estimator: Any, X: Any, y: Any) -> float:
    """Return the average precision over all pairs of X, as a step sum; for ``scoring=``.

    Parameters
    ----------
    estimator, X, y
        As for `pair_auroc`, and errors as there.

    Returns
    -------
    float

    See Also
    --------
    xrpdsim.pair_scoring : all figures at once.

    Examples
    --------
    >>> from sklearn.model_selection import cross_val_score
    >>> from xrpdsim import DeGelderSimilarity, LeaveTwoGroupsOut
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> X, y = make_screening_campaign(4, 6, 40, random_state=0, return_X_y=True)
    >>> cross_val_score(
    ...     DeGelderSimilarity(), X, y, cv=LeaveTwoGroupsOut(), scoring=pair_average_precision
    ... ).shape
    (6,)
    """
    return _figure(estimator, X, y, "average_precision")


def pair_average_precision_gain(estimator: Any, X: Any, y: Any) -> float:
    """Return the average precision above that of random scores; for ``scoring=``.

    Parameters
    ----------
    estimator, X, y
        As for `pair_auroc`, and errors as there.

    Returns
    -------
    float
        The average precision less the share of pairs of one form.

    Examples
    --------
    >>> from xrpdsim import EuclideanSimilarity
    >>> X = [[1.0, 0.0, 0.0], [1.0, 0.1, 0.0], [0.0, 1.0, 0.2], [0.0, 1.0, 0.3]]
    >>> y = ["I", "I", "II", "II"]
    >>> measure = EuclideanSimilarity().fit(X, y)
    >>> round(pair_average_precision_gain(measure, X, y), 3)
    0.667
    """
    return _figure(estimator, X, y, "average_precision_gain")


def pair_best_f1(estimator: Any, X: Any, y: Any) -> float:
    """Return the highest F1 that any threshold reaches on the pairs of X; for ``scoring=``.

    Parameters
    ----------
    estimator, X, y
        As for `pair_auroc`, and errors as there.

    Returns
    -------
    float

    Examples
    --------
    >>> from xrpdsim import EuclideanSimilarity
    >>> X = [[1.0, 0.0, 0.0], [1.0, 0.1, 0.0], [0.0, 1.0, 0.2], [0.0, 1.0, 0.3]]
    >>> y = ["I", "I", "II", "II"]
    >>> measure = EuclideanSimilarity().fit(X, y)
    >>> pair_best_f1(measure, X, y)
    1.0
    """
    return _figure(estimator, X, y, "best_f1")


def pair_f1(estimator: Any, X: Any, y: Any) -> float:
    """Return the F1 of same-form pairs at the estimator's own threshold; for ``scoring=``.

    Parameters
    ----------
    estimator, X, y
        As for `pair_scoring`, and errors as there.

    Returns
    -------
    float

    Examples
    --------
    >>> from xrpdsim import EuclideanSimilarity
    >>> X = [[1.0, 0.0, 0.0], [1.0, 0.1, 0.0], [0.0, 1.0, 0.2], [0.0, 1.0, 0.3]]
    >>> y = ["I", "I", "II", "II"]
    >>> measure = EuclideanSimilarity().fit(X, y)
    >>> pair_f1(measure, X, y)
    1.0
    """
    return _figure(estimator, X, y, "f1")


def pair_accuracy(estimator: Any, X: Any, y: Any) -> float:
    """Return the share of pairs decided rightly at the estimator's own threshold; for ``scoring=``.

    Parameters
    ----------
    estimator, X, y
        As for `pair_scoring`, and errors as there.

    Returns
    -------
    float

    Examples
    --------
    >>> from xrpdsim import EuclideanSimilarity
    >>> X = [[1.0, 0.0, 0.0], [1.0, 0.1, 0.0], [0.0, 1.0, 0.2], [0.0, 1.0, 0.3]]
    >>> y = ["I", "I", "II", "II"]
    >>> measure = EuclideanSimilarity().fit(X, y)
    >>> pair_accuracy(measure, X, y)
    1.0
    """
    return _figure(estimator, X, y, "accuracy")


_AT_THRESHOLD = ("accuracy", "f1")


def _figure(estimator: Any, X: Any, y: Any, metric: str) -> float:
    threshold = _threshold_of(estimator) if metric in _AT_THRESHOLD else None
    scored = _score(estimator, X, y)
    if isinstance(scored, str):
        return _NotDefinedFigure(scored)  # type: ignore[return-value]
    return pair_metrics(*scored, threshold)[metric]


def _threshold_of(estimator: Any) -> float:
    decider = _decider(estimator)
    threshold = getattr(decider, "threshold_", None)
    if threshold is None:
        raise ValueError(
            f"{type(decider).__name__} has no threshold: fit it with y, or call set_threshold"
        )
    return float(threshold)


def _decider(estimator: Any) -> Any:
    if not hasattr(estimator, "decision_function"):
        raise TypeError(
            f"pairs are scored by an estimator that compares patterns, but "
            f"{type(estimator).__name__} has no decision_function; an embedder takes part inside "
            "PairwisePhaseClassifier"
        )
    return last_step(estimator)


def _score(estimator: Any, X: Any, y: Any) -> tuple[NDArray[Any], NDArray[np.bool_]] | str:
    """Return scores of all pairs and which are of one form, or why metrics are not defined."""
    decider = _decider(estimator)
    phases, _ = encode_phases(y)
    same = same_phase(phases)
    if same.all() or not same.any():
        missing = "two different forms" if same.any() else "the same form"
        return (
            f"no two of the {len(phases)} test patterns are of {missing}, so the metrics are "
            "not defined. Split with cv=LeaveTwoGroupsOut() and groups=, the compound of each "
            "pattern: without cv=, scikit-learn splits by the order of the rows"
        )
    scores = np.asarray(estimator.decision_function(X))
    if scores.shape != (n_condensed(len(phases)),):
        raise TypeError(
            f"one score is needed for each of the {n_condensed(len(phases))} pairs of X, "
            f"but decision_function of {type(decider).__name__} gave shape {scores.shape}; is it a "
            "pair estimator?"
        )
    n_missing = int(np.isnan(scores).sum())
    if n_missing:
        return (
            f"{n_missing} of {scores.size} pairs of the test patterns have no score, so the "
            "metrics are not defined: these patterns have too little in common to compare. Leave "
            "them out, or lower min_overlap"
        )
    return scores, same


class _NotDefinedMetrics(dict[str, float]):
    """Metrics of patterns that do not allow for any; reading them raises the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason

    def __repr__(self) -> str:
        return f"<not defined: {self.reason}>"

    def _refuse(self, *_: Any) -> Any:
        raise ValueError(self.reason)

    __getitem__ = __iter__ = __len__ = items = keys = values = get = _refuse


class _NotDefinedFigure:
    """The one metric of such patterns; taking it for a number raises the reason."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __repr__(self) -> str:
        return f"<not defined: {self.reason}>"

    def _refuse(self, *_: Any) -> Any:
        raise ValueError(self.reason)

    # scikit-learn asks a score for its `item` first
    item = property(_refuse)
    __float__ = __int__ = __round__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = _refuse
    __hash__ = None  # type: ignore[assignment]
