"""A screen sorted into solid forms."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import validate_data

from .._progress import track
from ..pairs import check_pairs
from .corrections import adapt_probabilities
from .flags import flag_patterns
from .grouping import average_linkage, cut
from .measure import PatternProbabilities, default_similarity
from .portions import mean_probability, sort_in_portions


class FormClusterer(ClusterMixin, BaseEstimator):
    """Sort the patterns of a screen into groups of one solid form each.

    Groups are merged as long as the mean probability that a pattern of one and a pattern of the
    other are the same form reaches `threshold` (average linkage), so that their number need not be
    known. What is left alone gets the label -1, and so does what is amorphous: two amorphous
    samples are no evidence of one form.

    Parameters
    ----------
    similarity : pair estimator, Pipeline that ends in one, or "precomputed", optional
        One that gives `pairwise_proba`. A fitted one is used as it is; one that is not is cloned
        and fitted without labels. By default `ScreeningSimilarity`, which needs none. With
        "precomputed" X is the matrix of probabilities.
    threshold : float, default=0.5
        Mean probability from which two groups are one.
    set_amorphous_aside : bool, default=True
        Whether to look for amorphous patterns, as `flag_patterns` does, before sorting. Not done
        with "precomputed".
    portion : int, default=2000
        Screens of more patterns are sorted portion by portion, without a matrix of all pairs: a
        portion is sorted as above, later patterns join the groups found or are sorted among
        themselves.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta; by default 3 + 0.02 k.
    verbose : bool, default=False
        Whether to show on standard error how many portions are done.

    Attributes
    ----------
    labels_ : ndarray of shape (n_patterns,)
        Groups, 0 the largest; -1 for patterns that belong to none.
    probabilities_ : ndarray of shape (n_patterns,)
        Mean probability of being the same form as the other members of the group (in portions: as
        twenty of them); 0 for -1.
    medoid_indices_ : ndarray of shape (n_groups,)
        The member of each group that is most probably the form of all others.
    amorphous_ : ndarray of shape (n_patterns,), bool
    pair_probabilities_ : ndarray of shape (n_patterns, n_patterns)
        Not there if sorted in portions.
    linkage_ : ndarray of shape (n_crystalline - 1, 4)
        The tree of the patterns that are not amorphous, as SciPy's `dendrogram` takes it. Not there
        if sorted in portions, or if fewer than two patterns are left.
    similarity_ : estimator or "precomputed"
        The measure in force.
    n_features_in_ : int

    See Also
    --------
    ReferenceMatcher : Name the forms of which references are known.

    Examples
    --------
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> screen = make_screening_campaign(1, 3, 30, preset="bragg-brentano", random_state=0)
    >>> labels = FormClusterer().fit_predict(screen.X)
    >>> from sklearn.metrics import adjusted_rand_score
    >>> bool(adjusted_rand_score(screen.form.astype(str), labels) > 0.9)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "similarity": [HasMethods(["fit"]), StrOptions({"precomputed"}), None],
        "threshold": [Interval(Real, 0, 1, closed="both")],
        "set_amorphous_aside": ["boolean"],
        "portion": [Interval(Integral, 2, None, closed="left")],
        "two_theta": ["array-like", None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        similarity: Any = None,
        *,
        threshold: float = 0.5,
        set_amorphous_aside: bool = True,
        portion: int = 2000,
        two_theta: ArrayLike | None = None,
        verbose: bool = False,
    ) -> None:
        self.similarity = similarity
        self.threshold = threshold
        self.set_amorphous_aside = set_amorphous_aside
        self.portion = portion
        self.two_theta = two_theta
        self.verbose = verbose

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
            Pairs of row numbers that a person knows to be one form, or not. They are kept, and all
            probabilities move a little towards them; amorphous patterns among them take part in
            the sorting. Not possible in portions.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If corrections contradict each other, or are given for a screen sorted in portions.
        """
        self._validate_params()
        patterns: NDArray[np.floating] = validate_data(
            self,
            X,
            ensure_all_finite=self.similarity == "precomputed" or "allow-nan",
            dtype=[np.float64, np.float32],
            ensure_min_samples=2,
        )
        n_patterns = len(patterns)
        same_pairs, different_pairs = (
            np.empty((0, 2), dtype=np.intp) if pairs is None else check_pairs(pairs, n_patterns)
            for pairs in (same, different)
        )
        self._forget()
        self.amorphous_ = np.zeros(n_patterns, dtype=bool)
        if self.set_amorphous_aside and self.similarity != "precomputed":
            self.amorphous_ = flag_patterns(patterns, two_theta=self.two_theta).amorphous
        to_sort = ~self.amorphous_
        to_sort[same_pairs] = to_sort[different_pairs] = True
        rows = np.flatnonzero(to_sort)
        if self.similarity != "precomputed" and n_patterns > self.portion:
            if len(same_pairs) + len(different_pairs):
                raise ValueError(
                    f"corrections need all {n_patterns} patterns to be sorted at once; give "
                    f"portion={n_patterns}, if the matrix of all pairs fits into memory"
                )
            self._sort_in_portions(patterns, rows)
        else:
            self._sort(patterns, rows, same_pairs, different_pairs)
        return self

    def _sort(
        self,
        X: NDArray[np.floating],
        rows: NDArray[np.intp],
        same: NDArray[np.intp],
        different: NDArray[np.intp],
    ) -> None:
        if self.similarity == "precomputed":
            self.similarity_ = self.similarity
            probability = _check_probabilities(X)
        else:
            probability = self._measure(X)(X)
        self.pair_probabilities_ = adapt_probabilities(probability, same, different)
        self.labels_ = np.full(len(X), -1, dtype=np.intp)
        if len(rows) > 1:
            position = np.full(len(X), -1, dtype=np.intp)
            position[rows] = np.arange(len(rows))
            self.linkage_ = average_linkage(
                self.pair_probabilities_[np.ix_(rows, rows)], position[same], position[different]
            )
            self.labels_[rows] = cut(self.linkage_, self.threshold)
        self.probabilities_ = np.zeros(len(X))
        medoids = []
        for group in range(self.labels_.max() + 1):
            members = np.flatnonzero(self.labels_ == group)
            inside = self.pair_probabilities_[np.ix_(members, members)]
            mean = (inside.sum(axis=1) - np.diag(inside)) / (len(members) - 1)
            self.probabilities_[members] = mean
            medoids.append(members[mean.argmax()])
        self.medoid_indices_ = np.array(medoids, dtype=np.intp)

    def _sort_in_portions(self, X: NDArray[np.floating], rows: NDArray[np.intp]) -> None:
        measure = self._measure(X)

        def probability(
            first: NDArray[np.intp], second: NDArray[np.intp] | None
        ) -> NDArray[np.floating]:
            return measure(X[first], None if second is None else X[second])

        self.labels_, delegates = sort_in_portions(
            self._portions(rows, "sorting"), probability, self.threshold, len(X)
        )
        self.probabilities_ = np.zeros(len(X))
        self.medoid_indices_ = np.zeros(len(delegates), dtype=np.intp)
        best = np.full(len(delegates), -1.0)
        for some in self._portions(np.flatnonzero(self.labels_ >= 0), "describing"):
            mean = mean_probability(some, delegates, probability)
            self.probabilities_[some] = mean[np.arange(len(some)), self.labels_[some]]
            for group in np.unique(self.labels_[some]):
                members = some[self.labels_[some] == group]
                first = members[self.probabilities_[members].argmax()]
                if self.probabilities_[first] > best[group]:
                    best[group], self.medoid_indices_[group] = self.probabilities_[first], first

    def _portions(self, rows: NDArray[np.intp], doing: str) -> Iterator[NDArray[np.intp]]:
        starts = range(0, len(rows), self.portion)
        return iter(
            track([rows[s : s + self.portion] for s in starts], doing, show=bool(self.verbose))
        )

    def _measure(self, X: NDArray[np.floating]) -> PatternProbabilities:
        similarity = self.similarity
        if similarity is None:
            similarity = default_similarity(self.two_theta)
        measure = PatternProbabilities(similarity, X)
        self.similarity_ = measure.estimator
        return measure

    def _forget(self) -> None:
        for name in ("linkage_", "pair_probabilities_"):
            if hasattr(self, name):
                delattr(self, name)

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
    if X.min() < 0 or X.max() > 1:
        raise ValueError(
            'with similarity="precomputed" X must hold probabilities between 0 and 1, got '
            f"{X.min():g} to {X.max():g}"
        )
    return X
