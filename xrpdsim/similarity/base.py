"""The base of everything that decides about pairs: an embedding plus a comparison."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Callable
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.metrics import roc_auc_score
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from .._support._documentation import DocumentedMixin
from .._support._estimators import as_it_was_on_failure, check_weights
from .._support._sklearn import Interval, StrOptions
from .._support._warnings import warn_user
from ..patterns import angles_in_columns, grid_in_force, validate_patterns
from ..patterns.pairs import check_pairs, encode_phases, refuse_one_kind, same_phase
from ._pair_scores import PairScorer, PreparedPatterns
from .embedded import EmbeddedPatterns
from .probability import CALIBRATORS
from .probability._deciding import DecidingMixin
from .ranking import RankedPairs


class BasePairSimilarity(DocumentedMixin, DecidingMixin, BaseEstimator, metaclass=ABCMeta):
    """Base class of estimators that decide whether two patterns are the same form.

    A measure fills in two things: ``_embed(X)``, which turns patterns into vectors, and
    ``_compare``, which turns two sets of embedded patterns into a matrix of similarities (see
    `xrpdsim.similarity.comparison`). One that learns fills in ``_fit_embedding`` too. Everything
    else is here: pairs and their order, blocks that bound the memory, thresholds, probabilities,
    patterns of which parts are missing.

    Subclasses give their ``__init__`` the parameters `two_theta`, `min_overlap`, `overlap`,
    `threshold` and `calibration`.

    Parameters
    ----------
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta; by default the angles in the columns of a DataFrame, or else
        3, 3.02, 3.04 and so on.
    min_overlap : float, default=5.0
        Degrees 2theta that two cut scans must have in common. Two complete patterns always do.
    overlap : {"raise", "nan"}, default="raise"
        Whether pairs with too little in common are an error, or NaN with one warning wherever a
        whole matrix is asked for. Pairs asked for by number are always an error.
    threshold : "f1" or float, default="f1"
        The score from which pairs are predicted to be the same form: the one with the best F1 over
        the training pairs, or a number.
    calibration : {"sigmoid", "isotonic", "likelihood-ratio"}, default="sigmoid"
        How scores become probabilities.

    Attributes
    ----------
    pair_classes_ : ndarray of shape (2,)
        0 different, 1 same: the columns of `predict_proba`.
    threshold_ : float
        Pairs with at least this score are predicted to be the same form. It is the last number that
        was given, as the parameter or by `set_threshold`; without one, what the last `fit`,
        `calibrate_threshold` or `set_calibrator` learnt. Not there where neither is.
    calibrator_ : Calibrator
        Turns scores into probabilities. Not there after a `fit` without labels.
    two_theta_ : ndarray of shape (n_points,)
        The grid in force.
    n_features_in_ : int
        Number of points.

    See Also
    --------
    xrpdsim.similarity.cosine : one of the comparisons.
    xrpdsim.similarity.EmbeddedPatterns : what a comparison is given.

    Examples
    --------
    A measure of one's own, the cosine of square roots:

    >>> import numpy as np
    >>> from xrpdsim.similarity import BasePairSimilarity, cosine
    >>> class SquareRootCosine(BasePairSimilarity):
    ...     _compare = staticmethod(cosine)
    ...
    ...     def _embed(self, X):
    ...         return np.sqrt(X)
    >>> X = np.array([[0.0, 4.0, 0.0], [0.0, 9.0, 0.0], [1.0, 0.0, 0.0]])
    >>> SquareRootCosine().fit(X).pairwise(X)
    array([[1., 1., 0.],
           [1., 1., 0.],
           [0., 0., 1.]])
    """

    _from_weights: bool  # there where nobody called `fit`, see `validate_patterns`
    _grid_is_stated = False  # whether the user said which angles the points are
    # Whether parameters are in degrees, so that `fit` must know the angles, or else warns.
    _uses_degrees: ClassVar[bool] = False
    # The compound of each pattern may be given to fit, in every way scikit-learn passes metadata.
    __metadata_request__fit: ClassVar[dict[str, bool]] = {"groups": True}
    # A Pipeline hands `pairs` on, whether metadata routing is on or off.
    __metadata_request__decision_function: ClassVar[dict[str, bool]] = {"pairs": True}
    __metadata_request__predict_proba: ClassVar[dict[str, bool]] = {"pairs": True}
    __metadata_request__predict: ClassVar[dict[str, bool]] = {"pairs": True}

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "two_theta": ["array-like", None],
        "min_overlap": [Interval(Real, 0, None, closed="left")],
        "overlap": [StrOptions({"raise", "nan"})],
        "threshold": [StrOptions({"f1"}), Interval(Real, None, None, closed="neither")],
        "calibration": [StrOptions(set(CALIBRATORS))],
    }

    def __init__(
        self,
        *,
        two_theta: ArrayLike | None = None,
        min_overlap: float = 5.0,
        overlap: str = "raise",
        threshold: str | float = "f1",
        calibration: str = "sigmoid",
    ) -> None:
        self.two_theta = two_theta
        self.min_overlap = min_overlap
        self.overlap = overlap
        self.threshold = threshold
        self.calibration = calibration

    @abstractmethod
    def _embed(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return the vectors of patterns, (n_patterns, n_components); NaN where missing."""

    @abstractmethod
    def _compare(self, a: EmbeddedPatterns, b: EmbeddedPatterns) -> NDArray[np.floating]:
        """Return the similarities of embedded patterns, (len(a), len(b)), higher = more alike."""

    def _fit_embedding(
        self, X: NDArray[np.floating], y: Any, groups: ArrayLike | None
    ) -> NDArray[np.intp] | None:
        """Learn the embedding; return the rows whose pairs set threshold and probabilities.

        None means all rows: nothing was learnt from the labels, or nothing was held out.
        """
        return None

    def fit(self, X: ArrayLike, y: Any = None, *, groups: ArrayLike | None = None) -> Self:
        """Learn the embedding where there is one to learn, the threshold and the probabilities.

        A fit that raises leaves the estimator as it was.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            Patterns on the grid `two_theta`; NaN where not measured.
        y : array-like of shape (n_patterns,) or (n_patterns, 2), optional
            The phase of each pattern: one label that always means the same form of the same
            compound, or the columns compound and form. Without it a measure that has nothing to
            learn still gives `pairwise` and `decision_function`.
        groups : array-like of shape (n_patterns,), optional
            The compound of each pattern.

        Returns
        -------
        self
        """
        return self._fit(X, y, groups, self._fit_embedding)

    def _fit(self, X: Any, y: Any, groups: Any, fit_embedding: Callable[..., Any]) -> Self:
        self._validate_params()
        with as_it_was_on_failure(self):
            return self._fit_anew(X, y, groups, fit_embedding)

    def _fit_anew(self, X: Any, y: Any, groups: Any, fit_embedding: Callable[..., Any]) -> Self:
        self._decision = self._decide(None)
        X = self._check_patterns(X, reset=True, ensure_min_samples=1 if y is None else 2)
        self.pair_classes_ = np.array([0, 1])
        if y is None:
            fit_embedding(X, None, groups)
            return self
        phases, _ = encode_phases(y, groups)
        check_consistent_length(X, phases)
        refuse_one_kind(phases)  # before a network is trained for nothing
        rows = fit_embedding(X, y, groups)
        if rows is not None:
            X, phases = X[rows], phases[rows]
        self._learn_threshold(X, phases)
        return self

    def decision_function(
        self, X: ArrayLike, pairs: ArrayLike | None = None
    ) -> NDArray[np.floating]:
        """Return the similarity of pairs of patterns.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
        pairs : array-like of shape (n_pairs, 2), int, optional
            Row numbers into `X`; by default all i < j in SciPy's condensed order.

        Returns
        -------
        ndarray of shape (n_pairs,)
            Higher means more alike.
        """
        check_is_fitted(self, "pair_classes_")
        X = self._check_patterns(X, ensure_min_samples=2 if pairs is None else 1)
        patterns = self._prepare(X)
        if pairs is None:
            return self._scorer().condensed(patterns)
        return self._scorer().pairs(patterns, check_pairs(pairs, len(X)))

    def predict_proba(self, X: ArrayLike, pairs: ArrayLike | None = None) -> NDArray[np.float64]:
        """Return the probabilities that pairs are different forms and the same form.

        ``predict`` need not pass from 0 to 1 where they pass 1/2: see there.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
        pairs : array-like of shape (n_pairs, 2), int, optional
            Row numbers into `X`; by default all i < j in SciPy's condensed order.

        Returns
        -------
        ndarray of shape (n_pairs, 2)
            Columns as in `pair_classes_`.
        """
        same = self.proba_of_scores(self.decision_function(X, pairs))
        return np.column_stack([1 - same, same])

    def predict(self, X: ArrayLike, pairs: ArrayLike | None = None) -> NDArray[np.intp]:
        """Return 1 for pairs whose similarity reaches `threshold_`, else 0.

        This need not be where `predict_proba` passes 1/2, and for some pairs the two disagree: the
        threshold with the best F1 calls pairs the same from about half of that F1 on, not from 1/2
        (Lipton et al. 2014, arXiv:1402.1892), and a number that was given lies where it was put.
        Where 1/2 is wanted, take ``predict_proba(X)[:, 1] >= 0.5``.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
        pairs : array-like of shape (n_pairs, 2), int, optional
            Row numbers into `X`; by default all i < j in SciPy's condensed order.

        Returns
        -------
        ndarray of shape (n_pairs,)

        Raises
        ------
        ValueError
            If a pair has no score, with ``overlap="nan"``.
        """
        check_is_fitted(self, "pair_classes_")
        self._check_threshold()
        return self._answers(self.decision_function(X, pairs))

    def pairwise(self, X: ArrayLike, Y: ArrayLike | None = None) -> NDArray[np.floating]:
        """Return the matrix of similarities.

        Parameters
        ----------
        X : array-like of shape (n_x, n_points)
        Y : array-like of shape (n_y, n_points), optional
            By default the patterns of `X`.

        Returns
        -------
        ndarray of shape (n_x, n_y)
            Higher means more alike.
        """
        check_is_fitted(self, "pair_classes_")
        a = self._prepare(self._check_patterns(X))
        b = None if Y is None else self._prepare(self._check_patterns(Y))
        return self._scorer().matrix(a, b)

    def pairwise_proba(self, X: ArrayLike, Y: ArrayLike | None = None) -> NDArray[np.float64]:
        """Return the matrix of probabilities that two patterns are the same form.

        Parameters
        ----------
        X : array-like of shape (n_x, n_points)
        Y : array-like of shape (n_y, n_points), optional
            By default the patterns of `X`.

        Returns
        -------
        ndarray of shape (n_x, n_y)
        """
        return self.proba_of_scores(self.pairwise(X, Y))

    def score(
        self,
        X: ArrayLike,
        y: Any,
        pairs: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> float:
        """Return the area under the ROC curve over the pairs of X.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
        y : array-like of shape (n_patterns,) or (n_patterns, 2)
            The phase of each pattern, as in `fit`.
        pairs : array-like of shape (n_pairs, 2), int, optional
            Row numbers into `X`; by default all i < j.
        sample_weight : array-like of shape (n_patterns,), optional
            Weights of patterns, 0 or more; a pair weighs the product of its two.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If a weight is negative or not finite, or all pairs that count are of one kind.
        """
        scores = self.decision_function(X, pairs)
        phases, _ = encode_phases(y)
        check_consistent_length(X, phases)
        same = same_phase(phases, pairs)
        ranked = RankedPairs.from_scores(scores, same)
        if sample_weight is None:
            return ranked.auroc
        weight = check_weights(sample_weight, np.asarray(X))
        first, second = (
            np.triu_indices(len(phases), k=1)
            if pairs is None
            else check_pairs(pairs, len(phases)).T
        )
        of_pairs = weight[first] * weight[second]
        if np.unique(same[of_pairs > 0]).size < 2:
            raise ValueError("sample_weight leaves no pairs of both kinds, same and different form")
        return float(roc_auc_score(same, scores, sample_weight=of_pairs))

    def calibrate_threshold(self, X: ArrayLike, y: Any, *, groups: ArrayLike | None = None) -> Self:
        """Set threshold and probabilities from labelled patterns; the embedding stays as it is.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
        y : array-like of shape (n_patterns,) or (n_patterns, 2)
            The phase of each pattern, as in `fit`.
        groups : array-like of shape (n_patterns,), optional
            The compound of each pattern.

        Returns
        -------
        self
        """
        check_is_fitted(self, "pair_classes_")
        X = self._check_patterns(X, ensure_min_samples=2)
        phases, _ = encode_phases(y, groups)
        check_consistent_length(X, phases)
        self._learn_threshold(X, phases)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _check_patterns(
        self, X: ArrayLike, *, reset: bool = False, ensure_min_samples: int = 1
    ) -> NDArray[np.floating]:
        patterns: NDArray[np.floating] = validate_patterns(
            self, X, reset=reset, ensure_min_samples=ensure_min_samples
        )
        if reset:
            self._grid_is_stated = self.two_theta is not None or angles_in_columns(X) is not None
            asked_by = type(self).__name__ if self._uses_degrees else None
            self.two_theta_ = grid_in_force(X, self.two_theta, patterns.shape[1], asked_by=asked_by)
        return patterns

    def _prepare(self, X: NDArray[np.floating]) -> PreparedPatterns:
        patterns = PreparedPatterns.from_arrays(X, np.asarray(self._embed(X)))
        if patterns.flat.any():
            rows = np.flatnonzero(patterns.flat)
            listed = ", ".join(map(str, rows[:5])) + (", ..." if rows.size > 5 else "")
            warn_user(
                f"{rows.size} pattern(s) are flat (rows {listed}): they have no features, so "
                "their similarity is 0",
            )
        return patterns

    def _scorer(self) -> PairScorer:
        grid = self.two_theta_
        return PairScorer(
            compare=self._compare,
            min_overlap=self.min_overlap,
            step=float(np.median(np.diff(grid))) if len(grid) > 1 else 0.0,
            n_points=len(grid),
            refuse=self.overlap == "raise",
        )

    def _learn_threshold(self, X: NDArray[np.floating], phases: NDArray[np.intp]) -> None:
        refuse_one_kind(phases)
        self._learn(*self._scorer().by_phase(self._prepare(X), phases))
