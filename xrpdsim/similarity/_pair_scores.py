"""Scores of many pairs in blocks, so that memory stays bounded whatever the number of patterns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._support._warnings import warn_user
from ..patterns.pairs import n_condensed
from .comparison import Comparison
from .embedded import EmbeddedPatterns

# A block of the similarity matrix holds about this many numbers.
_BLOCK_SIZE = 1_000_000
# Pairs given by number are taken together for this many first patterns.
_FIRST_PATTERNS = 64


@dataclass(frozen=True)
class PreparedPatterns:
    """Embedded patterns, with what the rules for cut and for flat patterns need to know.

    Parameters
    ----------
    embedded : EmbeddedPatterns
    measured : EmbeddedPatterns or None
        1 at each point of the grid that was measured; None where all were.
    n_measured : ndarray of shape (n_patterns,)
        Number of points that were measured.
    flat : ndarray of shape (n_patterns,), bool
        Patterns that do not vary: they have no features.
    rows : ndarray of shape (n_patterns,)
        Their row numbers in the array they came from, for messages.
    """

    embedded: EmbeddedPatterns
    measured: EmbeddedPatterns | None
    n_measured: NDArray[np.intp]
    flat: NDArray[np.bool_]
    rows: NDArray[np.intp]

    @classmethod
    def from_arrays(cls, X: NDArray[np.floating], embedding: ArrayLike) -> PreparedPatterns:
        """Put patterns, (n_patterns, n_points), and their embedding together."""
        missing = np.isnan(X)
        measured = None
        if missing.any():
            measured = EmbeddedPatterns.from_array(
                np.where(missing, np.float32(np.nan), np.float32(1))
            )
        return cls(
            EmbeddedPatterns.from_array(embedding),
            measured,
            X.shape[1] - missing.sum(axis=1),
            np.nanmax(X, axis=1) == np.nanmin(X, axis=1),
            np.arange(len(X)),
        )

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows: slice | NDArray[np.integer]) -> PreparedPatterns:
        return PreparedPatterns(
            self.embedded[rows],
            None if self.measured is None else self.measured[rows],
            self.n_measured[rows],
            self.flat[rows],
            self.rows[rows],
        )


@dataclass(frozen=True)
class PairScorer:
    """Applies a comparison to many pairs, with one rule for cut and for flat patterns.

    Parameters
    ----------
    compare : callable
        As in `xrpdsim.similarity.comparison`.
    min_overlap : float
        Degrees 2theta that two cut scans must have in common; complete ones always do.
    step : float
        Degrees between points.
    n_points : int
        Points of a complete pattern.
    refuse : bool
        Whether a pair of a whole matrix with too little in common is an error, or NaN.
    """

    compare: Comparison
    min_overlap: float
    step: float
    n_points: int
    refuse: bool

    def condensed(self, patterns: PreparedPatterns) -> NDArray[np.floating]:
        """Return the scores of all pairs i < j, in SciPy's condensed order."""
        scores = np.empty(n_condensed(len(patterns)), dtype=patterns.embedded.values.dtype)
        end = 0
        for _, similarities in self._upper_rows(patterns):
            start, end = end, end + len(similarities) - 1
            scores[start:end] = similarities[1:]
        self._warn_of_missing(scores)
        return scores

    def matrix(
        self, a: PreparedPatterns, b: PreparedPatterns | None = None
    ) -> NDArray[np.floating]:
        """Return the scores of each of `a` with each of `b`, by default with each of `a`."""
        if b is None:
            matrix = np.empty((len(a), len(a)), dtype=a.embedded.values.dtype)
            for row, similarities in self._upper_rows(a):
                matrix[row, row:] = similarities
                matrix[row:, row] = similarities
        else:
            dtype = np.result_type(a.embedded.values, b.embedded.values)
            matrix = np.empty((len(a), len(b)), dtype=dtype)
            for rows in _blocks(len(a), len(b)):
                matrix[rows] = self._block(a[rows], b)
        self._warn_of_missing(matrix)
        return matrix

    def pairs(self, patterns: PreparedPatterns, pairs: NDArray[np.intp]) -> NDArray[np.floating]:
        """Return the scores of pairs given by row numbers, (n_pairs, 2)."""
        scores = np.empty(len(pairs), dtype=patterns.embedded.values.dtype)
        order = np.argsort(pairs[:, 0], kind="stable")
        firsts, starts = np.unique(pairs[order, 0], return_index=True)
        starts = np.append(starts, len(pairs))
        for block in range(0, len(firsts), _FIRST_PATTERNS):
            end = min(block + _FIRST_PATTERNS, len(firsts))
            chosen = order[starts[block] : starts[end]]
            first, i = np.unique(pairs[chosen, 0], return_inverse=True)
            second, j = np.unique(pairs[chosen, 1], return_inverse=True)
            scores[chosen] = self._block(patterns[first], patterns[second], only=(i, j))[i, j]
        return scores

    def by_phase(
        self, patterns: PreparedPatterns, phases: NDArray[np.intp]
    ) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """Return the scores of pairs of one phase and of pairs of different ones; NaN left out."""
        # With the patterns of a phase side by side, each row's pairs of one phase are one slice.
        order = np.argsort(phases, kind="stable")
        sizes = np.bincount(phases)
        end_of_phase = np.cumsum(sizes)[phases[order]]
        n_same = int((sizes * (sizes - 1) // 2).sum())
        dtype = patterns.embedded.values.dtype
        same = np.empty(n_same, dtype=dtype)
        different = np.empty(n_condensed(len(phases)) - n_same, dtype=dtype)
        s = d = 0
        for row, similarities in self._upper_rows(patterns[order]):
            end = end_of_phase[row] - row
            same[s : s + end - 1] = similarities[1:end]
            different[d : d + len(similarities) - end] = similarities[end:]
            s, d = s + end - 1, d + len(similarities) - end
        if self._warn_of_missing(same, different):
            same, different = same[~np.isnan(same)], different[~np.isnan(different)]
        return same, different

    def _upper_rows(self, patterns: PreparedPatterns) -> Iterator[tuple[int, NDArray[np.floating]]]:
        """Yield each row's scores with itself and all later rows."""
        for rows in _blocks(len(patterns), len(patterns)):
            block = self._block(patterns[rows], patterns[rows.start :])
            for offset, row in enumerate(range(rows.start, rows.stop)):
                yield row, block[offset, offset:]

    def _block(
        self,
        a: PreparedPatterns,
        b: PreparedPatterns,
        only: tuple[NDArray[np.intp], NDArray[np.intp]] | None = None,
    ) -> NDArray[np.floating]:
        similarity = self.compare(a.embedded, b.embedded)
        similarity[a.flat] = 0
        similarity[:, b.flat] = 0
        in_common = self._in_common(a, b)
        if in_common is not None:
            self._withhold(similarity, in_common < self._needed, a, b, only, in_common)
        nothing_left = _nothing_left(similarity, a, b)
        if nothing_left is not None:
            self._withhold(similarity, nothing_left, a, b, only)
        return similarity

    @property
    def _needed(self) -> float:
        """Points that two patterns must have in common: at least one, and never more than all."""
        points = self.min_overlap / self.step if self.step else 1
        # a point more or less by rounding of the step does not matter
        return max(1, min(points, self.n_points)) - 1e-3

    def _in_common(self, a: PreparedPatterns, b: PreparedPatterns) -> NDArray[np.floating] | None:
        """Return how many points patterns have in common; None where all have enough."""
        if a.n_measured.min() + b.n_measured.min() - self.n_points >= self._needed:
            return None
        all_points = EmbeddedPatterns(np.ones((1, self.n_points), np.float32), None, None)
        measured_a, measured_b = (
            all_points if patterns.measured is None else patterns.measured for patterns in (a, b)
        )
        return np.broadcast_to(measured_a.counts_in_common(measured_b), (len(a), len(b)))

    def _withhold(
        self,
        similarity: NDArray[np.floating],
        pairs: NDArray[np.bool_],
        a: PreparedPatterns,
        b: PreparedPatterns,
        only: tuple[NDArray[np.intp], NDArray[np.intp]] | None,
        in_common: NDArray[np.floating] | None = None,
    ) -> None:
        """Set pairs that cannot be compared to NaN, or refuse them where they were asked for."""
        asked_for = pairs if only is None else pairs[only]
        if not asked_for.any():
            return
        if self.refuse or only is not None:
            found = np.argwhere(asked_for)[0]
            i, j = found if only is None else (only[0][found[0]], only[1][found[0]])
            self._refuse_pair(a.rows[i], b.rows[j], None if in_common is None else in_common[i, j])
        similarity[pairs] = np.nan

    def _refuse_pair(self, first: int, second: int, in_common: float | None) -> NoReturn:
        who = f"patterns {first} and {second} have" if first != second else f"pattern {first} has"
        if in_common is None:
            what = "nothing left to compare: all that was measured lies too close to missing points"
        else:
            what = (
                f"{in_common * self.step:.2f} degrees 2theta to compare, less than "
                f"min_overlap={self.min_overlap:g}"
            )
        cure = "Leave one out" if in_common is None else "Leave one out, lower min_overlap"
        raise ValueError(
            f'{who} {what}. {cure}, or set overlap="nan" to get NaN for such pairs of a whole '
            "matrix"
        )

    def _warn_of_missing(self, *scores: NDArray[np.floating]) -> int:
        if self.refuse:
            return 0
        n_missing = sum(int(np.isnan(part).sum()) for part in scores)
        if n_missing:
            warn_user(
                f"{n_missing} score(s) are NaN: the patterns have less than "
                f"min_overlap={self.min_overlap:g} degrees 2theta in common, or nothing left to "
                "compare beside missing points",
            )
        return n_missing


def _nothing_left(
    similarity: NDArray[np.floating], a: PreparedPatterns, b: PreparedPatterns
) -> NDArray[np.bool_] | None:
    """Return which pairs share no component of their embeddings; None where none do."""
    if a.embedded.masks is None and b.embedded.masks is None:
        return None
    # Comparisons give 0 then, and hardly ever else: few have to be counted.
    zero = similarity == 0
    zero[a.flat] = False
    zero[:, b.flat] = False
    rows = np.flatnonzero(zero.any(axis=1))
    if not rows.size:
        return None
    counts = a.embedded[rows].counts_in_common(b.embedded)
    zero[rows] &= counts == 0
    return zero if zero.any() else None


def _blocks(n_rows: int, n_columns: int) -> Iterator[slice]:
    height = max(16, _BLOCK_SIZE // max(n_columns, 1))
    for start in range(0, n_rows, height):
        yield slice(start, min(start + height, n_rows))
