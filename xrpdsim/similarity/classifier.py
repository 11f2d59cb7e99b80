"""Any embedder plus a comparison: same form or not."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn import get_config
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.validation import check_consistent_length, check_is_fitted, has_fit_parameter

from .._support._estimators import final_estimator
from .._support._sklearn import HasMethods, Interval, StrOptions
from ..patterns.pairs import check_pairs, condensed_pairs
from .base import BasePairSimilarity
from .comparison import COMPARISONS
from .embedded import EmbeddedPatterns
from .pair_scores import PreparedPatterns
from .probability.adaptation import AdaptedCalibrator, judged_pairs, labelled_pairs
from .probability.prior import SMALLEST_PRIOR, check_prior, estimate_prior, shift_prior
from .probability.suggestion import candidate_rows, most_informative


class PairwisePhaseClassifier(BasePairSimilarity):
    """Decide about pairs by comparing what an embedder makes of the patterns.

    The embedder may be any scikit-learn transformer, or a Pipeline that ends in one:
    `SiameseXRPDEmbedder`, but a PCA as well. `fit` fits a clone of it, hands it `y` and `groups`,
    and learns threshold and probabilities from pairs. Where the embedder held compounds out (it
    then has `validation_indices_`), those are the pairs of the patterns held out: on patterns that
    a network was trained on, its scores are better than on new patterns. Otherwise they are
    all training pairs, as for the classical measures.

    Parameters
    ----------
    embedder : transformer or Pipeline
        Cloned before it is fitted; `sklearn.frozen.FrozenEstimator` keeps a fitted one as it is.
    metric : {"auto", "euclidean", "cosine"}, default="auto"
        Similarity of two embeddings: 1 / (1 + distance), or the cosine. "auto" takes the
        embedder's own `metric_`, and "euclidean" where it has none.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta; by default that of the embedder, or else 3 + 0.02 k.
    min_overlap : float, default=5.0
        Degrees 2theta that two cut scans must have in common.
    overlap : {"raise", "nan"}, default="raise"
        Whether pairs with too little in common are an error, or NaN in a whole matrix.
    threshold : "f1" or float, default="f1"
        The threshold that `fit` sets.
    calibration : {"sigmoid", "isotonic"}, default="sigmoid"
        How scores become probabilities.
    prior : float, optional
        Share of the pairs that are of one form where probabilities will be asked for; by default
        that of the pairs they are learnt from. See `estimate_prior`.

    Attributes
    ----------
    embedder_ : transformer or Pipeline
        The fitted clone.
    metric_ : {"euclidean", "cosine"}
        The comparison in force.
    prior_ : float
        The share of equal pairs that `predict_proba` assumes.
    adaptation_ : dict
        After `adapt`, how far the labels moved the probabilities, and how sure that is.
    classes_, threshold_, calibrator_, two_theta_, n_features_in_
        As in `BasePairSimilarity`.

    Examples
    --------
    >>> from sklearn.decomposition import PCA
    >>> from xrpdsim import PairwisePhaseClassifier
    >>> X = [[0.0, 0.0, 1.0], [0.0, 0.1, 1.0], [1.0, 0.0, 0.0], [1.0, 0.1, 0.0]]
    >>> classifier = PairwisePhaseClassifier(PCA(1)).fit(X, ["I", "I", "II", "II"])
    >>> classifier.predict(X)
    array([1, 0, 0, 0, 0, 1])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BasePairSimilarity._parameter_constraints,
        "embedder": [HasMethods(["fit", "transform"])],
        "metric": [StrOptions({"auto", *COMPARISONS})],
        "prior": [Interval(Real, 0, 1, closed="neither"), None],
    }

    def __init__(
        self,
        embedder: Any,
        metric: str = "auto",
        *,
        two_theta: ArrayLike | None = None,
        min_overlap: float = 5.0,
        overlap: str = "raise",
        threshold: str | float = "f1",
        calibration: str = "sigmoid",
        prior: float | None = None,
    ) -> None:
        super().__init__(
            two_theta=two_theta,
            min_overlap=min_overlap,
            overlap=overlap,
            threshold=threshold,
            calibration=calibration,
        )
        self.embedder = embedder
        self.metric = metric
        self.prior = prior

    @classmethod
    def from_pretrained(
        cls,
        name: str = "organic-1",
        *,
        crystals: str = "organic",
        prior: float | None = None,
        device: str | None = None,
    ) -> PairwisePhaseClassifier:
        """Return a fitted classifier with weights that are shipped.

        It takes raw counts on any positive scale, NaN where not measured. Fitted again, it sets
        threshold and probabilities and leaves the weights.

        Parameters
        ----------
        name : str, default="organic-1"
        crystals : {"organic", "mineral"}, default="organic"
            What threshold and probabilities are for.
        prior : float, optional
            Share of the pairs that are expected to be of one form, see
            `set_prior`.
        device : str, optional
            As the parameter `device` of `SiameseXRPDEmbedder`.

        Returns
        -------
        PairwisePhaseClassifier
            Fitted.

        Raises
        ------
        ValueError
            If nothing is shipped under that name, `crystals` is neither kind, or the prior is not
            between 0 and 1.

        Examples
        --------
        >>> import numpy as np
        >>> from xrpdsim import PairwisePhaseClassifier
        >>> counts = np.random.default_rng(0).poisson(100, size=(3, 1950))
        >>> counts[:2, ::100] = 10_000
        >>> counts[2, 50::110] = 10_000
        >>> PairwisePhaseClassifier.from_pretrained("organic-1").predict(counts)
        array([1, 0, 0])
        """
        from ._loading import load_classifier

        return load_classifier(name, crystals=crystals, prior=prior, device=device)

    def estimate_prior(self, X: ArrayLike, pairs: ArrayLike | None = None) -> float:
        """Return how common equal pairs are among unlabelled patterns, judged by their scores.

        Nothing changes until the estimate is given to `set_prior`.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
        pairs : array-like of shape (n_pairs, 2), int, optional
            Row numbers into `X`; by default all i < j.

        Returns
        -------
        float
            See `xrpdsim.similarity.probability.prior.estimate_prior`.
        """
        probability = super()._probability(self.decision_function(X, pairs))
        return estimate_prior(probability, self._learnt_prior)

    def set_prior(self, prior: float) -> Self:
        """Set the share of equal pairs that probabilities assume; the threshold stays.

        Parameters
        ----------
        prior : float
            Between 0 and 1.

        Returns
        -------
        self
        """
        check_is_fitted(self, "prior_")
        self.prior_ = check_prior(prior)
        return self

    def adapt(
        self,
        X: ArrayLike,
        y: ArrayLike | None = None,
        *,
        pairs: ArrayLike | None = None,
        same: ArrayLike | None = None,
    ) -> Self:
        """Set threshold and probabilities for one screen from what a person knows about it.

        Start from what was learnt and move as far as the labels ask for: see
        `AdaptedCalibrator`. The embedding stays. Called again, it starts from what was learnt.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            Patterns of one screen.
        y : array-like of shape (n_patterns,), optional
            Their forms, None where not known. Either this, or `pairs` and `same`.
        pairs : array-like of shape (n_pairs, 2), int, optional
            Row numbers into `X`.
        same : array-like of shape (n_pairs,), bool, optional
            Whether both are the same form.

        Returns
        -------
        self
            With `prior_`, the share of equal pairs that is now expected among all pairs of `X`, and
            `adaptation_`, a dict: n_pairs; offset and slope of the log odds with their
            standard deviations; threshold_low and threshold_high, between which the threshold lies
            with 95 percent.

        Raises
        ------
        ValueError
            If neither or both ways are used, fewer than two patterns are labelled, or answers
            contradict each other.
        """
        check_is_fitted(self, "prior_")
        if (y is None) == (pairs is None) or (pairs is None) != (same is None):
            raise ValueError("give either y, or pairs and same")
        patterns = self._prepare(self._check_patterns(X, ensure_min_samples=2))
        if y is not None:
            check_consistent_length(X, y)
            judged, answers, weight = labelled_pairs(y)
        elif pairs is not None and same is not None:
            judged, answers = judged_pairs(pairs, same, len(patterns))
            weight = 1.0
        scores = self._scorer().pairs(patterns, judged)
        base: Any = self.calibrator_
        prior = self.prior_
        if isinstance(base, AdaptedCalibrator):
            self._learnt_prior, prior, base = base.learnt_prior, base.prior, base.base
        adapted: Any = AdaptedCalibrator(base, self._learnt_prior, prior, scores, answers, weight)
        self.calibrator_ = adapted
        self._learnt_prior = self.prior_ = self._expected_share(patterns)
        self.threshold_ = adapted.threshold()
        spread = np.sqrt(np.diag(adapted.covariance))
        self.adaptation_ = {
            "n_pairs": len(scores),
            "offset": adapted.offset,
            "offset_deviation": float(spread[0]),
            "slope": adapted.slope,
            "slope_deviation": float(spread[1]),
            "threshold_low": adapted.threshold(-1.96),
            "threshold_high": adapted.threshold(1.96),
        }
        return self

    def suggest_pairs(
        self, X: ArrayLike, n: int, *, judged: ArrayLike | None = None
    ) -> NDArray[np.intp]:
        """Return the pairs of a screen whose answer would teach `adapt` most.

        Best in rounds: judge a few pairs, `adapt` to all that were judged, ask for more. The
        answers are expected to bring the probabilities of all pairs of `X` as near as possible to
        the truth. Nothing is drawn at random.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            Patterns of one screen. Of more than 2000, the pairs among 2000 rows, evenly spaced, are
            considered.
        n : int
            Number of pairs.
        judged : array-like of shape (n_pairs, 2), int, optional
            Row numbers of pairs that were judged, or put aside, and are not to come again. What
            their answers taught is known after `adapt`.

        Returns
        -------
        ndarray of shape (n, 2), int
            Row numbers into `X`, the smaller one first; the most informative pair first.

        Raises
        ------
        ValueError
            If `n` is not a whole number from 1 on, fewer than `n` pairs are left, or `judged` are
            no pairs of rows of `X`.

        Examples
        --------
        >>> from sklearn.decomposition import PCA
        >>> from xrpdsim import PairwisePhaseClassifier
        >>> X = [[0.0, 0.0, 1.0], [0.0, 0.1, 1.0], [1.0, 0.0, 0.0], [1.0, 0.1, 0.0]]
        >>> classifier = PairwisePhaseClassifier(PCA(1)).fit(X, ["I", "I", "II", "II"])
        >>> classifier.suggest_pairs(X, 2).shape
        (2, 2)
        """
        check_is_fitted(self, "prior_")
        if isinstance(n, bool) or not isinstance(n, Integral) or n < 1:
            raise ValueError(f"n={n!r} must be a whole number of pairs, 1 or more")
        patterns = self._check_patterns(X, ensure_min_samples=2)
        if judged is not None:
            judged = check_pairs(judged, len(patterns)) if np.size(judged) else None
        calibrator: Any = self.calibrator_
        if not isinstance(calibrator, AdaptedCalibrator):
            calibrator = AdaptedCalibrator(calibrator, self._learnt_prior, self.prior_, [], [])
        rows = candidate_rows(len(patterns))
        scores = self._scorer().condensed(self._prepare(patterns[rows]))
        pairs = rows[condensed_pairs(len(rows))]
        return most_informative(calibrator, scores, pairs, int(n), judged)

    def _learn_threshold(self, X: NDArray[np.floating], phases: NDArray[np.intp]) -> None:
        super()._learn_threshold(X, phases)
        sizes = np.unique(phases, return_counts=True)[1]
        n = len(phases)
        self._learnt_prior = float((sizes * (sizes - 1)).sum() / (n * (n - 1)))
        self.prior_ = self._learnt_prior if self.prior is None else self.prior

    def _expected_share(self, patterns: PreparedPatterns) -> float:
        """Return the mean probability over the pairs that can be compared."""
        some = patterns[candidate_rows(len(patterns))]
        scores = replace(self._scorer(), refuse=False).condensed(some)
        share = self.calibrator_.predict(scores[~np.isnan(scores)]).mean()
        return float(np.clip(share, SMALLEST_PRIOR, 1 - SMALLEST_PRIOR))

    def _probability(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        probability = super()._probability(scores)
        return shift_prior(probability, self._learnt_prior, self.prior_)

    def _fit_embedding(
        self, X: NDArray[np.floating], y: Any, groups: ArrayLike | None
    ) -> NDArray[np.intp] | None:
        self.embedder_ = clone(self.embedder)
        # a frozen embedder is fitted already: it held out nothing of these patterns
        frozen = hasattr(final_estimator(self.embedder_), "validation_indices_")
        self.embedder_.fit(X, y, **_fit_parameters(self.embedder_, groups))
        last = final_estimator(self.embedder_)
        if self.metric == "auto":
            self.metric_ = getattr(last, "metric_", getattr(last, "metric", "euclidean"))
            if self.metric_ not in COMPARISONS:
                raise ValueError(
                    f"{type(last).__name__} has metric={self.metric_!r}, which is no comparison of "
                    f"embeddings here; give metric= one of {sorted(COMPARISONS)}"
                )
        else:
            self.metric_ = self.metric
        if self.two_theta is None and hasattr(last, "two_theta_"):
            self.two_theta_ = last.two_theta_
        return None if frozen else getattr(last, "validation_indices_", None)

    def _embed(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        # embeddings are short, so double precision costs little, and near ones keep their order
        return np.asarray(self.embedder_.transform(X), dtype=np.float64)

    def _compare(self, a: EmbeddedPatterns, b: EmbeddedPatterns) -> NDArray[np.floating]:
        return COMPARISONS[self.metric_](a, b)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = get_tags(self.embedder).input_tags.allow_nan
        return tags


def _fit_parameters(embedder: Any, groups: ArrayLike | None) -> dict[str, Any]:
    """Return `groups` under the name by which it reaches the last step, if that step takes it."""
    last = final_estimator(embedder)
    if groups is None or not has_fit_parameter(last, "groups"):
        return {}
    if isinstance(embedder, Pipeline) and not get_config()["enable_metadata_routing"]:
        return {f"{embedder.steps[-1][0]}__groups": groups}
    return {"groups": groups}
