"""Which pairs of a sorted screen somebody should judge."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from ..patterns import validate_patterns
from ..patterns.pairs import check_n_pairs
from .grouping import pairs_to_ask, parts_in_doubt


class SuggestingMixin:
    """What `FormClusterer` asks a person."""

    labels_: NDArray[np.intp]
    typical_indices_: NDArray[np.intp]
    amorphous_: NDArray[np.bool_]
    copy_of_: NDArray[np.intp]
    mapped_indices_: NDArray[np.intp]
    pair_probabilities_: NDArray[np.float64]
    known_same_: NDArray[np.intp]
    known_different_: NDArray[np.intp]
    min_probability: float
    two_theta_: NDArray[np.float64]

    def _precomputed(self) -> bool:
        raise NotImplementedError

    def suggest_pairs(self, X: ArrayLike, n: int = 10) -> NDArray[np.intp]:
        """Return the pairs of patterns whose answers are expected to change the groups most.

        Give the answers to `fit` as `same` and `different`, and a pattern that turns out to be a
        mixture or amorphous as `set_aside`; then ask again. Pairs are suggested for two groups that
        may be one (their typical patterns), for a pattern in no group, for a member that fits its
        group badly, and for the two parts of a group that may be two forms. Each is weighted by the
        number of pairs that an answer would change, times how often such a doubt is an error.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            The patterns given to `fit`; with "precomputed" the matrix of probabilities, and groups
            that may be two forms are not looked for.
        n : int, default=10
            The most pairs to return.

        Returns
        -------
        ndarray of shape (at most n, 2)
            Row numbers, the most consequential pair first; fewer where less is in doubt. Above
            `portion` only `mapped_indices_` are asked about.

        Raises
        ------
        ValueError
            If `n` is not a whole number from 1 on, or `X` has other patterns than `fit` had.

        See Also
        --------
        PairwisePhaseClassifier.suggest_pairs : Pairs that teach most about all probabilities.

        Examples
        --------
        >>> import numpy as np
        >>> from xrpdsim import FormClusterer
        >>> probability = np.full((6, 6), 0.9)
        >>> probability[:3, 3:] = probability[3:, :3] = 0.4
        >>> clusterer = FormClusterer("precomputed").fit(probability)
        >>> clusterer.labels_
        array([0, 0, 0, 1, 1, 1])
        >>> pairs = clusterer.suggest_pairs(probability)
        >>> pairs
        array([[0, 3]])
        >>> clusterer.fit(probability, same=pairs).labels_
        array([0, 0, 0, 0, 0, 0])
        """
        check_is_fitted(self)
        n = check_n_pairs(n)
        patterns = validate_patterns(
            self, X, reset=False, empty="keep", ensure_all_finite="allow-nan"
        )
        if len(patterns) != len(self.labels_):
            raise ValueError(
                f"X has {len(patterns)} patterns, but {len(self.labels_)} were sorted; give those "
                "that were given to fit"
            )
        mapped = self.mapped_indices_
        asked = ~self.amorphous_[mapped] & (self.copy_of_[mapped] < 0)
        rows = mapped[asked]
        place = np.full(len(self.labels_), -1, dtype=np.intp)
        place[rows] = np.arange(len(rows))
        answered = (self.known_same_, self.known_different_)
        same, different = (place[pairs][(place[pairs] >= 0).all(axis=1)] for pairs in answered)
        probability, labels = self.pair_probabilities_[np.ix_(asked, asked)], self.labels_[rows]
        parts = []
        if not self._precomputed():
            parts = parts_in_doubt(
                patterns[rows], self.two_theta_, probability, labels, self.min_probability
            )
        typical = place[self.typical_indices_]
        return rows[pairs_to_ask(probability, labels, typical, same, different, n, parts)]
