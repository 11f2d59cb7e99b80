"""The part of a pair estimator that takes a prior, and adapts to a screen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from ...patterns.pairs import check_n_pairs, check_pairs, condensed_pairs
from ._deciding import DecidingMixin
from .judged_pairs import JudgedPairs
from .pairs_to_judge import candidate_rows, most_informative
from .prior import estimate_prior


class AdaptingMixin(DecidingMixin):
    """Prior and adaptation of a pair estimator that has the parameter `prior`.

    The rule that they follow stands in `PairwisePhaseClassifier`.
    """

    prior: float | None
    decision_function: Any
    _check_patterns: Any
    _prepare: Any
    _scorer: Any

    def estimate_prior(self, X: ArrayLike, pairs: ArrayLike | None = None) -> float:
        """Return how common same-form pairs are among unlabelled patterns, judged by their scores.

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
        self._refuse_without_labels()
        calibrator = self.calibrator_
        scores = self.decision_function(X, pairs)
        known = scores[~np.isnan(scores)]
        return estimate_prior(calibrator.predict(known) if known.size else known, calibrator.prior)

    def set_prior(self, prior: float) -> Self:
        """Set the share of same-form pairs; the threshold follows by the rule of the class.

        Parameters
        ----------
        prior : float
            Between 0 and 1.

        Returns
        -------
        self
        """
        self._refuse_without_labels()
        self._decision = self._decision.with_prior(prior)
        return self

    def adapt(
        self,
        X: ArrayLike,
        y: ArrayLike | None = None,
        *,
        pairs: ArrayLike | None = None,
        same: ArrayLike | None = None,
    ) -> Self:
        """Set probabilities, and with them the threshold, for one screen from what is known of it.

        Start from what was learnt and move as far as the labels ask for: see
        `~xrpdsim.similarity.probability.Adaptation`. The embedding stays.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            Patterns of one screen.
        y : array-like of shape (n_patterns,) or (n_patterns, 2), optional
            Their forms, or compound and form; None where not known. Either this, or `pairs` and
            `same`. With ``overlap="nan"`` pairs that cannot be compared are left out.
        pairs : array-like of shape (n_pairs, 2), int, optional
            Row numbers into `X`.
        same : array-like of shape (n_pairs,), bool, optional
            Whether both are the same form.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If neither or both ways are used, fewer than two patterns are labelled, answers
            contradict each other, or what was judged cannot be compared.
        """
        self._refuse_without_labels()
        if (y is None) == (pairs is None) or (pairs is None) != (same is None):
            raise ValueError("give either y, or pairs and same")
        patterns = self._prepare(self._check_patterns(X, ensure_min_samples=2))
        if pairs is not None and same is not None:
            judged = JudgedPairs.from_answers(pairs, same, len(patterns))
            scores = self._scorer().pairs(patterns, judged.pairs)
        else:
            check_consistent_length(X, y)
            judged = JudgedPairs.from_labels(y)
            scores = self._scorer().condensed(patterns[judged.rows])
            known = ~np.isnan(scores)
            if not known.any():
                raise ValueError(
                    f"none of the {len(judged)} pairs of labelled patterns can be compared: these "
                    "have too little in common; label others, or lower min_overlap"
                )
            judged, scores = judged.among(known), scores[known]
        self._decision = self._decision.with_judged(scores, judged, self._some_scores(patterns))
        return self

    def suggest_pairs(
        self, X: ArrayLike, n: int, *, judged: ArrayLike | None = None
    ) -> NDArray[np.intp]:
        """Return the pairs of a screen whose answer would teach `adapt` most.

        Best in rounds: judge a few pairs, `adapt` to all that were judged, ask for more. The
        answers are expected to bring the probabilities of all pairs of `X` as near as possible to
        the truth. Nothing is drawn at random. What was learnt and adapted decides, not a prior that
        was stated after `adapt`.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            Patterns of one screen. Of more than 2000, the pairs among 2000 rows, evenly spaced, are
            considered.
        n : int
            Number of pairs.
        judged : array-like of shape (n_pairs, 2), int, optional
            Row numbers of pairs that were judged, or put aside, and are not asked for again. What
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
        self._refuse_without_labels()
        n = check_n_pairs(n)
        patterns = self._check_patterns(X, ensure_min_samples=2)
        if judged is not None:
            judged = check_pairs(judged, len(patterns)) if np.size(judged) else None
        rows = candidate_rows(len(patterns))
        scores = self._scorer().condensed(self._prepare(patterns[rows]))
        pairs = rows[condensed_pairs(len(rows))]
        return most_informative(self._decision.before_answers(), scores, pairs, n, judged)

    @property
    def prior_(self) -> float:
        """The share of same-form pairs that `predict_proba` assumes."""
        return self._in_force("prior_", self._decided.prior)

    @property
    def adaptation_(self) -> dict[str, Any]:
        """How far `adapt` moved the probabilities, and how sure that is."""
        return self._in_force("adaptation_", self._decided.report())

    def _refuse_without_labels(self) -> None:
        check_is_fitted(self, "pair_classes_")
        if self._decided.learnt is None:
            raise NotFittedError(
                f"this {type(self).__name__} has no probabilities to start from: it was fitted "
                "without labels. Fit it with y, or call calibrate_threshold with labelled patterns"
            )

    def _some_scores(self, patterns: Any) -> NDArray[np.floating]:
        """Return the scores of pairs that stand for all; NaN where they cannot be compared."""
        some = patterns[candidate_rows(len(patterns))]
        return replace(self._scorer(), refuse=False).condensed(some)
