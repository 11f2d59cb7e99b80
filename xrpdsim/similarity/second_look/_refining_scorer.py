"""Pair scores of a first look, refined where it leaves a pair in doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._pair_scores import PairScorer, PreparedPatterns
from .band import Band

Refine = Callable[
    [Any, Any, NDArray[np.intp], NDArray[np.intp], NDArray[np.floating]], NDArray[np.float64]
]
"""From the stems of two sets, rows of both, and first scores to the log odds of a second look."""


@dataclass(frozen=True)
class PatternsWithStems(PreparedPatterns):
    """Patterns with what the second look computes once for each.

    Parameters
    ----------
    stems : Tensor of shape (n_patterns, n_positions, n_features)
    """

    stems: Any

    @classmethod
    def of(cls, patterns: PreparedPatterns, stems: Any) -> PatternsWithStems:
        """Put patterns as a first look prepares them and their stems together."""
        return cls(**{name: getattr(patterns, name) for name in _FIELDS}, stems=stems)

    def __getitem__(self, rows: slice | NDArray[np.integer]) -> PatternsWithStems:
        return PatternsWithStems.of(super().__getitem__(rows), self.stems[rows])


_FIELDS = tuple(PreparedPatterns.__dataclass_fields__)


@dataclass(frozen=True)
class RefiningScorer(PairScorer):
    """Scores pairs by a first look, and those in the band by a second one, too.

    Parameters
    ----------
    band : Band
    refine : callable or None
        None leaves all pairs to the first look.
    """

    band: Band
    refine: Refine | None

    def _block(
        self,
        a: PreparedPatterns,
        b: PreparedPatterns,
        only: tuple[NDArray[np.intp], NDArray[np.intp]] | None = None,
    ) -> NDArray[np.floating]:
        score = super()._block(a, b, only)
        odds = self.band.first(score)
        if self.refine is None:
            return odds
        assert isinstance(a, PatternsWithStems)
        assert isinstance(b, PatternsWithStems)
        if only is None:
            i, j = np.nonzero(score > self.band.low)
        else:
            doubtful = score[only] > self.band.low
            i, j = only[0][doubtful], only[1][doubtful]
        if i.size:
            second = self.refine(a.stems, b.stems, i, j, score[i, j])
            odds[i, j] = self.band.mixed(score[i, j], second)
        return odds

    def _upper_rows(self, patterns: PreparedPatterns) -> Iterator[tuple[int, NDArray[np.floating]]]:
        """Yield each row's scores with itself and all later rows, none computed twice."""
        for row in range(len(patterns)):
            yield row, self._block(patterns[row : row + 1], patterns[row:])[0]
