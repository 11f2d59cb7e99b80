"""What whole groups of patterns show of each other that single pairs do not."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ...patterns import check_grid
from ..two_parts import FEWEST_PATTERNS, find_two_parts
from .answers import mean_between, set_mean
from .linkage import members_of_groups

# All set on 48 screens of benchmarks/simulated_screens.py; see docs/appendices/sorting_figures.rst.
SEPARATION_OF_TWO_FORMS = 9.5
"""Separation from which the parts of a group are two forms, see `find_two_parts`."""

_LEAST = 0.4
"""Groups at this part of the probability asked for may be one form after all."""

_OWN_PARTS = 0.95
"""Share of the patterns in the right part from which two groups are the parts of their union."""

_SEPARATION_OF_GROUPS = 6.0
_SHORTEST_RANGE = 10.0  # degrees; in less there are too few lines


def heed_whole_groups(
    probability: NDArray[np.floating],
    labels: NDArray[np.intp],
    X: NDArray[np.floating],
    two_theta: NDArray[np.float64] | None,
    min_probability: float,
) -> NDArray[np.floating]:
    """Return pair probabilities moved by how the patterns of groups lie to each other.

    Ten patterns of each of two forms leave a gap where each single pair leaves a doubt; the
    samples of one form, textured or strained, lie all along the way. So two groups that are nearly
    probable enough to be one, and that are not the two parts of their union, become probable, and
    the two parts of a group that stand far apart improbable. Parts between which pairs are probable
    stay together: one form at two temperatures leaves a gap, too.

    Parameters
    ----------
    probability : ndarray of shape (n_patterns, n_patterns)
    labels : ndarray of shape (n_patterns,)
        Groups by these probabilities, -1 for none.
    X : ndarray of shape (n_patterns, n_points)
        NaN where not measured.
    two_theta : ndarray of shape (n_points,) or None
        The grid in degrees; None is 3, 3.02, 3.04 and so on. On one that is not even nothing moves.
    min_probability : float
        Mean probability from which groups are one.

    Returns
    -------
    ndarray of shape (n_patterns, n_patterns)
        `probability` itself where nothing moved.
    """
    grid = even_grid(two_theta, X.shape[1])
    if grid is None:
        return probability
    moved = probability.copy()
    probable = surely_one(min_probability)
    members = members_of_groups(labels)
    changed = False
    for a, b in combinations(members, 2):
        mean = mean_between(probability, a, b)
        likely = _LEAST * min_probability <= mean < min_probability
        if likely and len(a) + len(b) >= FEWEST_PATTERNS and not _are_parts(X, grid, a, b):
            set_mean(moved, a, b, probable)
            changed = True
    for rows in members:
        parts = find_two_parts(X[rows], two_theta=grid, min_separation=SEPARATION_OF_TWO_FORMS)
        if parts is None:
            continue
        a, b = parts.among(rows).rows
        if mean_between(probability, a, b) < probable:
            set_mean(moved, a, b, min_probability / 2)
            changed = True
    return moved if changed else probability


def even_grid(two_theta: NDArray[np.float64] | None, n_points: int) -> NDArray[np.float64] | None:
    """Return the grid if it shows enough of patterns: at even steps, and not only a few lines."""
    grid = check_grid(two_theta, n_points)
    steps = np.diff(grid)
    enough = np.ptp(grid) >= _SHORTEST_RANGE and np.allclose(steps, steps.mean(), rtol=0.01)
    return grid if enough else None


def surely_one(min_probability: float) -> float:
    """Return the mean probability from which two parts of a group stay one without a doubt."""
    return (1 + min_probability) / 2


def _are_parts(
    X: NDArray[np.floating],
    two_theta: NDArray[np.float64],
    a: NDArray[np.intp],
    b: NDArray[np.intp],
) -> bool:
    """Whether two groups are the two parts that their patterns together fall into."""
    parts = find_two_parts(
        X[np.concatenate([a, b])], two_theta=two_theta, min_separation=_SEPARATION_OF_GROUPS
    )
    if parts is None:
        return False
    first, second = parts.rows
    right = np.count_nonzero(first < len(a)) + np.count_nonzero(second >= len(a))
    n = len(first) + len(second)
    return bool(max(right, n - right) >= _OWN_PARTS * n)
