"""What a person knows about pairs of patterns, in one format."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_consistent_length

from ...patterns._connected_pairs import first_contradiction, merge_pairs
from ...patterns.pairs import (
    as_labels,
    check_pairs,
    condensed_pairs,
    encode_phases,
    missing_labels,
)


@dataclass(frozen=True)
class JudgedPairs:
    """Pairs of patterns that a person knows to be the same form, or not.

    Make one with `from_labels`, `from_answers` or `from_relations`.

    Parameters
    ----------
    pairs : ndarray of shape (n_pairs, 2)
        Row numbers.
    same : ndarray of shape (n_pairs,), bool
        Whether both patterns are the same form.
    weight : float or ndarray of shape (n_pairs,), default=1.0
        How much each pair counts as evidence: 1 where each was judged by itself, less where pairs
        follow from labels of fewer patterns.

    Examples
    --------
    >>> judged = JudgedPairs.from_relations([[0, 1]], [[1, 2]], n_patterns=3)
    >>> judged.pairs.tolist(), judged.same.tolist()
    ([[0, 1], [1, 2]], [True, False])
    """

    pairs: NDArray[np.intp]
    same: NDArray[np.bool_]
    weight: float | NDArray[np.float64] = 1.0

    @classmethod
    def from_labels(cls, y: Any) -> Self:
        """Take all pairs of the patterns whose form is known.

        Parameters
        ----------
        y : array-like of shape (n_patterns,) or (n_patterns, 2)
            The form of each pattern, or compound and form; None or NaN where not known.

        Returns
        -------
        JudgedPairs
            Each pair weighs patterns over pairs, at most 1: n patterns tell about n independent
            things.

        Raises
        ------
        ValueError
            If fewer than two patterns are labelled, or a label is blank.

        Examples
        --------
        >>> judged = JudgedPairs.from_labels(["I", None, "I", "II"])
        >>> judged.pairs.tolist(), judged.same.tolist(), judged.weight
        ([[0, 2], [0, 3], [2, 3]], [True, False, False], 1.0)
        """
        labels = as_labels(y)
        missing = missing_labels(labels)
        rows = np.flatnonzero(~(missing if missing.ndim == 1 else missing.any(axis=1)))
        if len(rows) < 2:
            raise ValueError(
                f"{len(rows)} pattern(s) are labelled; two at least are needed to learn from"
            )
        phases, _ = encode_phases(labels[rows])
        among = condensed_pairs(len(rows))
        same = phases[among[:, 0]] == phases[among[:, 1]]
        return cls(rows[among], same)._weighed()

    @classmethod
    def from_answers(cls, pairs: ArrayLike, same: ArrayLike, n_patterns: int) -> Self:
        """Take pairs with an answer each.

        Parameters
        ----------
        pairs : array-like of shape (n_pairs, 2), int
            Row numbers.
        same : array-like of shape (n_pairs,), bool
        n_patterns : int

        Returns
        -------
        JudgedPairs
            A pair that was given twice, in either order, is there once.

        Raises
        ------
        ValueError
            If a row does not exist, a pattern is paired with itself, an answer is neither yes nor
            no, a pair has both, or a pair is said to be different that others make the same.

        Examples
        --------
        >>> JudgedPairs.from_answers([[0, 1], [1, 2], [1, 0]], [True, False, True], 3).pairs
        array([[0, 1],
               [1, 2]])
        """
        rows, answers = check_pairs(pairs, n_patterns), np.asarray(same)
        check_consistent_length(rows, answers)
        if answers.dtype.kind not in "biuf" or not np.isin(answers, (0, 1)).all():
            raise ValueError("same must be True or False for each of the pairs")
        given: dict[tuple[int, int], bool] = {}
        kept = []
        for place, (first, second) in enumerate(np.sort(rows, axis=1).tolist()):
            answer = bool(answers[place])
            if first == second:
                raise ValueError(f"pattern {first} is paired with itself; leave pair {place} out")
            if (first, second) not in given:
                kept.append(place)
            if given.setdefault((first, second), answer) != answer:
                raise ValueError(
                    f"patterns {first} and {second} are said to be different and to be the same "
                    "form; leave one of the two answers out"
                )
        judged = cls(rows[kept], answers[kept].astype(bool))
        part = merge_pairs(judged.same_pairs, n_patterns)
        if (pair := first_contradiction(part, judged.different_pairs)) is not None:
            raise ValueError(
                f"patterns {pair[0]} and {pair[1]} are said to be different, but other answers "
                "make them the same form; leave one of these answers out"
            )
        return judged

    @classmethod
    def from_relations(
        cls, same: ArrayLike | None, different: ArrayLike | None, n_patterns: int
    ) -> Self:
        """Take pairs that are the same form, and pairs that are not.

        Parameters
        ----------
        same, different : array-like of shape (n_pairs, 2), int, or None
            Row numbers.
        n_patterns : int

        Returns
        -------
        JudgedPairs
            As from `from_answers`, but the pairs weigh together as much as the patterns in them.

        Raises
        ------
        ValueError
            As by `from_answers`.
        """
        nothing = np.empty((0, 2), dtype=np.intp)
        parts = [
            nothing if pairs is None else check_pairs(pairs, n_patterns)
            for pairs in (same, different)
        ]
        answers = np.repeat([True, False], [len(part) for part in parts])
        judged = cls.from_answers(np.concatenate(parts), answers, n_patterns)
        return replace(judged, weight=len(judged.rows) / max(len(judged), 1))

    def among(self, kept: NDArray[np.bool_]) -> Self:
        """Return some of the pairs that follow from labels, weighed as `from_labels` does.

        Parameters
        ----------
        kept : ndarray of shape (n_pairs,), bool

        Returns
        -------
        JudgedPairs

        Examples
        --------
        >>> judged = JudgedPairs.from_labels(["I", "I", "II", "II"])
        >>> some = judged.among(np.array([True, False, False, True, False, True]))
        >>> some.pairs.tolist(), some.weight
        ([[0, 1], [1, 2], [2, 3]], 1.0)
        """
        return replace(self, pairs=self.pairs[kept], same=self.same[kept])._weighed()

    def _weighed(self) -> Self:
        return replace(self, weight=min(1.0, len(self.rows) / max(len(self), 1)))

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def same_pairs(self) -> NDArray[np.intp]:
        """The pairs that are the same form."""
        return self.pairs[self.same]

    @property
    def different_pairs(self) -> NDArray[np.intp]:
        """The pairs that are not."""
        return self.pairs[~self.same]

    @property
    def rows(self) -> NDArray[np.intp]:
        """The patterns in them, ascending."""
        return np.unique(self.pairs)
