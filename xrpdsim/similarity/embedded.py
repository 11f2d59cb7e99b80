"""Embedded patterns: vectors, and which of their components were measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Pairs taken component by component at a time: their vectors then stay in the processor's cache.
_PAIRS_AT_A_TIME = 64


@dataclass(frozen=True)
class EmbeddedPatterns:
    """Vectors of patterns with what is missing marked; what a comparison works on.

    Patterns that miss the same components share one mask, so that sums over what two patterns have
    in common are products with a few masks only.

    Parameters
    ----------
    values : ndarray of shape (n_patterns, n_components)
        0 where missing.
    masks : ndarray of shape (n_masks, n_components) or None
        The different masks, 1 where present, in the dtype of `values`; None if nothing is missing.
    mask_of : ndarray of shape (n_patterns,) or None
        The row of `masks` of each pattern; None if each has its own.
    squares : ndarray of shape (n_patterns, n_components) or None
        Of `values`, kept where something is missing: every block asks for them again.

    Examples
    --------
    >>> embedded = EmbeddedPatterns.from_array([[1.0, np.nan], [2.0, 3.0]])
    >>> embedded.values
    array([[1., 0.],
           [2., 3.]])
    >>> embedded[:1].masks
    array([[1., 0.]])
    """

    values: NDArray[np.floating]
    masks: NDArray[np.floating] | None
    mask_of: NDArray[np.intp] | None
    squares: NDArray[np.floating] | None = None

    @classmethod
    def from_array(cls, array: ArrayLike) -> EmbeddedPatterns:
        """Mark the NaN of an array of shape (n_patterns, n_components) as missing."""
        values = np.asarray(array)
        missing = np.isnan(values)
        if not missing.any():
            return cls(values, None, None)
        # rows as bytes: finding equal masks is a sort of short strings, not of long rows
        keys = np.packbits(missing, axis=1)
        keys = np.ascontiguousarray(keys).view(f"V{keys.shape[1]}").reshape(-1)
        _, first, mask_of = np.unique(keys, return_index=True, return_inverse=True)
        values = np.where(missing, 0, values)
        if len(first) > len(values) / 2:
            # sharing would save less than looking the masks up costs
            return cls(values, (~missing).astype(values.dtype), None, np.square(values))
        masks = (~missing[first]).astype(values.dtype)
        return cls(values, masks, mask_of.reshape(-1), np.square(values))

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: slice | NDArray[np.integer]) -> EmbeddedPatterns:
        """Return some of the patterns, with the masks that these use."""
        values = self.values[rows]
        if self.masks is None:
            return EmbeddedPatterns(values, None, None)
        squares = None if self.squares is None else self.squares[rows]
        if self.mask_of is None:
            return EmbeddedPatterns(values, self.masks[rows], None, squares)
        used, mask_of = np.unique(self.mask_of[rows], return_inverse=True)
        return EmbeddedPatterns(values, self.masks[used], mask_of.reshape(-1), squares)

    def components(self, columns: slice) -> EmbeddedPatterns:
        """Return the patterns with some of their components."""
        masks, squares = (
            None if part is None else part[:, columns] for part in (self.masks, self.squares)
        )
        return EmbeddedPatterns(self.values[:, columns], masks, self.mask_of, squares)

    def sums_where_present_in(
        self, other: EmbeddedPatterns, *, squared: bool = False
    ) -> NDArray[np.floating]:
        """Return the sum of each pattern's components over what it shares with each of `other`.

        Parameters
        ----------
        other : EmbeddedPatterns
        squared : bool, default=False
            Whether to sum the squares of the components.

        Returns
        -------
        ndarray of shape (n_patterns, n_patterns of other)
            Of shape (n_patterns, 1) where `other` misses nothing.
        """
        if other.masks is None:
            return self._sums(squared)[:, None]
        return other._of_patterns((self._powers(squared) @ other.masks.T).T).T

    def sums_of(self, other: EmbeddedPatterns, *, squared: bool = False) -> NDArray[np.floating]:
        """Return what `other.sums_where_present_in(self)` does, with `other` along the columns.

        Returns
        -------
        ndarray of shape (n_patterns, n_patterns of other)
            Of shape (1, n_patterns of other) where these patterns miss nothing.
        """
        if self.masks is None:
            return other._sums(squared)[None, :]
        return self._of_patterns(self.masks @ other._powers(squared).T)

    def measured(self, rows: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Return which components of some patterns are present, (n_rows, n_components)."""
        if self.masks is None:
            return np.ones((len(rows), self.values.shape[1]), dtype=bool)
        return self.masks[rows if self.mask_of is None else self.mask_of[rows]] > 0

    def _powers(self, squared: bool) -> NDArray[np.floating]:
        if not squared:
            return self.values
        return np.square(self.values) if self.squares is None else self.squares

    def _sums(self, squared: bool) -> NDArray[np.floating]:
        if squared:
            return np.einsum("ij,ij->i", self.values, self.values)
        return self.values.sum(axis=1)

    def counts_in_common(self, other: EmbeddedPatterns) -> NDArray[np.floating]:
        """Return how many components are present in both, broadcastable to (n, n of other)."""
        if self.masks is None:
            if other.masks is not None:
                return other.counts_in_common(self).T
            return np.full((1, 1), self.values.shape[1], dtype=self.values.dtype)
        if other.masks is None:
            return self._of_patterns(self.masks.sum(axis=1, keepdims=True))
        common = self._of_patterns(self.masks @ other.masks.T)
        return other._of_patterns(common.T).T

    def _of_patterns(self, of_masks: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return rows for patterns from rows for masks."""
        return of_masks if self.mask_of is None else of_masks[self.mask_of]


class PairPiece(NamedTuple):
    """Some pairs of vectors, component by component."""

    pairs: slice
    a: NDArray[np.float64]  # (n_pairs, n_components), zero where one of the two is missing
    b: NDArray[np.float64]
    present: NDArray[np.bool_]  # in both


def component_by_component(
    a: EmbeddedPatterns, b: EmbeddedPatterns, i: NDArray[np.integer], j: NDArray[np.integer]
) -> Iterator[PairPiece]:
    """Yield pairs of rows `i` of `a` and `j` of `b` a few at a time, in double precision."""
    for start in range(0, len(i), _PAIRS_AT_A_TIME):
        pairs = slice(start, start + _PAIRS_AT_A_TIME)
        first = a.values[i[pairs]].astype(np.float64, copy=False)
        second = b.values[j[pairs]].astype(np.float64, copy=False)
        present = a.measured(i[pairs])
        if a.masks is not None or b.masks is not None:
            present &= b.measured(j[pairs])
            first[~present] = second[~present] = 0
        yield PairPiece(pairs, first, second, present)
