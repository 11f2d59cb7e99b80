"""The part of a pair estimator that asks a second look about pairs in doubt."""

from __future__ import annotations

from copy import copy
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...patterns import check_same_grid
from .._pair_scores import PairScorer, PreparedPatterns
from ..base import BasePairSimilarity
from ._refining_scorer import PatternsWithStems, RefiningScorer
from .trained import TrainedSecondLook


class AskingMixin(BasePairSimilarity):
    """Scores by a first look, refined by `second_look_` where there is one.

    With a second look scores are log odds; without one they are those of the first look.
    """

    second_look_: TrainedSecondLook | None

    _alone = False  # whether the first look decides about every pair

    @property
    def _asks(self) -> bool:
        return self.second_look_ is not None and not self._alone

    def _first_look_alone(self) -> Self:
        """Return a copy whose first look decides about every pair; scores stay log odds."""
        alone = copy(self)
        alone._alone = True
        return alone

    def _take_grid(self, grid: NDArray[np.float64] | None) -> None:
        """Take the grid of the first look, or refuse it where the patterns lie on another."""
        # a step before it may have changed the points
        if grid is None or len(grid) != self.n_features_in_:
            return
        if self._grid_is_stated:
            check_same_grid(self.two_theta_, grid, of="the angles of X")
        self.two_theta_ = grid

    def _prepare(self, X: NDArray[np.floating]) -> PreparedPatterns:
        patterns = self._first_patterns(X)
        if self.second_look_ is None or not self._asks:
            return patterns
        return PatternsWithStems.of(patterns, self.second_look_.stems(X))

    def _scorer(self) -> PairScorer:
        first, second_look = self._first_scorer(), self.second_look_
        if second_look is None:
            return first
        options: dict[str, Any] = {
            name: getattr(first, name) for name in PairScorer.__dataclass_fields__
        }
        refine = second_look.log_odds if self._asks else None
        return RefiningScorer(**options, band=second_look.band, refine=refine)

    def proba_by_first_look(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the probabilities of pairs of which only the first look's scores are known.

        For searches among very many patterns, which cannot ask about every pair.

        Parameters
        ----------
        scores : array-like
            Of the first look: of two embeddings, for example.

        Returns
        -------
        ndarray of the same shape
            NaN where the score is NaN.
        """
        look = self.second_look_
        return self.proba_of_scores(
            np.asarray(scores) if look is None else look.band.first(np.asarray(scores))
        )

    def _first_patterns(self, X: NDArray[np.floating]) -> PreparedPatterns:
        return super()._prepare(X)

    def _first_scorer(self) -> PairScorer:
        return super()._scorer()
