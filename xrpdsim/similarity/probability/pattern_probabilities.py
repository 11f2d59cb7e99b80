"""Probabilities of pairs of patterns from any estimator that gives them."""

from __future__ import annotations

import warnings
from copy import copy
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from ..._support._estimators import split_last
from ...datasets import make_screening_campaign
from ...patterns.pairs import encode_phases, same_phase
from .calibrators import CALIBRATORS

# What a measure without labels learns probabilities from: compounds of three forms, seven patterns
# a form in the mean. With other seeds the score of probability 1/2 moves by about 0.02 for de
# Gelder's measure.
_COMPOUNDS, _FORMS, _PATTERNS = 12, 36, 252
_PRESETS = ("transmission", "bragg-brentano", "well-plate")
# degrees 2theta; beyond, the flat samples of the other two are in the way
_ONLY_REFLECTION = 80.0


class PatternProbabilities:
    """Any estimator that gives pair probabilities, as a function of patterns.

    Parameters
    ----------
    similarity : estimator
        One with ``pairwise_proba(X, Y=None)``: a pair estimator of this library or another, a
        Pipeline that ends in one, or a fitted search over them. One that is fitted is used as it
        is, and so is one without `fit`. One that is not fitted is cloned and fitted to `X` without
        labels. If it then has no probabilities, as most measures, it learns them from the pairs
        within simulated compounds on its own grid, scaled to the height of `X`; that takes some
        seconds.
    X : ndarray of shape (n_patterns, n_points)
        Patterns to fit an unfitted one to.

    Attributes
    ----------
    estimator : estimator
        Fitted.
    measure : estimator
        What gives the probabilities: the last step of a Pipeline.

    Raises
    ------
    TypeError
        If the estimator gives no pair probabilities.

    Examples
    --------
    >>> class SameLine:
    ...     def pairwise_proba(self, X, Y=None):
    ...         Y = X if Y is None else Y
    ...         return (X.argmax(axis=1)[:, None] == Y.argmax(axis=1)).astype(float)
    >>> X = np.array([[0.0, 4.0], [0.0, 9.0], [1.0, 0.0]])
    >>> PatternProbabilities(SameLine(), X)(X)
    array([[1., 1., 0.],
           [1., 1., 0.],
           [0., 0., 1.]])
    """

    def __init__(self, similarity: Any, X: NDArray[np.floating]) -> None:
        fitted = _is_fitted(similarity)
        self.estimator = similarity if fitted else clone(similarity).fit(X)
        self._treatment, self.measure = split_last(self.estimator)
        if not hasattr(self.measure, "pairwise_proba"):
            raise TypeError(
                f"{type(self.measure).__name__} gives no probabilities of pairs: it has no "
                "pairwise_proba"
            )
        learns = hasattr(self.measure, "set_calibrator") and not fitted
        if learns and not hasattr(self.measure, "calibrator_"):
            self._learn_from_simulated(X)

    def treated(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return patterns as the last step takes them."""
        return X if self._treatment is None else self._treatment.transform(X)

    def __call__(
        self, X: NDArray[np.floating], Y: NDArray[np.floating] | None = None
    ) -> NDArray[np.float64]:
        """Return the probabilities that patterns are one form; 0 where they cannot be compared."""
        return self.with_scores(X, Y)[1]

    def by_first_look(self) -> Self:
        """Return what judges by the first look alone, where the measure has two."""
        if getattr(self.measure, "second_look_", None) is None:
            return self
        alone = copy(self)
        alone.measure = self.measure._first_look_alone()
        return alone

    def with_scores(
        self, X: NDArray[np.floating], Y: NDArray[np.floating] | None = None
    ) -> tuple[NDArray[np.floating], NDArray[np.float64]]:
        """Return scores too, which tell equal probabilities apart; -inf where there is none."""
        X, Y = self.treated(X), None if Y is None else self.treated(Y)
        if hasattr(self.measure, "proba_of_scores"):
            scores = self.measure.pairwise(X, Y)
            probability = self.measure.proba_of_scores(scores)
        else:
            # a probability is a score as good as any
            probability = np.array(self.measure.pairwise_proba(X, Y), dtype=np.float64)
            scores = probability.copy()
        missing = np.isnan(scores)
        return np.where(missing, -np.inf, scores), np.nan_to_num(probability, nan=0.0, copy=False)

    def _learn_from_simulated(self, X: NDArray[np.floating]) -> None:
        grid = self.measure.two_theta_
        if len(grid) != X.shape[1]:
            raise ValueError(
                f"{type(self.measure).__name__} has no probabilities, and its {len(grid)} points "
                f"are not those of the patterns, {X.shape[1]}, so that none can be learnt from "
                "simulated patterns; fit it with labels"
            )
        presets = _PRESETS if grid[-1] < _ONLY_REFLECTION else "bragg-brentano"
        with warnings.catch_warnings():
            # what lies beyond the ends of the scans decides nothing
            warnings.filterwarnings("ignore", "two_theta reaches", UserWarning)
            campaign: Any = make_screening_campaign(
                _COMPOUNDS, _FORMS, _PATTERNS, preset=presets, two_theta=grid, random_state=0
            )
        simulated, y = campaign.X, campaign.y
        if not get_tags(self.estimator).input_tags.allow_nan:
            complete = ~np.isnan(simulated).any(axis=1)
            simulated, y = simulated[complete], y[complete]
        heights = [np.median(np.nanmax(patterns, axis=1)) for patterns in (X, campaign.X)]
        scores, same = self._scores_within(simulated * (heights[0] / heights[1]), y)
        if same.all() or not same.any():
            raise ValueError(
                f"{type(self.measure).__name__} has no probabilities, and patterns simulated on "
                "its grid give it no pairs to learn them from; fit it with labels"
            )
        calibrator = CALIBRATORS[self.measure.calibration].from_scores(
            np.sort(scores[same]), np.sort(scores[~same])
        )
        self.measure.set_calibrator(calibrator)

    def _scores_within(
        self, X: NDArray[np.floating], y: NDArray[Any]
    ) -> tuple[NDArray[np.floating], NDArray[np.bool_]]:
        """Return the scores of pairs within compounds that can be compared, and the truth."""
        phases, _ = encode_phases(y)
        measure = copy(self.measure).set_params(overlap="nan")
        scores, same = [], []
        with warnings.catch_warnings():
            # of flat and cut scans among the simulated ones, which the user never sees
            warnings.simplefilter("ignore", UserWarning)
            patterns = self.treated(X)
            for compound in np.unique(y[:, 0]):
                rows = np.flatnonzero(y[:, 0] == compound)
                first_second = np.triu_indices(len(rows), 1)
                scores.append(measure.pairwise(patterns[rows])[first_second])
                same.append(same_phase(phases, rows[np.column_stack(first_second)]))
        found, truth = np.concatenate(scores), np.concatenate(same)
        return found[~np.isnan(found)], truth[~np.isnan(found)]


def _is_fitted(estimator: Any) -> bool:
    if not hasattr(estimator, "fit"):
        return True
    try:
        check_is_fitted(estimator)
    except NotFittedError:
        return False
    return True
