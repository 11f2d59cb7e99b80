"""Which patterns, or which pairs of patterns, a training batch holds.

A sampler is iterated once an epoch and yields (rows, pairs): the rows of the batch, and the pairs
to compare as positions in those rows, or None for all pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Batch = tuple[NDArray[np.intp], NDArray[np.intp] | None]


class Sampler(Protocol):
    """What the training loop asks of a sampler."""

    def __len__(self) -> int:
        """Return the number of batches an epoch."""

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches of one epoch."""


class ShuffledBatches:
    """Each pattern once an epoch, in random order; batches differ by one pattern at most.

    No batch holds a single pattern, which would have no pair.

    Parameters
    ----------
    phases : ndarray of shape (n_patterns,)
        Only their number is used.
    batch_size : int
    random : Generator

    Examples
    --------
    >>> sampler = ShuffledBatches(np.zeros(5), 2, np.random.default_rng(0))
    >>> sorted(len(rows) for rows, _ in sampler)
    [2, 3]
    """

    def __init__(
        self, phases: NDArray[np.intp], batch_size: int, random: np.random.Generator
    ) -> None:
        self.n_patterns = len(phases)
        self.n_batches = max(min(-(-self.n_patterns // batch_size), self.n_patterns // 2), 1)
        self.random = random

    def __len__(self) -> int:
        return self.n_batches

    def __iter__(self) -> Iterator[Batch]:
        order = self.random.permutation(self.n_patterns)
        for rows in np.array_split(order, self.n_batches):
            yield rows, None


class PhaseBatches:
    """Each pattern once an epoch, beside others of its form.

    The patterns of each form are split at random into sets of `patterns_per_phase` (one that is
    left over joins another set), and the sets are shuffled into batches, none of which holds a
    single pattern. Where forms are many and patterns of each few, plain shuffling would leave
    batches without two of one form.

    Parameters
    ----------
    phases : ndarray of shape (n_patterns,)
    batch_size : int
        About as many patterns a batch; sets are not split.
    patterns_per_phase : int
    random : Generator

    Examples
    --------
    >>> phases = np.array([0, 0, 1, 1, 2, 2])
    >>> sampler = PhaseBatches(phases, 2, 2, np.random.default_rng(0))
    >>> sorted(phases[rows].tolist() for rows, _ in sampler)
    [[0, 0], [1, 1], [2, 2]]
    """

    def __init__(
        self,
        phases: NDArray[np.intp],
        batch_size: int,
        patterns_per_phase: int,
        random: np.random.Generator,
    ) -> None:
        self.members = [np.flatnonzero(phases == phase) for phase in np.unique(phases)]
        self.patterns_per_phase = patterns_per_phase
        sets = self._split(self.members)
        # a set of one pattern has no pair: it shares a batch with another set
        n_most = len(sets) if min(map(len, sets)) > 1 else max(len(sets) // 2, 1)
        self.n_batches = min(-(-len(phases) // batch_size), n_most)
        self.random = random

    def __len__(self) -> int:
        return self.n_batches

    def __iter__(self) -> Iterator[Batch]:
        sets = self._split([self.random.permutation(rows) for rows in self.members])
        order = self.random.permutation(len(sets))
        for chosen in np.array_split(order, self.n_batches):
            yield np.concatenate([sets[k] for k in chosen]), None

    def _split(self, members: list[NDArray[np.intp]]) -> list[NDArray[np.intp]]:
        sets = []
        for rows in members:
            n_sets = max(len(rows) // self.patterns_per_phase, 1)
            sets.extend(np.array_split(rows, n_sets))
        return sets


class BalancedPairs:
    """Random pairs, as many of one form as of two, for a loss that compares explicit pairs.

    Every pair of one form is as likely as every other, and so is every pair of two forms. They are
    drawn from the sizes of the forms alone: memory grows with the patterns, not with the pairs.

    Parameters
    ----------
    phases : ndarray of shape (n_patterns,)
        With at least one pair of one form and one of two.
    batch_size : int
        Pairs a batch.
    pairs_per_pattern : float
        Pairs an epoch, as a multiple of the number of patterns.
    random : Generator

    Examples
    --------
    >>> phases = np.array([0, 0, 1])
    >>> sampler = BalancedPairs(phases, 4, 4, np.random.default_rng(0))
    >>> for rows, pairs in sampler:
    ...     print(len(pairs), (phases[rows][pairs[:, 0]] == phases[rows][pairs[:, 1]]).sum())
    4 2
    4 2
    4 2
    """

    def __init__(
        self,
        phases: NDArray[np.intp],
        batch_size: int,
        pairs_per_pattern: float,
        random: np.random.Generator,
    ) -> None:
        self.by_phase = np.argsort(phases, kind="stable")
        _, self.starts, self.sizes = np.unique(
            phases[self.by_phase], return_index=True, return_counts=True
        )
        self.batch_size = batch_size
        n_pairs = max(round(pairs_per_pattern * len(phases)), 1)
        self.n_batches = -(-n_pairs // batch_size)
        self.random = random
        if (self.sizes < 2).all() or len(self.sizes) < 2:
            raise ValueError("drawing pairs needs two patterns of one form, and two forms")

    def __len__(self) -> int:
        return self.n_batches

    def __iter__(self) -> Iterator[Batch]:
        for _ in range(self.n_batches):
            n_same = self.batch_size // 2
            drawn = np.concatenate([self._same(n_same), self._different(self.batch_size - n_same)])
            rows, positions = np.unique(self.by_phase[drawn], return_inverse=True)
            yield rows, positions.reshape(drawn.shape)

    def _same(self, n_pairs: int) -> NDArray[np.intp]:
        weights = self.sizes * (self.sizes - 1.0)
        phase = self.random.choice(len(self.sizes), n_pairs, p=weights / weights.sum())
        first = self.random.integers(self.sizes[phase])
        second = self.random.integers(self.sizes[phase] - 1)
        second += second >= first
        return self.starts[phase][:, None] + np.column_stack([first, second])

    def _different(self, n_pairs: int) -> NDArray[np.intp]:
        n_patterns = len(self.by_phase)
        weights = self.sizes * (n_patterns - self.sizes).astype(float)
        phase = self.random.choice(len(self.sizes), n_pairs, p=weights / weights.sum())
        first = self.starts[phase] + self.random.integers(self.sizes[phase])
        second = self.random.integers(n_patterns - self.sizes[phase])
        second += np.where(second >= self.starts[phase], self.sizes[phase], 0)
        return np.column_stack([first, second])
