"""Pairs that a person knows: what follows from them, and distances that respect them."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...patterns._connected_pairs import first_contradiction, merge_pairs

# A distance that keeps two patterns apart: no mean over pairs brings it below a cut.
_NEVER = 1e9


def known_among(
    rows: NDArray[np.intp], same: NDArray[np.intp], different: NDArray[np.intp], n_patterns: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return what known pairs say of some rows, chains over other rows included.

    Parameters
    ----------
    rows : ndarray of shape (n_rows,)
    same, different : ndarray of shape (n_pairs, 2)
        Row numbers of all patterns.
    n_patterns : int

    Returns
    -------
    same, different : ndarray of shape (n_pairs, 2)
        Positions in `rows`.

    Examples
    --------
    >>> same, different = np.array([[0, 1], [1, 2]]), np.array([[1, 3]])
    >>> among = known_among(np.array([0, 2, 3]), same, different, 4)
    >>> among[0].tolist(), among[1].tolist()
    ([[0, 1]], [[0, 2]])
    """
    part = merge_pairs(same, n_patterns)
    members: dict[int, list[int]] = {}
    for place, row in enumerate(rows.tolist()):
        members.setdefault(int(part[row]), []).append(place)
    together = [pair for places in members.values() for pair in pairwise(places)]
    apart = [
        (members[a][0], members[b][0])
        for a, b in part[different].reshape(-1, 2).tolist()
        if a in members and b in members
    ]
    return _pairs(together), _pairs(apart)


def check_known_pairs(
    same: NDArray[np.intp], different: NDArray[np.intp], n_patterns: int
) -> NDArray[np.intp]:
    """Return a number for each pattern, as `merge_pairs`; refuse pairs that contradict each other.

    Parameters
    ----------
    same, different : ndarray of shape (n_pairs, 2)
    n_patterns : int

    Returns
    -------
    ndarray of shape (n_patterns,)

    Raises
    ------
    ValueError
        If a pair is said to be different that other pairs make the same.
    """
    part = merge_pairs(same, n_patterns)
    if (pair := first_contradiction(part, different)) is not None:
        raise ValueError(
            f"patterns {pair[0]} and {pair[1]} are said to be different, but other corrections "
            "make them the same"
        )
    return part


def pairs_of_groups(
    numbers: ArrayLike | None, n_patterns: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the pairs that keep groups together which a person confirmed, and apart.

    Parameters
    ----------
    numbers : array-like of shape (n_patterns,), int, or None
        The group of each pattern; -1 where none was confirmed.
    n_patterns : int

    Returns
    -------
    same, different : ndarray of shape (n_pairs, 2)

    Raises
    ------
    ValueError
        If there is not a number for each pattern.

    Examples
    --------
    >>> same, different = pairs_of_groups([5, -1, 5, 7], 4)
    >>> same.tolist(), different.tolist()
    ([[0, 2]], [[0, 3]])
    """
    if numbers is None:
        return _pairs([]), _pairs([])
    given = np.asarray(numbers)
    if given.shape != (n_patterns,) or given.dtype.kind not in "iu":
        raise ValueError(
            f"confirmed must hold a whole number for each of {n_patterns} patterns, got "
            f"{given.dtype} of shape {given.shape}"
        )
    groups = [np.flatnonzero(given == number).tolist() for number in np.unique(given[given >= 0])]
    together = [pair for members in groups for pair in pairwise(members)]
    return _pairs(together), _pairs(list(combinations([members[0] for members in groups], 2)))


def check_set_aside(
    rows: ArrayLike | None,
    same: NDArray[np.intp],
    together: NDArray[np.intp],
    n_patterns: int,
) -> NDArray[np.intp]:
    """Return the rows that a person knows to belong to no group, checked.

    Parameters
    ----------
    rows : array-like of int, or None
    same : ndarray of shape (n_pairs, 2)
        Pairs that are one form.
    together : ndarray of shape (n_pairs, 2)
        Pairs of confirmed groups, as from `pairs_of_groups`.
    n_patterns : int

    Returns
    -------
    ndarray of shape (n_rows,)
        Ascending.

    Raises
    ------
    ValueError
        If a row does not exist, or a person said that it belongs to a group.

    Examples
    --------
    >>> nothing = np.empty((0, 2), dtype=np.intp)
    >>> check_set_aside([3, 1], nothing, nothing, 4)
    array([1, 3])
    """
    given = np.unique(np.asarray([] if rows is None else rows))
    if given.size and given.dtype.kind not in "iu":
        raise ValueError(f"set_aside must hold row numbers, got {given.dtype}")
    wrong = given[(given < 0) | (given >= n_patterns)]
    if wrong.size:
        raise ValueError(f"set_aside has row {wrong[0]}, but X has rows 0 to {n_patterns - 1}")
    for pairs, what in ((same, "a pair in same"), (together, "confirmed")):
        paired = np.intersect1d(given, pairs)
        if paired.size:
            raise ValueError(
                f"pattern {int(paired[0])} is set aside, but {what} puts it into a group; leave "
                "one of them out"
            )
    return given.astype(np.intp)


def impose(
    distance: NDArray[np.floating],
    same: NDArray[np.intp] | None,
    different: NDArray[np.intp] | None,
) -> None:
    """Change distances so that average linkage keeps to known pairs.

    Parameters
    ----------
    distance : ndarray of shape (n_patterns, n_patterns)
        Changed in place.
    same, different : ndarray of shape (n_pairs, 2) or None

    Raises
    ------
    ValueError
        If a pair is said to be different that other pairs make the same.
    """
    nothing = np.empty((0, 2), dtype=np.intp)
    different = nothing if different is None else different
    part = check_known_pairs(nothing if same is None else same, different, len(distance))
    if same is not None:
        # Nearer than all other patterns can be, so that these are merged before them.
        np.maximum(distance, 1e-9, out=distance)
        distance[part[:, None] == part] = 0
    for first, second in part[different]:
        rows, columns = np.flatnonzero(part == first), np.flatnonzero(part == second)
        distance[np.ix_(rows, columns)] = distance[np.ix_(columns, rows)] = _NEVER


def keep_apart(distance: NDArray[np.floating], forms: NDArray[np.intp]) -> None:
    """Change distances so that no group holds patterns of two known forms.

    Parameters
    ----------
    distance : ndarray of shape (n_patterns, n_patterns)
        Changed in place.
    forms : ndarray of shape (n_patterns,)
        -1 where none is known.
    """
    known = forms >= 0
    distance[np.outer(known, known) & (forms[:, None] != forms)] = _NEVER


def _pairs(pairs: list[tuple[int, int]]) -> NDArray[np.intp]:
    return np.array(pairs, dtype=np.intp).reshape(-1, 2)
