"""Known form, or new: patterns matched to references."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from .._support._documentation import DocumentedMixin
from .._support._progress import track
from .._support._warnings import warn_user
from ..patterns import (
    angles_in_columns,
    check_same_grid,
    grid_in_force,
    stated_grid,
    validate_patterns,
)
from ..patterns.pairs import as_forms
from ..patterns.validation import as_patterns, refuse_unmeasured
from ..similarity.probability import PatternProbabilities
from ._measure import SIMILARITY, measure_of, silent_on_flat, warn_of_flat
from .grouping import check_probabilities

# Probabilities this close to 0 and 1 count as such: odds stay finite.
_CERTAIN = 1e-9
_ROWS_AT_A_TIME = 2000


class ReferenceMatches(NamedTuple):
    """How patterns match references.

    Parameters
    ----------
    probabilities : ndarray of shape (n_patterns, n_forms + 1)
        Of each form, and of none; columns as in `ReferenceMatcher.classes_`.
    nearest : ndarray of shape (n_patterns,)
        Row number of the reference that matches best, even of patterns called new.
    nearest_probabilities : ndarray of shape (n_patterns,)
        That pattern and reference are the same form.
    of_references : ndarray of shape (n_patterns, n_references)
        The same for every reference by itself.

    Examples
    --------
    >>> from xrpdsim import CorrelationSimilarity, ReferenceMatcher
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> campaign = make_screening_campaign(1, 2, 12, preset="bragg-brentano", random_state=0)
    >>> matcher = ReferenceMatcher("pearson").fit(campaign.X[:6], campaign.form[:6])
    >>> matches = matcher.match(campaign.X[6:])
    >>> matches.probabilities.shape == (6, len(matcher.classes_))
    True
    """

    probabilities: NDArray[np.float64]
    nearest: NDArray[np.intp]
    nearest_probabilities: NDArray[np.float64]
    of_references: NDArray[np.float64]


class ReferenceMatcher(DocumentedMixin, ClassifierMixin, BaseEstimator):
    r"""Name the known form of a pattern, or call it new.

    Each pattern is compared with every reference. The best reference of a form gives the
    probability q of that form against "not that form"; since a pattern is at most one of the forms,
    they come together as

    .. math:: P(f) = \frac{o_f}{1 + \sum_g o_g}, \qquad P(\mathrm{new}) = \frac{1}{1 + \sum_g o_g},
        \qquad o_f = \frac{q_f}{1 - q_f}.

    Parameters
    ----------
    similarity : str, path-like, pair estimator, or Pipeline that ends in one, optional
        A name that `similarity_by_name` knows, or an estimator that gives `pairwise_proba`. A
        fitted one is used as it is; one that is not is cloned and fitted to the references. By
        default the shipped similarity "organic-2", and "screening" on other grids than the one it
        knows.
    new_label : str or number, optional
        The class of patterns that match no reference; by default "new" where forms have names, and
        -1 where they are numbers.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta; by default the angles in the columns of a DataFrame, or else
        3, 3.02, 3.04 and so on. A measure that knows another grid is refused.
    verbose : bool, default=False
        Whether to show progress on standard error, where patterns are many.

    Attributes
    ----------
    classes_ : ndarray of shape (n_forms + 1,)
        The forms, sorted, and at the end the class of patterns that match none.
    similarity_ : estimator
        The measure in force.
    two_theta_ : ndarray of shape (n_points,)
        The grid in force.
    similarity_name_ : str
        What it is called: "organic-2" for example.
    references_ : ndarray of shape (n_references, n_points)
    reference_forms_ : ndarray of shape (n_references,)
    n_features_in_ : int

    See Also
    --------
    xrpdsim.FormClusterer : groups of patterns where no form is known.
    xrpdsim.sorting.sort_screen : both, for a folder.

    Examples
    --------
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> screen = make_screening_campaign(1, 3, 24, preset="bragg-brentano", random_state=1)
    >>> known = [(screen.form == form).argmax() for form in ("I", "II")]
    >>> matcher = ReferenceMatcher().fit(screen.X[known], screen.form[known])
    >>> matcher.classes_.tolist()
    ['I', 'II', 'new']
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "similarity": SIMILARITY,
        "new_label": [str, Real, None],
        "two_theta": ["array-like", None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        similarity: Any = None,
        *,
        new_label: str | float | None = None,
        two_theta: ArrayLike | None = None,
        verbose: bool = False,
    ) -> None:
        self.similarity = similarity
        self.new_label = new_label
        self.two_theta = two_theta
        self.verbose = verbose

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Keep the references.

        Parameters
        ----------
        X : array-like of shape (n_references, n_points)
            NaN where not measured.
        y : array-like of shape (n_references,)
            Their forms; several references a form are welcome.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `new_label` is one of the forms, or a name where these are numbers, or the reverse,
            if some forms are text and some numbers, or if nothing of a reference was measured.
        TypeError
            If the similarity gives no pair probabilities.
        """
        self._validate_params()
        patterns: NDArray[np.floating]
        y = None if y is None else as_forms(y, "y")
        patterns, y = validate_patterns(self, X, y, reset=True)
        two_theta = stated_grid(X, self.two_theta, patterns.shape[1])
        self.two_theta_ = grid_in_force(X, two_theta, patterns.shape[1])
        check_classification_targets(y)
        forms = np.unique(y)
        new_label = _checked_new_label(self.new_label, forms)
        self._probability, self.similarity_name_ = measure_of(self.similarity, two_theta, patterns)
        self.similarity_ = self._probability.estimator
        self.references_ = patterns
        self.reference_forms_ = y
        self.classes_ = np.append(forms, new_label)
        return self

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the most probable form of each pattern, or the label of new ones.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)

        Returns
        -------
        ndarray of shape (n_patterns,)
        """
        probability = self.predict_proba(X)
        return self.classes_[probability.argmax(axis=1)]

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of each form, and of none.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)

        Returns
        -------
        ndarray of shape (n_patterns, n_forms + 1)
            Columns as in `classes_`.
        """
        return self.match(X).probabilities

    def nearest_reference(self, X: ArrayLike) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return the reference that decided about each pattern.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)

        Returns
        -------
        indices : ndarray of shape (n_patterns,)
            Row numbers into `references_`: the most probable match, even of patterns called new.
        probabilities : ndarray of shape (n_patterns,)
            That pattern and reference are the same form.
        """
        found = self.match(X)
        return found.nearest, found.nearest_probabilities

    def match(self, X: ArrayLike) -> ReferenceMatches:
        """Compare patterns with the references once, for `predict_proba` and `nearest_reference`.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)

        Returns
        -------
        ReferenceMatches

        Warns
        -----
        UserWarning
            If a pattern has too little of the range in common with every reference.
        """
        check_is_fitted(self)
        patterns: NDArray[np.floating] = validate_patterns(self, X, reset=False)
        warn_of_flat(patterns)
        shape = (len(patterns), len(self.references_))
        score, probability = np.empty(shape), np.empty(shape)
        starts = range(0, len(patterns), _ROWS_AT_A_TIME)
        for start in track(starts, "matching references", show=bool(self.verbose)):
            rows = slice(start, start + _ROWS_AT_A_TIME)
            with silent_on_flat():
                score[rows], probability[rows] = self._probability.with_scores(
                    patterns[rows], self.references_
                )
        lost = np.flatnonzero(np.isneginf(score).all(axis=1))
        if len(lost):
            warn_user(
                f"{len(lost)} of {len(score)} patterns (row {lost[0]} of X first) have too little "
                "of the range in common with any reference to be compared: they count as new"
            )
        return matches_of(score, probability, np.asarray(self.reference_forms_))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def matches_of(
    score: NDArray[np.floating], probability: NDArray[np.floating], forms: NDArray[Any]
) -> ReferenceMatches:
    """Return how patterns match references, from what each pair of them scores.

    Parameters
    ----------
    score : ndarray of shape (n_patterns, n_references)
        The best reference of a form is the one with the highest score.
    probability : ndarray of shape (n_patterns, n_references)
        That both are one form.
    forms : ndarray of shape (n_references,)

    Returns
    -------
    ReferenceMatches
        Its forms are those given, sorted.
    """
    every = np.arange(len(score))
    names = np.unique(forms)
    best = np.empty((len(score), len(names)))
    reference = np.empty(best.shape, dtype=np.intp)
    for column, form in enumerate(names):
        members = np.flatnonzero(forms == form)
        reference[:, column] = members[score[:, members].argmax(axis=1)]
        best[:, column] = probability[every, reference[:, column]]
    nearest = best.argmax(axis=1)
    clipped = np.clip(best, _CERTAIN, 1 - _CERTAIN)
    odds = np.column_stack([clipped / (1 - clipped), np.ones(len(best))])
    return ReferenceMatches(
        odds / odds.sum(axis=1, keepdims=True),
        reference[every, nearest],
        best[every, nearest],
        np.asarray(probability, dtype=np.float64),
    )


