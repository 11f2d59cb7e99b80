"""Embedded patterns: vectors, and which of their components were measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


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
    mask_of : ndarray of shape (n_patterns,)
        The row of `masks` of each pattern.

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
    mask_of: NDArray[np.intp]

    @classmethod
    def from_array(cls, array: ArrayLike) -> EmbeddedPatterns:
        """Mark the NaN of an array of shape (n_patterns, n_components) as missing."""
        values = np.asarray(array)
        missing = np.isnan(values)
        no_masks = np.zeros(len(values), dtype=np.intp)
        if not missing.any():
            return cls(values, None, no_masks)
        # rows as bytes: finding equal masks is a sort of short strings, not of long rows
        keys = np.packbits(missing, axis=1)
        keys = np.ascontiguousarray(keys).view(f"V{keys.shape[1]}").reshape(-1)
        _, first, mask_of = np.unique(keys, return_index=True, return_inverse=True)
        masks = (~missing[first]).astype(values.dtype)
        return cls(np.where(missing, 0, values), masks, mask_of.reshape(-1))

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: slice | NDArray[np.integer]) -> EmbeddedPatterns:
        """Return some of the patterns, with the masks that these use."""
        if self.masks is None:
            return EmbeddedPatterns(self.values[rows], None, self.mask_of[rows])
        used, mask_of = np.unique(self.mask_of[rows], return_inverse=True)
        return EmbeddedPatterns(self.values[rows], self.masks[used], mask_of.reshape(-1))

    def components(self, columns: slice) -> EmbeddedPatterns:
        """Return the patterns with some of their components."""
        masks = None if self.masks is None else self.masks[:, columns]
        return EmbeddedPatterns(self.values[:, columns], masks, self.mask_of)

    def squared(self) -> EmbeddedPatterns:
        """Return the patterns with every component squared."""
        return EmbeddedPatterns(np.square(self.values), self.masks, self.mask_of)

    def sums_where_present_in(self, other: EmbeddedPatterns) -> NDArray[np.floating]:
        """Return the sum of each pattern's components over what it shares with each of `other`.

        Returns
        -------
        ndarray of shape (n_patterns, n_patterns of other), or (n_patterns, 1) where `other` misses
        nothing.
        """
        if other.masks is None:
            return self.values.sum(axis=1, keepdims=True)
        return np.take(self.values @ other.masks.T, other.mask_of, axis=1)

    def counts_in_common(self, other: EmbeddedPatterns) -> NDArray[np.floating]:
        """Return how many components are present in both, broadcastable to (n, n of other)."""
        n_components = self.values.shape[1]
        if self.masks is None and other.masks is None:
            return np.full((1, 1), n_components, dtype=self.values.dtype)
        if other.masks is None or self.masks is None:
            side, axes = (self, np.s_[:, None]) if other.masks is None else (other, np.s_[None, :])
            assert side.masks is not None
            return side.masks.sum(axis=1)[side.mask_of][axes]
        common = self.masks @ other.masks.T
        return common[np.ix_(self.mask_of, other.mask_of)]
