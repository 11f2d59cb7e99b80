"""Which compounds an embedder holds out to validate itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._support._warnings import warn_user

N_DRAWS = 100


def draw_validation(
    phases: NDArray[np.intp],
    compounds: NDArray[np.intp] | None,
    n_groups: int,
    random: np.random.Generator,
) -> NDArray[np.intp]:
    """Draw compounds to validate on, or forms, with a warning, where no compounds are known.

    Parameters
    ----------
    phases, compounds : ndarray of shape (n_patterns,)
        As from `xrpdsim.patterns.encode_phases`.
    n_groups : int
    random : Generator

    Returns
    -------
    ndarray of shape (n_rows,)
        As from `draw_validation_rows`.
    """
    if compounds is not None:
        return draw_validation_rows(phases, compounds, n_groups, random)
    if n_groups:
        warn_user(
            f"no compounds are known, so {n_groups} forms are held out for validation instead of "
            "compounds; give groups, or y as the two columns compound and form"
        )
    return draw_validation_rows(phases, phases, n_groups, random, unit="forms")


def draw_validation_rows(
    phases: NDArray[np.intp],
    groups: NDArray[np.intp],
    n_groups: int,
    random: np.random.Generator,
    *,
    unit: str = "compounds",
) -> NDArray[np.intp]:
    """Draw groups at random and return the rows that belong to them.

    A draw that leaves either side without a pair of one form or a pair of two is drawn again.

    Parameters
    ----------
    phases, groups : ndarray of shape (n_patterns,)
        As from `xrpdsim.patterns.encode_phases`.
    n_groups : int
        How many to hold out; none if 0.
    random : Generator
    unit : str
        What a group is, for messages.

    Returns
    -------
    ndarray of shape (n_rows,)
        Rows held out, increasing.

    Raises
    ------
    ValueError
        If there are too few groups, or no draw leaves both kinds of pairs on both sides.

    Examples
    --------
    >>> phases = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    >>> rows = draw_validation_rows(phases, phases, 2, np.random.default_rng(0))
    >>> len(rows)
    4
    """
    _refuse_one_kind(phases, "training")
    if n_groups == 0:
        return np.empty(0, dtype=np.intp)
    there = np.unique(groups)
    if len(there) <= n_groups:
        raise ValueError(
            f"n_validation_groups={n_groups} {unit} are to be held out for validation, but there "
            f"are only {len(there)}, and training needs some as well; give more of them, or lower "
            "n_validation_groups (0 trains without validation)"
        )
    for held_out in _draws(groups, there, n_groups, random):
        if leaves_both_kinds(phases, held_out):
            return np.flatnonzero(held_out)
    raise ValueError(
        f"none of {N_DRAWS} random draws of {n_groups} out of {len(there)} {unit} left, for both "
        "training and validation, two patterns of one form and patterns of two forms; change "
        "n_validation_groups (0 trains without validation)"
    )


def groups_to_spare(phases: NDArray[np.intp], groups: NDArray[np.intp], most: int) -> int:
    """Return how many groups can be held out, 0 if none: so many that one draw in ten is kept.

    Parameters
    ----------
    phases, groups : ndarray of shape (n_patterns,)
        As from `xrpdsim.patterns.encode_phases`.
    most : int
        So many are enough.

    Returns
    -------
    int

    Examples
    --------
    >>> phases = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    >>> groups_to_spare(phases, phases // 2, 3)
    1
    """
    there = np.unique(groups)
    for n_groups in range(min(most, len(there) - 1), 0, -1):
        draws = _draws(groups, there, n_groups, np.random.default_rng(0))
        kept = sum(leaves_both_kinds(phases, held_out) for held_out in draws)
        if 10 * kept >= N_DRAWS:
            return n_groups
    return 0


def labels_of_groups(labels: Any, rows: NDArray[np.intp]) -> NDArray[Any]:
    """Return the different labels among `rows`, in order of appearance; of two columns the first.

    Examples
    --------
    >>> labels_of_groups(["b", "a", "b", "c"], np.array([0, 1, 2])).tolist()
    ['b', 'a']
    """
    return np.array(list(dict.fromkeys(group_labels(labels)[rows].tolist())), dtype=object)


def group_labels(labels: Any) -> NDArray[np.object_]:
    """Return the label of each pattern, of two columns the first.

    Examples
    --------
    >>> group_labels([["aspirin", "I"], ["caffeine", "I"]]).tolist()
    ['aspirin', 'caffeine']
    """
    array = np.asarray(labels, dtype=object)
    return array[:, 0] if array.ndim == 2 else array


def leaves_both_kinds(phases: NDArray[np.intp], held_out: NDArray[np.bool_]) -> bool:
    """Return whether pairs of one form and of two are held out, and left.

    Examples
    --------
    >>> phases = np.array([0, 0, 1, 2, 2, 3])
    >>> leaves_both_kinds(phases, phases < 2), leaves_both_kinds(phases, phases < 1)
    (True, False)
    """
    return _has_both_kinds(phases[held_out]) and _has_both_kinds(phases[~held_out])


def _draws(
    groups: NDArray[np.intp], there: NDArray[np.intp], n_groups: int, random: np.random.Generator
) -> Iterator[NDArray[np.bool_]]:
    for _ in range(N_DRAWS):
        yield np.isin(groups, random.choice(there, n_groups, replace=False))


def _has_both_kinds(phases: NDArray[np.intp]) -> bool:
    _, counts = np.unique(phases, return_counts=True)
    return len(counts) > 1 and bool((counts > 1).any())


def _refuse_one_kind(phases: NDArray[np.intp], what: str) -> None:
    _, counts = np.unique(phases, return_counts=True)
    if len(counts) < 2:
        raise ValueError(
            f"all patterns are of one form (one class); {what} needs at least two forms to tell "
            "apart"
        )
    if (counts < 2).all():
        raise ValueError(
            f"no two patterns are of one form; {what} needs at least one form with two patterns"
        )
