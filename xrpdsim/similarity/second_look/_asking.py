"""The part of a pair estimator that asks a second look about pairs in doubt."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._pair_scores import PairScorer, PreparedPatterns
from ..base import BasePairSimilarity
from ._refining_scorer import PatternsWithStems, RefiningScorer
from .trained import TrainedSecondLook


class AskingMixin(BasePairSimilarity):
    """Scores by a first look, refined by `second_look_` where there is one.

    With a second look scores are log odds; without one they are those of the first look.
    """

    second_look_: TrainedSecondLook | None

    @property
    def _asks(self) -> bool:
        return self.second_look_ is not None

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

    def _first_patterns(self, X: NDArray[np.floating]) -> PreparedPatterns:
        return super()._prepare(X)

    def _first_scorer(self) -> PairScorer:
        return super()._scorer()
