"""A screen sorted into solid forms."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import validate_data

from ..pairs import check_pairs
from .grouping import average_linkage, cut
from .measure import PatternProbabilities, default_similarity


class FormClusterer(ClusterMixin, BaseEstimator):
    """Sort the patterns of a screen into groups of one solid form each.

    Groups are merged as long as the mean probability that a pattern of one and a pattern of the
    other are the same form reaches `threshold` (average linkage), so that their number need not be
    known. What is left alone gets the label -1.

    Parameters
    ----------
    similarity : pair estimator, Pipeline that ends in one, or "precomputed", optional
        One that gives `pairwise_proba`. A fitted one is used as it is; one that is not is cloned
        and fitted without labels. By default `ScreeningSimilarity`, which needs none. With
        "precomputed" X is the matrix of probabilities.
    threshold : float, default=0.5
        Mean probability from which two groups are one.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta, for the default similarity; by default 3 + 0.02 k.

    Attributes
    ----------
    labels_ : ndarray of shape (n_patterns,)
        Groups, 0 the largest; -1 for patterns that belong to none.
    probabilities_ : ndarray of shape (n_patterns,)
        Mean probability of being the same form as the other members of the group; 0 for -1.
    medoid_indices_ : ndarray of shape (n_groups,)
        The member of each group that is most probably the form of all others.
    pair_probabilities_ : ndarray of shape (n_patterns, n_patterns)
    linkage_ : ndarray of shape (n_patterns - 1, 4)
        The tree, as SciPy's `dendrogram` takes it.
    similarity_ : estimator or "precomputed"
        The measure in force.
    n_features_in_ : int

    Examples
    --------
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> screen = make_screening_campaign(1, 3, 30, preset="bragg-brentano", random_state=0)
    >>> labels = FormClusterer().fit_predict(screen.X)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "similarity": [HasMethods(["fit"]), StrOptions({"precomputed"}), None],
        "threshold": [Interval(Real, 0, 1, closed="both")],
        "two_theta": ["array-like", None],
    }

    def __init__(
        self,
        similarity: Any = None,
        *,
        threshold: float = 0.5,
        two_theta: ArrayLike | None = None,
    ) -> None:
        self.similarity = similarity
        self.threshold = threshold
        self.two_theta = two_theta

    def fit(
        self,
        X: ArrayLike,
        y: Any = None,
        *,
        same: ArrayLike | None = None,
        different: ArrayLike | None = None,
    ) -> Self:
        """Sort patterns.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            NaN where not measured; with "precomputed" (n_patterns, n_patterns).
        y : None
            Not used.
        same, different : array-like of shape (n_pairs, 2), optional
            Pairs of row numbers that a person knows to be one form, or not. They are kept.

        Returns
        -------
        self
        """
        self._validate_params()
        patterns: NDArray[np.floating] = validate_data(
            self, X, ensure_all_finite="allow-nan", dtype=[np.float64, np.float32],
            ensure_min_samples=2,
        )  # fmt: skip
        self.pair_probabilities_ = self._probabilities(patterns)
        self.linkage_ = average_linkage(
            self.pair_probabilities_,
            None if same is None else check_pairs(same, len(patterns)),
            None if different is None else check_pairs(different, len(patterns)),
        )
        self.labels_ = cut(self.linkage_, self.threshold)
        self._describe_groups()
        return self

    def _probabilities(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        if isinstance(self.similarity, str):
            self.similarity_ = self.similarity
            return _check_probabilities(X)
        similarity = self.similarity
        if similarity is None:
            similarity = default_similarity(self.two_theta)
        probability = PatternProbabilities(similarity, X)
        self.similarity_ = probability.estimator
        return probability(X)

    def _describe_groups(self) -> None:
        n_groups = self.labels_.max(initial=-1) + 1
        self.probabilities_ = np.zeros(len(self.labels_))
        self.medoid_indices_ = np.empty(n_groups, dtype=np.intp)
        for group in range(n_groups):
            members = np.flatnonzero(self.labels_ == group)
            inside = self.pair_probabilities_[np.ix_(members, members)]
            mean = (inside.sum(axis=1) - np.diag(inside)) / (len(members) - 1)
            self.probabilities_[members] = mean
            self.medoid_indices_[group] = members[mean.argmax()]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        precomputed = isinstance(self.similarity, str)
        tags.input_tags.allow_nan = not precomputed
        tags.input_tags.pairwise = precomputed
        return tags


def _check_probabilities(X: NDArray[np.floating]) -> NDArray[np.floating]:
    if X.shape[0] != X.shape[1]:
        raise ValueError(
            f'with similarity="precomputed" X must be square, one row and one column a pattern; '
            f"its shape is {X.shape}"
        )
    if not ((X >= 0) & (X <= 1)).all():
        raise ValueError(
            'with similarity="precomputed" X must hold probabilities between 0 and 1; got '
            f"{np.nanmin(X):g} to {np.nanmax(X):g}, or NaN"
        )
    return X
