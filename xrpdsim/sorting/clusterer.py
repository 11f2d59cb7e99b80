"""A screen sorted into solid forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from .._support._documentation import DocumentedMixin
from .._support._progress import track
from .._support._sklearn import Interval
from ..patterns import default_two_theta, stated_grid, validate_patterns
from ..similarity.probability import JudgedPairs, PatternProbabilities
from ._measure import SIMILARITY, measure_of, silent_on_flat, warn_of_flat
from ._pairs_suggested import SuggestingMixin
from .copies import find_copies
from .flags import flag_patterns
from .grouping import (
    Grouping,
    GroupLines,
    KnownForms,
    ScreenGroups,
    blocks_of,
    check_known_pairs,
    check_probabilities,
    check_set_aside,
    groups_of_later_patterns,
    heed_faint_lines,
    heed_whole_groups,
    pair_probabilities_of,
    pairs_of_groups,
    representatives_of,
    screen_probabilities,
)
from .references import match_references

Rows = NDArray[np.intp]
_ROWS_AT_A_TIME = 2000


class FormClusterer(SuggestingMixin, DocumentedMixin, ClusterMixin, BaseEstimator):
    """Sort the patterns of a screen into groups of one solid form each.

    Groups are merged as long as the mean probability that a pattern of one and a pattern of the
    other are the same form is at least `min_probability` (average linkage), so that their number
    need not be known. Single patterns and pairs join a larger group at 0.6 of that already, as a
    sample that was measured badly is more common than a form that was seen once. What is left alone
    gets the label -1, and so does what is amorphous: two amorphous samples are no evidence of one
    form. Copies of one measurement (`find_copies`) count once: they get what the first of them
    gets, and a pattern that only its own copies are similar to is left alone.

    Parameters
    ----------
    similarity : str, path-like, pair estimator, or Pipeline that ends in one, optional
        A name that `similarity_by_name` knows, or an estimator that gives `pairwise_proba`. A
        fitted one is used as it is; one that is not is cloned and fitted without labels. By default
        the shipped similarity "organic-2", and "screening" on other grids than the one it knows.
        With "precomputed" X is the symmetric matrix of probabilities.
    min_probability : float, default=0.5
        Mean probability from which two groups are one.
    set_amorphous_aside : bool, default=True
        Whether to look for amorphous patterns, as `flag_patterns` does, before sorting. Not done
        with "precomputed".
    portion : int, default=2000
        Screens of more patterns are sorted without a matrix of all pairs: by nearest neighbours
        among the vectors of an embedder, such as "organic-2", and by measures that have none
        portion by portion.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta; by default the angles in the columns of a DataFrame, that of a
        fitted similarity, or else 3, 3.02, 3.04 and so on.
    verbose : bool, default=False
        Whether to show progress on standard error.

    Attributes
    ----------
    labels_ : ndarray of shape (n_patterns,)
        Groups, 0 the largest; -1 for patterns that belong to none.
    probabilities_ : ndarray of shape (n_patterns,)
        Mean probability of being the same form as the other members of the group (above `portion`:
        as twelve of them); 0 for -1.
    typical_indices_ : ndarray of shape (n_groups,)
        The typical pattern (medoid) of each group: the member that is most probably the form of all
        others.
    next_groups_ : ndarray of shape (n_patterns,)
        The group that fits best after the own one; -1 where there is none.
    next_probabilities_ : ndarray of shape (n_patterns,)
        Mean probability of being the same form as its members. For a pattern of no group, what is
        missing to 1 says how sure it is that it is a form of its own.
    amorphous_ : ndarray of shape (n_patterns,), bool
        Patterns set aside: those that look amorphous, less those that nevertheless fit a group or
        show its lines, and those that `set_aside` names.
    copy_of_ : ndarray of shape (n_patterns,)
        The row of the pattern that each is a copy of, as from `find_copies`; -1 for all others,
        for patterns that corrections name, and with "precomputed".
    flags_ : PatternFlags or None
        What `flag_patterns` found; None where it was not asked.
    mapped_indices_ : ndarray of shape (n_mapped,)
        The patterns that `pair_probabilities_` are of: all; above `portion` at most 1000 that were
        sorted and stand for the screen, typical ones among them.
    pair_probabilities_ : ndarray of shape (n_mapped, n_mapped)
        Corrections have moved them.
    linkage_ : ndarray of shape (n_leaves - 1, 4)
        The tree that the groups were cut from, with corrections imposed, as SciPy's `dendrogram`
        takes it; patterns that were set aside and taken back are in it too. Above `portion` a tree
        of the mapped patterns, with corrections imposed. Empty with fewer than two leaves.
    linked_indices_ : ndarray of shape (n_leaves,)
        The patterns that are its leaves, in the order of the leaves, ascending.
    known_same_, known_different_ : ndarray of shape (n_pairs, 2)
        The corrections given to `fit`, and pairs that hold confirmed groups.
    known_forms_ : ndarray of shape (n_forms,)
        The forms of the references, sorted; empty without any.
    reference_matches_ : ReferenceMatches or None
        How the patterns match the references, a column for each of `known_forms_`.
    separated_groups_ : ndarray of shape (n_pairs, 2)
        Pairs of groups of two known forms that would be one group without references.
    similarity_ : estimator or "precomputed"
        The measure in force.
    similarity_name_ : str
        What it is called: "organic-2" for example.
    two_theta_ : ndarray of shape (n_points,)
        The grid in force; not there with "precomputed".
    n_features_in_ : int

    See Also
    --------
    ReferenceMatcher : Name the forms of which references are known, without sorting.

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
        "similarity": SIMILARITY,
        "min_probability": [Interval(Real, 0, 1, closed="both")],
        "set_amorphous_aside": ["boolean"],
        "portion": [Interval(Integral, 2, None, closed="left")],
        "two_theta": ["array-like", None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        similarity: Any = None,
        *,
        min_probability: float = 0.5,
        set_amorphous_aside: bool = True,
        portion: int = 2000,
        two_theta: ArrayLike | None = None,
        verbose: bool = False,
    ) -> None:
        self.similarity = similarity
        self.min_probability = min_probability
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
        confirmed: ArrayLike | None = None,
        set_aside: ArrayLike | None = None,
        references: ArrayLike | None = None,
        reference_forms: ArrayLike | None = None,
        reference_log_odds: ArrayLike | None = None,
    ) -> Self:
        """Sort patterns.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            NaN where not measured; with "precomputed" (n_patterns, n_patterns).
        y : None
            Not used.
        same, different : array-like of shape (n_pairs, 2), optional
            Pairs of row numbers that a person knows to be one form, and pairs of two forms, which
            are never in one group. If the two patterns of one form each fit their own group, the
            groups become one; a pattern that fits no group joins that of the other. Amorphous
            patterns among them take part in the sorting. `suggest_pairs` returns pairs to answer.
        confirmed : array-like of shape (n_patterns,), int, optional
            For each pattern the number of the group that a person confirmed, or -1. Members stay
            together and apart from those of the others; other patterns may join.
        set_aside : array-like of int, optional
            Row numbers of patterns that a person knows to belong to no group: they are amorphous,
            or mixtures.
        references : array-like of shape (n_references, n_points), optional
            Patterns of known forms; with "precomputed" of shape (n_references, n_patterns), the
            probabilities that each is one form with the patterns. They sort, too: two patterns that
            are two known forms with a probability of at least 0.9 each are never in one group, and
            what is less sure moves the probabilities of pairs. Corrections take precedence.
        reference_forms : array-like of shape (n_references,), optional
            Their forms, several references a form if there are.
        reference_log_odds : array-like of shape (n_references,), optional
            Added to the log odds that each reference and a pattern are one form; 0 by default. What
            was fitted to the screen, such as a pattern of a crystal structure, deserves less.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If corrections contradict each other, references come without their forms, nothing of a
            pattern was measured, or the columns of a DataFrame are angles of another grid.
        TypeError
            If the similarity gives no pair probabilities.
        """
        self._validate_params()
        patterns: NDArray[np.floating] = validate_patterns(
            self,
            X,
            reset=True,
            ensure_all_finite=self._precomputed() or "allow-nan",
            ensure_min_samples=2,
        )
        n_patterns = len(patterns)
        self.__dict__.pop("two_theta_", None)  # of an earlier fit
        judged = JudgedPairs.from_relations(same, different, n_patterns)
        together, apart = pairs_of_groups(confirmed, n_patterns)
        self.known_same_ = np.concatenate([judged.same_pairs, together])
        self.known_different_ = np.concatenate([judged.different_pairs, apart])
        check_known_pairs(self.known_same_, self.known_different_, n_patterns)
        measure = None
        if not self._precomputed():
            measure = self._measure(patterns, stated_grid(X, self.two_theta, patterns.shape[1]))
        self.flags_ = None
        looks_amorphous = np.zeros(n_patterns, dtype=bool)
        if self.set_amorphous_aside and not self._precomputed():
            self.flags_ = flag_patterns(
                patterns, two_theta=self.two_theta_, verbose=bool(self.verbose)
            )
            looks_amorphous = self.flags_.amorphous
        self.amorphous_ = looks_amorphous.copy()
        self._outside = check_set_aside(set_aside, judged.same_pairs, together, n_patterns)
        self.amorphous_[self._outside] = True
        self.copy_of_ = np.full(n_patterns, -1, dtype=np.intp)
        if not self._precomputed():
            self.copy_of_ = find_copies(patterns)
            self.copy_of_[np.union1d(self._corrected(), self._outside)] = -1
        is_copy = self.copy_of_ >= 0
        rows = np.union1d(np.flatnonzero(~self.amorphous_ & ~is_copy), self._corrected())
        rows = np.setdiff1d(rows, self._outside)
        known = self._match(patterns, measure, references, reference_forms, reference_log_odds)
        grouping = Grouping(
            rows,
            self.amorphous_,
            np.union1d(self._outside, np.flatnonzero(is_copy)),
            judged.same_pairs,
            together,
            self.known_different_,
            known,
            self.min_probability,
        )
        for name, value in self._group(patterns, measure, grouping)._asdict().items():
            setattr(self, f"{name}_", value)
        originals = self.copy_of_[is_copy]
        for name in ("labels_", "probabilities_", "next_groups_", "next_probabilities_"):
            values = getattr(self, name)
            values[is_copy] = values[originals]
        self.amorphous_[is_copy] = self.amorphous_[originals]
        originals = np.where(is_copy, -1, self.labels_)
        rows, self._representative_groups = representatives_of(originals, looks_amorphous)
        self._representatives: NDArray[Any] = rows if self._precomputed() else patterns[rows]
        return self

    def predict(self, X: ArrayLike) -> NDArray[np.intp]:
        """Put later patterns into the groups that were found.

        They are compared with up to twelve members of each group, and do not change it. Patterns
        that are new are not compared with each other, and references are not asked again.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            With "precomputed" of shape (n_patterns, n_patterns_fit): the probabilities that later
            patterns and those of the screen are one form.

        Returns
        -------
        ndarray of shape (n_patterns,)
            Groups as in `labels_`; -1 for patterns that fit none: new ones, and amorphous ones.
        """
        check_is_fitted(self)
        patterns: NDArray[np.floating] = validate_patterns(
            self, X, reset=False, ensure_all_finite=self._precomputed() or "allow-nan"
        )
        amorphous = np.zeros(len(patterns), dtype=bool)
        if self._precomputed():
            probability = check_probabilities(patterns)[:, self._representatives]
        else:
            if self.set_amorphous_aside:
                amorphous = flag_patterns(patterns, two_theta=self.two_theta_).amorphous
            measure = PatternProbabilities(self.similarity_, self._representatives)
            probability = np.empty((len(patterns), len(self._representatives)))
            # a halo hides the lines of any form, so that a second look says nothing against one
            looks = ((~amorphous, measure), (amorphous, measure.by_first_look()))
            blocks = [
                (rows, look)
                for which, look in looks
                for rows in blocks_of(np.flatnonzero(which), _ROWS_AT_A_TIME)
                if len(self._representatives)
            ]
            warn_of_flat(patterns)
            with silent_on_flat():
                for rows, look in track(blocks, "comparing", show=bool(self.verbose)):
                    probability[rows] = look(patterns[rows], self._representatives)
        sizes = np.bincount(self.labels_[self.labels_ >= 0], minlength=len(self.typical_indices_))
        groups = self._representative_groups
        labels = groups_of_later_patterns(
            probability, groups, sizes, amorphous, self.min_probability
        )
        alone = np.flatnonzero(amorphous & (labels < 0))
        if len(alone):
            lines = GroupLines(self._representatives, groups, self.two_theta_)
            labels[alone] = lines.found_in(patterns[alone])
        return labels

    def _match(
        self, X: NDArray[np.floating], measure: PatternProbabilities | None, *given: Any
    ) -> KnownForms | None:
        """Keep how patterns match the references, if there are any."""
        self.known_forms_, self.reference_matches_ = match_references(
            X, measure, *given, two_theta=getattr(self, "two_theta_", None)
        )
        if self.reference_matches_ is None:
            return None
        known = KnownForms(self.reference_matches_.probabilities[:, :-1], self.known_same_)
        known.sure[self.copy_of_ >= 0] = known.sure[self.copy_of_[self.copy_of_ >= 0]]
        return known

    def _group(
        self, X: NDArray[np.floating], measure: PatternProbabilities | None, grouping: Grouping
    ) -> ScreenGroups:
        if measure is None:
            self.similarity_ = self.similarity_name_ = self.similarity
            return grouping.of_matrix(check_probabilities(X, square=True))
        if len(X) <= self.portion:
            return self._group_by_matrix(X, measure, grouping)

        def show(blocks: Sequence[Rows], doing: str) -> Iterator[Rows]:
            return track(blocks, doing, show=bool(self.verbose))

        source = pair_probabilities_of(measure, X, self.portion, show)
        warn_of_flat(X)
        with silent_on_flat():
            return grouping.of_source(source, self.portion, show)

    def _group_by_matrix(
        self, X: NDArray[np.floating], measure: PatternProbabilities, grouping: Grouping
    ) -> ScreenGroups:
        grid, wanted = self.two_theta_, self.min_probability
        compared = screen_probabilities(measure, X, self.amorphous_)
        groups = grouping.of_matrix(compared)
        whole = heed_whole_groups(compared, groups.labels, X, grid, wanted)
        if whole is not compared:
            groups = grouping.of_matrix(whole)
        faint = heed_faint_lines(whole, groups.labels, self.amorphous_, X, grid, wanted)
        return groups if faint is whole else grouping.of_matrix(faint)

    def _corrected(self) -> Rows:
        return np.unique(np.concatenate([self.known_same_, self.known_different_]))

    def _measure(
        self, X: NDArray[np.floating], two_theta: NDArray[np.float64] | None
    ) -> PatternProbabilities:
        measure, self.similarity_name_ = measure_of(self.similarity, two_theta, X)
        self.similarity_ = measure.estimator
        if two_theta is None:
            two_theta = getattr(self.similarity_, "two_theta_", None)
        # where a measure knows another number of points, it says so itself
        if two_theta is None or len(two_theta) != X.shape[1]:
            two_theta = default_two_theta(X.shape[1])
        self.two_theta_ = two_theta
        return measure

    def _precomputed(self) -> bool:
        return isinstance(self.similarity, str) and self.similarity == "precomputed"

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = not self._precomputed()
        tags.input_tags.pairwise = self._precomputed()
        return tags
