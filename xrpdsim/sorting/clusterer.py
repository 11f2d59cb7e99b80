"""A screen sorted into solid forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import validate_data

from .._support._progress import track
from .._support._sklearn import HasMethods, Interval
from ..patterns.pairs import check_pairs
from ..similarity.named import PatternProbabilities, named_similarity
from .corrections import adapt_probabilities
from .flags import flag_patterns
from .grouping import average_linkage, cut
from .large import sort_large
from .membership import Membership, describe_by_delegates, describe_by_matrix, sample_of, take_in
from .pair_source import Rows, source_of

# Patterns that a matrix and a tree can still show.
_SAMPLE = 1000


class FormClusterer(ClusterMixin, BaseEstimator):
    """Sort the patterns of a screen into groups of one solid form each.

    Groups are merged as long as the mean probability that a pattern of one and a pattern of the
    other are the same form reaches `threshold` (average linkage), so that their number need not be
    known. Single patterns and pairs join a larger group at 0.6 of the threshold already, as a
    sample that was measured badly is more common than a form that was seen once. What is left alone
    gets the label -1, and so does what is amorphous: two amorphous samples are no evidence of one
    form.

    Parameters
    ----------
    similarity : str, pair estimator, or Pipeline that ends in one, optional
        A name that `similarity_by_name` knows, or an estimator that gives `pairwise_proba`. A
        fitted one is used as it is; one that is not is cloned and fitted without labels. By default
        the shipped similarity "organic-1", and "screening" on other grids than the one it knows.
        With "precomputed" X is the matrix of probabilities.
    threshold : float, default=0.5
        Mean probability from which two groups are one.
    set_amorphous_aside : bool, default=True
        Whether to look for amorphous patterns, as `flag_patterns` does, before sorting. Not done
        with "precomputed".
    portion : int, default=2000
        Screens of more patterns are sorted without a matrix of all pairs: by nearest neighbours
        among the vectors of an embedder, such as "organic-1", and by measures that have none
        portion by portion.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta; by default 3 + 0.02 k.
    verbose : bool, default=False
        Whether to show progress on standard error.

    Attributes
    ----------
    labels_ : ndarray of shape (n_patterns,)
        Groups, 0 the largest; -1 for patterns that belong to none.
    probabilities_ : ndarray of shape (n_patterns,)
        Mean probability of being the same form as the other members of the group (above `portion`:
        as twelve of them); 0 for -1.
    medoid_indices_ : ndarray of shape (n_groups,)
        The member of each group that is most probably the form of all others.
    next_groups_ : ndarray of shape (n_patterns,)
        The group that fits best after the own one; -1 where there is none.
    next_probabilities_ : ndarray of shape (n_patterns,)
        Mean probability of being the same form as its members.
    amorphous_ : ndarray of shape (n_patterns,), bool
        Patterns set aside, less those that nevertheless fit a group at the threshold.
    mapped_indices_ : ndarray of shape (n_mapped,)
        The patterns that matrix and tree are of: all; above `portion` at most 1000 crystalline
        ones that stand for the screen, medoids among them.
    pair_probabilities_ : ndarray of shape (n_mapped, n_mapped)
    linked_indices_ : ndarray of shape (n_linked,)
        Rows of the patterns that the tree is of, ascending: the mapped ones, less those set aside
        as amorphous that no correction names.
    linkage_ : ndarray of shape (n_linked - 1, 4)
        The tree of these, as SciPy's `dendrogram` takes it. Not there if there are fewer than two.
    similarity_ : estimator or "precomputed"
        The measure in force.
    similarity_name_ : str
        What it is called: "organic-1" for example.
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
        "similarity": [HasMethods(["fit"]), str, None],
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
            the sorting.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If corrections contradict each other.
        """
        self._validate_params()
        patterns: NDArray[np.floating] = validate_data(
            self,
            X,
            ensure_all_finite=self._precomputed() or "allow-nan",
            dtype=[np.float64, np.float32],
            ensure_min_samples=2,
        )
        n_patterns = len(patterns)
        same_pairs, different_pairs = (
            np.empty((0, 2), dtype=np.intp) if pairs is None else check_pairs(pairs, n_patterns)
            for pairs in (same, different)
        )
        if hasattr(self, "linkage_"):
            del self.linkage_
        self.amorphous_ = np.zeros(n_patterns, dtype=bool)
        if self.set_amorphous_aside and not self._precomputed():
            self.amorphous_ = flag_patterns(patterns, two_theta=self.two_theta).amorphous
        to_sort = ~self.amorphous_
        to_sort[same_pairs] = to_sort[different_pairs] = True
        rows = np.flatnonzero(to_sort)
        if self._precomputed() or n_patterns <= self.portion:
            self._sort(patterns, rows, same_pairs, different_pairs)
        else:
            self._sort_large(patterns, rows, same_pairs, different_pairs)
        return self

    def _sort(self, X: NDArray[np.floating], rows: Rows, same: Rows, different: Rows) -> None:
        if self._precomputed():
            self.similarity_ = self.similarity_name_ = self.similarity
            probability = _check_probabilities(X)
        else:
            probability = self._measure(X)(X)
        self.pair_probabilities_ = adapt_probabilities(probability, same, different)
        self.mapped_indices_ = np.arange(len(X))
        self.labels_ = np.full(len(X), -1, dtype=np.intp)
        if self._grow_tree(rows, same, different):
            self.labels_[rows] = cut(self.linkage_, self.threshold)

        def describe() -> Membership:
            return describe_by_matrix(self.pair_probabilities_, self.labels_)

        rows = self._take_in(describe, rows, np.unique(np.concatenate([same, different])))
        self._grow_tree(rows, same, different)

    def _sort_large(self, X: NDArray[np.floating], rows: Rows, same: Rows, different: Rows) -> None:
        def show(blocks: Sequence[Rows], doing: str) -> Iterator[Rows]:
            return track(blocks, doing, show=bool(self.verbose))

        block = self.portion
        source = source_of(self._measure(X), X, block, show)
        self.labels_ = sort_large(
            source, rows, len(X), self.threshold, same, different, block, show
        )

        def describe() -> Membership:
            return describe_by_delegates(source, self.labels_, block, show)

        rows = self._take_in(describe, rows, np.unique(np.concatenate([same, different])))
        chosen = sample_of(self.labels_, self.medoid_indices_, rows, min(block, _SAMPLE))
        self.mapped_indices_ = chosen
        self.pair_probabilities_ = source.probability(chosen)
        self._grow_tree(
            chosen, *(pairs[np.isin(pairs, chosen).all(axis=1)] for pairs in (same, different))
        )

    def _grow_tree(self, rows: Rows, same: Rows, different: Rows) -> bool:
        """Link some of the mapped patterns; return whether there are enough for a tree."""
        self.linked_indices_ = rows
        if len(rows) < 2:
            return False
        inside = np.searchsorted(self.mapped_indices_, rows)
        place = np.full(len(self.labels_), -1, dtype=np.intp)
        place[rows] = np.arange(len(rows))
        self.linkage_ = average_linkage(
            self.pair_probabilities_[np.ix_(inside, inside)], place[same], place[different]
        )
        return True

    def _take_in(self, describe: Callable[[], Membership], rows: Rows, corrected: Rows) -> Rows:
        """Let groups take in what belongs to them; return the rows that are sorted now."""
        found = describe()
        before = self.labels_
        self.labels_ = take_in(before, found, self.amorphous_, self.threshold, corrected)
        self.amorphous_ &= self.labels_ < 0
        if not np.array_equal(before, self.labels_):
            found = describe()
        found.next_groups[self.amorphous_] = -1
        found.next_probabilities[self.amorphous_] = 0
        self.probabilities_ = found.probabilities
        self.medoid_indices_ = found.medoid_indices
        self.next_groups_ = found.next_groups
        self.next_probabilities_ = found.next_probabilities
        return np.union1d(rows, np.flatnonzero(self.labels_ >= 0))

    def _measure(self, X: NDArray[np.floating]) -> PatternProbabilities:
        similarity, self.similarity_name_ = named_similarity(
            self.similarity, self.two_theta, X.shape[1]
        )
        measure = PatternProbabilities(similarity, X)
        self.similarity_ = measure.estimator
        return measure

    def _precomputed(self) -> bool:
        return isinstance(self.similarity, str) and self.similarity == "precomputed"

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = not self._precomputed()
        tags.input_tags.pairwise = self._precomputed()
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
