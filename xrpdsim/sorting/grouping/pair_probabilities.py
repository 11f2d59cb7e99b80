"""Pair probabilities of a large screen, asked for by row numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from ...similarity import EmbeddedPatterns
from ...similarity.probability import PatternProbabilities
from .known_forms import KnownForms

Rows = NDArray[np.intp]
Track = Callable[[Sequence[Rows], str], Iterable[Rows]]
"""From blocks of rows, and what is done to them, to the same blocks with progress shown."""

_BITS_AT_A_TIME = 50_000_000
_ROUNDING = 1e-6


def pair_probabilities_of(
    measure: PatternProbabilities, X: NDArray[np.floating], block: int, track: Track
) -> PairProbabilities:
    """Return the quickest way to pair probabilities that a measure allows.

    Parameters
    ----------
    measure : PatternProbabilities
    X : ndarray of shape (n_patterns, n_points)
    block : int
        Patterns that are embedded together.
    track : callable

    Returns
    -------
    PairProbabilities
        `EmbeddedPairProbabilities` if the measure is an embedder with a comparison, which makes
        short vectors.
    """
    if hasattr(measure.measure, "embedder_"):
        return EmbeddedPairProbabilities(measure, X, block, track)
    return PairProbabilities(measure, X)


def check_probabilities(
    X: NDArray[np.floating], name: str = "X", *, square: bool = False
) -> NDArray[np.floating]:
    """Return probabilities that a person computed, if they are such.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_columns)
    name : str, default="X"
        Of the argument, for messages.
    square : bool, default=False
        Whether rows and columns must be the same patterns.

    Returns
    -------
    ndarray
        X itself.

    Raises
    ------
    ValueError
        If they are not from 0 to 1 or, where rows and columns are the same patterns, not square or
        symmetric, or look like distances.
    """
    given = f'with similarity="precomputed" {name}'
    if square and X.shape[0] != X.shape[1]:
        raise ValueError(
            f"{given} must be square, one row and one column a pattern; its shape is {X.shape}"
        )
    if np.isnan(X).any():
        row, column = np.argwhere(np.isnan(X))[0]
        raise ValueError(
            f"{given} has NaN in row {row}, column {column}; give 0 for patterns that cannot be "
            "compared"
        )
    if X.min() < 0 or X.max() > 1:
        raise ValueError(
            f"{given} must hold probabilities between 0 and 1, got {X.min():g} to {X.max():g}"
        )
    if square:
        _refuse_no_similarities(X, given)
    return X


def _refuse_no_similarities(X: NDArray[np.floating], given: str) -> None:
    """Refuse distances, and a matrix in which a pair has two probabilities."""
    if X.diagonal().max() <= _ROUNDING < X.max():
        raise ValueError(
            f"{given} has a diagonal of 0 and larger values beside it, as distances have; give "
            "probabilities that two patterns are one form, such as 1 - D"
        )
    unlike = np.abs(X - X.T) > _ROUNDING
    if unlike.any():
        row, column = np.argwhere(unlike)[0]
        raise ValueError(
            f"{given} must be symmetric, but has {X[row, column]:g} in row {row}, column {column}, "
            f"and {X[column, row]:g} in row {column}, column {row}; give their mean, (P + P.T) / 2"
        )


def blocks_of(rows: Rows, size: int) -> list[Rows]:
    """Return rows cut into blocks."""
    return [rows[start : start + size] for start in range(0, len(rows), size)]


class PairProbabilities:
    """Probabilities of pairs by any measure, made from the patterns each time.

    Parameters
    ----------
    measure : PatternProbabilities
    X : ndarray of shape (n_patterns, n_points)

    Attributes
    ----------
    known : KnownForms or None
        What references say of the patterns; None without any.
    """

    def __init__(self, measure: PatternProbabilities, X: NDArray[np.floating]) -> None:
        self._measure = measure
        self._X = X
        self.known: KnownForms | None = None

    def probability(self, first: Rows, second: Rows | None = None) -> NDArray[np.float64]:
        """Return the matrix of probabilities between rows; `second` is `first` by default."""
        found = self.by_comparison(first, second)
        return found if self.known is None else self.known.told(found, first, second)

    def by_comparison(self, first: Rows, second: Rows | None = None) -> NDArray[np.float64]:
        """Return the same without what references say."""
        return self._measure(self._X[first], None if second is None else self._X[second])


class EmbeddedPairProbabilities(PairProbabilities):
    """Probabilities of pairs from vectors, made of all patterns once.

    Parameters
    ----------
    measure : PatternProbabilities
        One that ends in an embedder with a comparison, as `PairwisePhaseClassifier` is.
    X : ndarray of shape (n_patterns, n_points)
    block : int
        Patterns that are embedded together.
    track : callable
    """

    def __init__(
        self, measure: PatternProbabilities, X: NDArray[np.floating], block: int, track: Track
    ) -> None:
        super().__init__(measure, X)
        classifier = measure.measure
        self._classifier = classifier
        n_patterns, n_points = X.shape
        parts = []
        self._measured = np.empty((n_patterns, -(-n_points // 8)), dtype=np.uint8)
        self._without_features = np.empty(n_patterns, dtype=bool)
        n_measured = np.empty(n_patterns, dtype=np.intp)
        for rows in track(blocks_of(np.arange(n_patterns), block), "embedding"):
            patterns = measure.treated(X[rows])
            vectors = classifier.embedder_.transform(patterns)
            length = np.sqrt(np.square(vectors, dtype=np.float64).sum(axis=1, keepdims=True))
            if classifier.metric_ == "cosine":
                # of unit vectors the nearest are those with the largest cosine
                vectors = vectors / np.where(length > 0, length, 1)
            parts.append(np.asarray(vectors, dtype=np.float32))
            flat = np.nanmax(patterns, axis=1) == np.nanmin(patterns, axis=1)
            self._without_features[rows] = flat | (
                (length[:, 0] == 0) & (classifier.metric_ == "cosine")
            )
            measured = ~np.isnan(patterns)
            n_measured[rows] = measured.sum(axis=1)
            self._measured[rows] = np.packbits(measured, axis=1)
        self._vectors = np.concatenate(parts)
        scorer = classifier._scorer()
        step = scorer.step or scorer.min_overlap or 1.0
        self._needed = max(1.0, min(scorer.min_overlap / step, n_points)) - 1e-3
        # two patterns with too little in common are never both longer than this
        self._short = 2 * n_measured < n_points + self._needed

    def nearest(
        self, rows: Rows, n_neighbours: int, block: int, track: Track
    ) -> tuple[Rows, NDArray[np.float64]]:
        """Find the nearest neighbours of each of some rows among them, by exact search.

        Parameters
        ----------
        rows : ndarray of shape (n_rows,)
        n_neighbours : int
        block : int
            Rows that are searched for together.
        track : callable

        Returns
        -------
        neighbours : ndarray of shape (n_rows, at most n_neighbours)
            Positions in `rows`, the nearest first, the row itself left out.
        probability : ndarray of the same shape
            That both are one form.
        """
        n_neighbours = min(n_neighbours, len(rows) - 1)
        vectors = self._vectors[rows]
        search = NearestNeighbors(n_neighbors=n_neighbours + 1, algorithm="brute").fit(vectors)
        neighbours = np.empty((len(rows), n_neighbours), dtype=np.intp)
        probability = np.empty(neighbours.shape)
        for some in track(blocks_of(np.arange(len(rows)), block), "comparing"):
            distance, found = search.kneighbors(vectors[some])
            itself = found == some[:, None]
            # among more copies of a pattern than are asked for it may be missing itself
            itself[~itself.any(axis=1), -1] = True
            neighbours[some] = found[~itself].reshape(len(some), -1)
            distance = distance[~itself].reshape(len(some), -1)
            similarity = (
                1 - distance**2 / 2 if self._classifier.metric_ == "cosine" else 1 / (1 + distance)
            )
            probability[some] = self._classifier.proba_by_first_look(similarity)
            probability[some] *= self._comparable_pairs(rows[some], rows[neighbours[some]])
        probability = probability
        if self.known is not None:
            probability = self.known.told(probability, rows, rows[neighbours])
        return neighbours, probability

    def by_comparison(self, first: Rows, second: Rows | None = None) -> NDArray[np.float64]:
        """Return the same without what references say, from the vectors."""
        second = first if second is None else second
        a, b = (EmbeddedPatterns.from_array(self._vectors[rows]) for rows in (first, second))
        probability = self._classifier.proba_by_first_look(self._classifier._compare(a, b))
        probability[self._without_features[first]] = 0
        probability[:, self._without_features[second]] = 0
        if self._short[first].any() or self._short[second].any():
            measured = (self._unpacked(rows).astype(np.float32) for rows in (first, second))
            in_common = next(measured) @ next(measured).T
            probability[in_common < self._needed] = 0
        return probability

    def _comparable_pairs(self, rows: Rows, neighbours: Rows) -> NDArray[np.bool_]:
        """Return whether each row has enough in common with its neighbours, and both have lines."""
        flat, short = self._without_features, self._short
        comparable = ~(flat[rows][:, None] | flat[neighbours])
        i, j = np.nonzero(short[rows][:, None] | short[neighbours])
        for some in blocks_of(np.arange(len(i)), max(1, _BITS_AT_A_TIME // self._X.shape[1])):
            first, second = rows[i[some]], neighbours[i[some], j[some]]
            both: Any = self._measured[first] & self._measured[second]
            in_common = np.unpackbits(both, axis=1).sum(axis=1)
            comparable[i[some], j[some]] &= in_common >= self._needed
        return comparable

    def _unpacked(self, rows: Rows) -> NDArray[np.uint8]:
        return np.unpackbits(self._measured[rows], axis=1)