def match_references(
    X: NDArray[np.floating],
    measure: PatternProbabilities | None,
    references: Any,
    forms: Any,
    log_odds: Any = None,
    *,
    two_theta: NDArray[np.float64] | None = None,
) -> tuple[NDArray[Any], ReferenceMatches | None]:
    """Check references, and return their forms, sorted, and how patterns match them.

    Parameters
    ----------
    X : ndarray of shape (n_patterns, n_points)
    measure : PatternProbabilities or None
        None where probabilities are given instead of patterns.
    references : array-like of shape (n_references, n_points) or None
        Without a measure of shape (n_references, n_patterns): probabilities.
    forms : array-like of shape (n_references,) or None
    log_odds : array-like of shape (n_references,), optional
        Added to the log odds of each reference; 0 by default.
    two_theta : ndarray of shape (n_points,), optional
        The grid of the patterns, which the columns of references are checked against.

    Returns
    -------
    forms : ndarray of shape (n_forms,)
        Empty without references.
    matches : ReferenceMatches or None
        None without references.

    Raises
    ------
    ValueError
        If one comes without the other, or they do not fit the patterns.
    """
    if (references is None) != (forms is None):
        lacking = "references" if references is None else "reference_forms"
        raise ValueError(f"references and reference_forms belong together; give {lacking}, too")
    if references is None:
        if log_odds is not None:
            raise ValueError("reference_log_odds are of references; give references, too")
        return np.empty(0, dtype=object), None
    angles = None if two_theta is None else angles_in_columns(references)
    if angles is not None and two_theta is not None:
        check_same_grid(angles, two_theta, of="the columns of references")
    given = as_patterns(references)
    given = check_array(
        given, dtype=np.float64, ensure_all_finite="allow-nan", input_name="references"
    )
    forms = column_or_1d(np.asarray(as_forms(forms, "reference_forms"), dtype=object))
    if given.shape[1] != X.shape[1]:
        raise ValueError(f"references have {given.shape[1]} columns, but X has {X.shape[1]}")
    if len(forms) != len(given):
        raise ValueError(f"there are {len(given)} references, but {len(forms)} reference_forms")
    # by number: a form may have any name, that of new ones too
    names, number = np.unique(forms, return_inverse=True)
    if measure is None:
        score = probability = check_probabilities(given, "references").T
    else:
        refuse_unmeasured(given, "references")
        score, probability = measure.with_scores(X, given)
    added = np.zeros(len(given)) if log_odds is None else np.asarray(log_odds, dtype=np.float64)
    if added.shape != (len(given),):
        raise ValueError(
            f"there are {len(given)} references, but reference_log_odds has shape {added.shape}; "
            "give a number for each"
        )
    if len(wrong := np.flatnonzero(~np.isfinite(added))):
        raise ValueError(
            f"reference_log_odds has {added[wrong[0]]} in row {wrong[0]}; give 0 to add nothing"
        )
    if added.any():
        score = logit(np.clip(probability, _CERTAIN, 1 - _CERTAIN)) + added
        probability = expit(score)
    return names, matches_of(score, probability, number)


def _checked_new_label(new_label: str | float | None, forms: NDArray[Any]) -> str | float:
    """Return the label of patterns that match none, of the kind that the forms are."""
    numbers = all(isinstance(form, Real | np.bool_) for form in forms)
    if new_label is None:
        new_label = -1 if numbers else "new"
    if isinstance(new_label, str) == numbers:
        kinds = ("numbers", "-1") if numbers else ("names", "'new'")
        raise ValueError(
            f"the forms are {kinds[0]}, but new_label is {new_label!r}; give it a value of the "
            f"same kind that is none of them, such as {kinds[1]}"
        )
    if np.any(forms == new_label):
        raise ValueError(
            f"a reference has the form {new_label!r}, which is the answer for patterns that match "
            "none; give new_label another value"
        )
    return new_label
