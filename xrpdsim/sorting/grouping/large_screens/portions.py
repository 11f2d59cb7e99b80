"""Large screens joined portion by portion, for measures that make no short vectors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..linkage import average_linkage, cut
from ..pair_probabilities import PairProbabilities, Rows, Track, blocks_of

# Members of a group that others are compared with: as many as settle a mean of probabilities to a
# tenth.
N_REPRESENTATIVES = 12
# Probabilities that are held at once.
MOST_PROBABILITIES = 20_000_000


def join_portions(
    source: PairProbabilities,
    rows: Rows,
    corrected: NDArray[np.bool_],
    min_probability: float,
    block: int,
    track: Track,
) -> tuple[Rows, Rows]:
    """Join patterns to groups so that never more than a portion is compared with all others.

    The first portion is sorted by average linkage. Patterns of later ones join the group whose
    representatives are, in the mean, most probably the same form, if that mean is at least
    `min_probability`; those that join none are sorted among themselves, and with those left over
    from portions before.

    Parameters
    ----------
    source : PairProbabilities
    rows : ndarray of shape (n_rows,)
        Rows to be sorted.
    corrected : ndarray of shape (n_rows,), bool
        Patterns that corrections name, which stay by themselves.
    min_probability : float
        Mean probability from which patterns belong together.
    block : int
        Patterns of a portion.
    track : callable

    Returns
    -------
    centre_of : ndarray of shape (n_rows,)
        A row that stands for the group of each pattern; the same row for all of a group.
    open_centres : ndarray
        Such rows of groups that may belong together.
    """
    label = np.full(rows.max(initial=-1) + 1, -1, dtype=np.intp)
    representatives: list[Rows] = []
    left_over = np.empty(0, dtype=np.intp)
    for some in track(blocks_of(rows[~corrected], block), "sorting"):
        alone = _join(some, representatives, label, source, min_probability)
        # those left over for long enough belong nowhere, and make room
        left_over = np.concatenate([left_over, alone])[-max(len(some), len(alone)) :]
        if len(left_over) < 2:
            continue
        found = cut(average_linkage(source.probability(left_over)), min_probability)
        for group in range(found.max() + 1):
            members = left_over[found == group]
            label[members] = len(representatives)
            representatives.append(spread(members, N_REPRESENTATIVES))
        left_over = left_over[found < 0]
        _join(left_over, representatives, label, source, min_probability)
        left_over = left_over[label[left_over] < 0]
    first = np.array([members[0] for members in representatives], dtype=np.intp)
    grouped = label[rows] >= 0
    centre_of = rows.copy()
    centre_of[grouped] = first[label[rows[grouped]]]
    return centre_of, np.concatenate([first, rows[corrected]])


def mean_probability(
    rows: Rows, representatives: list[Rows], source: PairProbabilities
) -> NDArray[np.floating]:
    """Return the mean probability of each row with the representatives of each group."""
    starts = np.cumsum([0, *map(len, representatives[:-1])])
    with_all = source.probability(rows, np.concatenate(representatives))
    return np.add.reduceat(with_all, starts, axis=1) / [len(group) for group in representatives]


def spread(members: Rows, at_most: int) -> Rows:
    """Return at most so many members, evenly chosen."""
    chosen = np.linspace(0, len(members) - 1, min(len(members), at_most)).astype(np.intp)
    return members[chosen]


def _join(
    rows: Rows,
    representatives: list[Rows],
    label: NDArray[np.intp],
    source: PairProbabilities,
    min_probability: float,
) -> Rows:
    """Label the rows that belong to a group; return the others."""
    if not representatives or not len(rows):
        return rows
    mean = mean_probability(rows, representatives, source)
    joins = mean.max(axis=1) >= min_probability
    label[rows[joins]] = mean[joins].argmax(axis=1)
    return rows[~joins]
