"""Leave two compounds out: the cross-validation of pair estimators."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import BaseCrossValidator
from sklearn.utils import indexable

from .._support._sklearn import check_random_state, num_samples
from .pairs import encode_phases


class LeaveTwoGroupsOut(BaseCrossValidator):
    """Test on the patterns of two compounds, train on those of all others.

    Every pair of compounds is a test set once: 120 folds for 16 compounds. One compound alone would
    often hold a single form, and so no pair of different forms; two always do.

    Folds come in an order that uses compounds evenly: after any number of folds, no compound was
    tested more than once more often than another. With an even number of compounds the folds are
    the rounds of a round-robin tournament (the circle method), each round testing every compound
    once: of 16 compounds, the first 8 folds. With an odd number, where no round can do that, they
    are Hamiltonian cycles through all compounds (Walecki's decomposition), of each every second
    edge first.

    Parameters
    ----------
    max_splits : int, optional
        Use only the first so many folds; all by default, or where there are fewer.
    shuffle : bool, default=False
        Whether to put the compounds into random order first. Otherwise they are sorted.
    random_state : int, RandomState instance or None, default=None
        Seed of the shuffling. As in scikit-learn's own splitters, an int gives the same folds in
        every call of `split`; None and a RandomState instance give other ones each time.

    See Also
    --------
    sklearn.model_selection.LeavePGroupsOut : The same folds, in another order and unchecked.

    Notes
    -----
    Whether the *training* patterns suffice is for the estimator to say: with three compounds only
    one is left to train on, which may have a single form.

    References
    ----------
    Alspach, B. (2008). The wonderful Walecki construction. Bulletin of the Institute of
    Combinatorics and its Applications, 52, 7-20.

    Examples
    --------
    >>> y = [["a", "I"], ["a", "I"], ["b", "I"], ["b", "II"], ["c", "I"], ["c", "I"], ["d", "I"]]
    >>> X = [[float(row)] for row in range(7)]
    >>> cv = LeaveTwoGroupsOut(max_splits=2)
    >>> for train, test in cv.split(X, y):
    ...     print(train, test)
    [4 5 6] [0 1 2 3]
    [0 1 2 3] [4 5 6]
    >>> cv.test_groups(X, y)
    [('a', 'b'), ('c', 'd')]
    """

    # Where metadata routing is on, `groups` reaches `split` without a request by the user.
    __metadata_request__split = {"groups": True}  # noqa: RUF012

    def __init__(
        self,
        max_splits: int | None = None,
        shuffle: bool = False,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.max_splits = max_splits
        self.shuffle = shuffle
        self.random_state = random_state

    def split(
        self, X: Any, y: Any = None, groups: ArrayLike | None = None
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Return the training and test rows of each fold.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            Only its length is used.
        y : array-like of shape (n_patterns,) or (n_patterns, 2), optional
            Labels that are unique over all compounds, or the columns compound and form.
        groups : array-like of shape (n_patterns,), optional
            The compound of each pattern. By default the compound column of a two-column `y`.

        Returns
        -------
        iterator of (train, test)
            Two integer arrays of row numbers, ascending.

        Raises
        ------
        ValueError
            At once, not at the first fold: if compounds are not known or fewer than three, if one
            form lies in two compounds, or if a test fold has no two patterns of one form.
        """
        X, y, groups = indexable(X, y, groups)
        labels, compounds, phases = _compounds(num_samples(X), y, groups)
        folds = self._folds(len(labels))
        if phases is not None:
            _refuse_folds_without_positives(folds, labels, compounds, phases)
        return _rows(folds, compounds)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: ArrayLike | None = None) -> int:
        """Return the number of folds.

        Parameters
        ----------
        X : object
            Ignored.
        y : array-like of shape (n_patterns, 2), optional
            The columns compound and form; not needed with `groups`.
        groups : array-like of shape (n_patterns,), optional
            The compound of each pattern.

        Returns
        -------
        int
        """
        known = y if groups is None else groups
        n_patterns = 0 if known is None else num_samples(known)
        return len(self._folds(len(_compounds(n_patterns, y, groups)[0])))

    def test_groups(
        self, X: Any = None, y: Any = None, groups: ArrayLike | None = None
    ) -> list[tuple[Any, Any]]:
        """Return the two compounds that each fold tests, in the order of `split`.

        Parameters
        ----------
        X : object
            Ignored.
        y : array-like of shape (n_patterns, 2), optional
            The columns compound and form; not needed with `groups`.
        groups : array-like of shape (n_patterns,), optional
            The compound of each pattern.

        Returns
        -------
        list of tuple
            The labels as they were given. With ``shuffle=True`` they belong to the folds of
            `split` only if `random_state` is an int.
        """
        known = y if groups is None else groups
        n_patterns = 0 if known is None else num_samples(known)
        labels = _compounds(n_patterns, y, groups)[0]
        return [(labels[first], labels[second]) for first, second in self._folds(len(labels))]

    def _folds(self, n_groups: int) -> list[tuple[int, int]]:
        if self.max_splits is not None and not (
            isinstance(self.max_splits, Integral) and self.max_splits >= 1
        ):
            raise ValueError(
                f"max_splits={self.max_splits!r} must be None or an integer of 1 or more"
            )
        if self.random_state is not None and not self.shuffle:
            raise ValueError("random_state has no effect without shuffling: set shuffle=True too")
        if n_groups < 3:
            raise ValueError(
                f"leaving two compounds out needs at least three of them, got {n_groups}: two to "
                "test on and one or more to train on"
            )
        order = np.arange(n_groups)
        if self.shuffle:
            order = check_random_state(self.random_state).permutation(n_groups)
        folds = islice(_even_pairs(n_groups), self.max_splits)
        return [tuple(sorted((int(order[i]), int(order[j])))) for i, j in folds]  # type: ignore[misc]


