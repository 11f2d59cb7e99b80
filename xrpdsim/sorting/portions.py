"""Large screens made small portion by portion, for measures that have no short vectors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .grouping import average_linkage, cut
from .pair_source import PairSource, Rows, Track, blocks_of

# Members of a group that others are compared with: as many as settle a mean of probabilities to a
# tenth.
N_DELEGATES = 12
# Probabilities that are held at once.
MOST_PROBABILITIES = 20_000_000


def join_portions(
    source: PairSource,
    rows: Rows,
    apart: NDArray[np.bool_],
    threshold: float,
    block: int,
    track: Track,
) -> tuple[Rows, Rows]:
    """Join patterns to groups so that never more than a portion is compared with all others.

    The first portion is sorted by average linkage. Patterns of later ones join the group whose
    delegates are, in the mean, most probably the same form, if that mean reaches the threshold;
    those that join none are sorted among themselves, and with those left over from portions before.

    Parameters
    ----------
    source : PairSource
    rows : ndarray of shape (n_rows,)
        Rows to be sorted.
    apart : ndarray of shape (n_rows,), bool
        Patterns that stay by themselves.
    threshold : float
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
    delegates: list[Rows] = []
    left_over = np.empty(0, dtype=np.intp)
    for some in track(blocks_of(rows[~apart], block), "sorting"):
        alone = _join(some, delegates, label, source, threshold)
        # those left over for long enough belong nowhere, and make room
        left_over = np.concatenate([left_over, alone])[-max(len(some), len(alone)) :]
        if len(left_over) < 2:
            continue
        found = cut(average_linkage(source.probability(left_over)), threshold)
        for group in range(found.max() + 1):
            members = left_over[found == group]
            label[members] = len(delegates)
            delegates.append(spread(members, N_DELEGATES))
        left_over = left_over[found < 0]
        _join(left_over, delegates, label, source, threshold)
        left_over = left_over[label[left_over] < 0]
    first = np.array([members[0] for members in delegates], dtype=np.intp)
    grouped = label[rows] >= 0
    centre_of = rows.copy()
    centre_of[grouped] = first[label[rows[grouped]]]
    return centre_of, np.concatenate([first, rows[apart]])


def mean_probability(rows: Rows, delegates: list[Rows], source: PairSource) -> NDArray[np.floating]:
    """Return the mean probability of each row with the delegates of each group."""
    starts = np.cumsum([0, *map(len, delegates[:-1])])
    with_all = source.probability(rows, np.concatenate(delegates))
    return np.add.reduceat(with_all, starts, axis=1) / [len(group) for group in delegates]


def spread(members: Rows, at_most: int) -> Rows:
    """Return at most so many members, evenly chosen."""
    chosen = np.linspace(0, len(members) - 1, min(len(members), at_most)).astype(np.intp)
    return members[chosen]


def _join(
    rows: Rows,
    delegates: list[Rows],
    label: NDArray[np.intp],
    source: PairSource,
    threshold: float,
) -> Rows:
    """Label the rows that belong to a group; return the others."""
    if not delegates or not len(rows):
        return rows
    mean = mean_probability(rows, delegates, source)
    joins = mean.max(axis=1) >= threshold
    label[rows[joins]] = mean[joins].argmax(axis=1)
    return rows[~joins]
