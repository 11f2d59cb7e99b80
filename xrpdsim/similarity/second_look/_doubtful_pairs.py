"""Which pairs of a batch of families a second look is trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAME_SHARE = 0.5
NEAREST_SHARE = 0.2
"""Share of pairs from two families, each the nearest to a pattern by the first look."""


def draw_pairs(
    family: NDArray[np.intp],
    form: NDArray[np.intp],
    scores: NDArray[np.floating],
    n_pairs: int,
    rng: np.random.Generator,
    lowest: float,
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Draw pairs that a first look leaves in doubt, half of them of one form.

    Parameters
    ----------
    family, form : ndarray of shape (n_patterns,)
    scores : ndarray of shape (n_patterns, n_patterns)
        Of the first look.
    n_pairs : int
    rng : Generator
    lowest : float
        Pairs whose score is below this one need no second look.

    Returns
    -------
    pairs : ndarray of shape (n_pairs, 2)
    same : ndarray of shape (n_pairs,), bool
    """
    first, second = np.triu_indices(len(family), k=1)
    score = scores[first, second]
    within = family[first] == family[second]
    same = within & (form[first] == form[second])
    doubtful = score >= lowest
    positives = np.flatnonzero(same & doubtful)
    relatives = np.flatnonzero(within & ~same & doubtful)
    foreign = np.where(family[:, None] == family, -np.inf, scores)
    nearest = foreign.argmax(axis=1)
    n_same = round(SAME_SHARE * n_pairs)
    n_nearest = round(NEAREST_SHARE * n_pairs) if np.isfinite(foreign).any() else 0
    n_relatives = n_pairs - n_same - n_nearest
    rows = rng.integers(len(family), size=n_nearest)
    others = [
        np.column_stack([first[chosen], second[chosen]])
        for chosen in (
            rng.choice(positives, n_same) if positives.size else positives,
            rng.choice(relatives, n_relatives) if relatives.size else relatives,
        )
    ]
    pairs = np.concatenate([*others, np.column_stack([rows, nearest[rows]])])
    return pairs, np.arange(len(pairs)) < len(others[0])