def _even_pairs(n: int) -> Iterator[tuple[int, int]]:
    """Yield all pairs of `n` items so that every start of the sequence uses items evenly."""
    # Both constructions turn the items 1 to n - 1 like a wheel around item 0.
    rim = n - 1
    if n % 2 == 0:
        for turn in range(rim):
            yield 0, 1 + turn
            for step in range(1, n // 2):
                yield 1 + (turn + step) % rim, 1 + (turn - step) % rim
        return
    zigzag = [(step + 1) // 2 * (1 if step % 2 else -1) for step in range(rim)]
    for turn in range(rim // 2):
        cycle = [0, *(1 + (turn + offset) % rim for offset in zigzag), 0]
        edges = list(pairwise(cycle))
        yield from edges[0::2]
        yield from edges[1::2]


def _compounds(
    n_patterns: int, y: Any, groups: ArrayLike | None
) -> tuple[list[Any], NDArray[np.intp], NDArray[np.intp] | None]:
    """Return the sorted compound labels, each row's number among them, and its phase if known."""
    if y is None:
        if groups is None:
            raise ValueError(_COMPOUNDS_UNKNOWN)
        compounds = encode_phases(np.arange(n_patterns), groups)[1]
        phases = None
    else:
        phases, compounds = encode_phases(y, groups)
    if compounds is None:
        raise ValueError(_COMPOUNDS_UNKNOWN)
    column = (
        np.asarray(y, dtype=object)[:, 0] if groups is None else np.asarray(groups, dtype=object)
    )
    labels = column[np.unique(compounds, return_index=True)[1]].tolist()
    return labels, compounds, phases


_COMPOUNDS_UNKNOWN = (
    "the compound of each pattern is not known: give groups=, or y as the two columns compound and "
    "form"
)


def _refuse_folds_without_positives(
    folds: list[tuple[int, int]],
    labels: list[Any],
    compounds: NDArray[np.intp],
    phases: NDArray[np.intp],
) -> None:
    # Pairs of different forms need no check: a form lies in one compound, so two compounds have
    # at least two forms.
    repeated = np.bincount(phases)[phases] > 1
    has_positives = np.bincount(compounds, weights=repeated) > 0
    for number, (first, second) in enumerate(folds):
        if not (has_positives[first] or has_positives[second]):
            raise ValueError(
                f"fold {number} tests {labels[first]!r} and {labels[second]!r}, which have only "
                "one pattern of each form, so no pair of the same form to score. Add patterns of "
                "them, or leave one of the two compounds out"
            )


def _rows(
    folds: list[tuple[int, int]], compounds: NDArray[np.intp]
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    for first, second in folds:
        tested = (compounds == first) | (compounds == second)
        yield np.flatnonzero(~tested), np.flatnonzero(tested)
