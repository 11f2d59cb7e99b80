"""Resampling of compounds: what intervals of figures over pairs and folds rest on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .._support._sklearn import check_random_state, check_whole


def resample_compounds(
    tested: Sequence[tuple[str, str]],
    n_resamples: int = 2000,
    random_state: int | np.random.RandomState | None = None,
) -> NDArray[np.float64]:
    """Draw compounds with replacement and return the weight of each fold in each draw.

    Folds that share a compound are not independent, so it is the compounds that are drawn, as many
    as there are. A fold of compounds a and b counts as often as a was drawn times b was drawn; a
    with itself is no fold. Draws that leave no fold at all, which happen with few compounds, are
    drawn again.

    Parameters
    ----------
    tested : sequence of (str, str)
        The two compounds of each fold.
    n_resamples : int, default=2000
    random_state : int, RandomState instance or None, default=None
        None draws other ones each time, and leaves NumPy's global generator alone.

    Returns
    -------
    ndarray of shape (n_resamples, n_folds)
        Each row sums to one, so that ``weights @ values`` are the means of the draws.

    Notes
    -----
    This is the pigeonhole bootstrap [1]_ of exchangeable arrays [2]_. Its intervals are too wide
    where folds differ for reasons of their own and somewhat too narrow where compounds explain it
    all: with normal figures, 95 % intervals held the true mean in 99.9 % and 90 % of simulated runs
    of 16 compounds and 120 folds (99 % and 85 % with 8 compounds and 28 folds; 97 % in either case
    with 16 compounds and 8 folds).

    References
    ----------
    .. [1] Owen, A. B. (2007). The pigeonhole bootstrap. Annals of Applied Statistics, 1, 386-411.
    .. [2] McCullagh, P. (2000). Resampling and exchangeable arrays. Bernoulli, 6, 285-301.

    Examples
    --------
    >>> resample_compounds([("a", "b"), ("b", "c")], n_resamples=3, random_state=0).sum(axis=1)
    array([1., 1., 1.])
    """
    check_whole(n_resamples, "n_resamples")
    if not len(tested):
        raise ValueError("tested is empty: there are no folds to weigh")
    rng = check_random_state(random_state)
    names, codes = np.unique(np.asarray(tested), return_inverse=True)
    first, second = codes.reshape(-1, 2).T
    weights = np.zeros((n_resamples, len(tested)))
    empty = np.arange(n_resamples)
    while empty.size:
        drawn = draw_compounds(names.size, empty.size, rng)
        weights[empty] = drawn[:, first] * drawn[:, second]
        empty = empty[weights[empty].sum(axis=1) == 0]
    return weights / weights.sum(axis=1, keepdims=True)


def draw_compounds(
    n_compounds: int, n_resamples: int, rng: np.random.Generator | np.random.RandomState
) -> NDArray[np.intp]:
    """Draw as many compounds as there are, with replacement, and say how often each was drawn.

    Parameters
    ----------
    n_compounds, n_resamples : int
    rng : Generator or RandomState

    Returns
    -------
    ndarray of shape (n_resamples, n_compounds)
        Each row sums to `n_compounds`.

    Examples
    --------
    >>> draw_compounds(3, 2, np.random.default_rng(0)).sum(axis=1)
    array([3, 3])
    """
    counts: NDArray[np.intp] = rng.multinomial(
        n_compounds, np.full(n_compounds, 1 / n_compounds), size=n_resamples
    )
    return counts


def interval_of_mean(
    values: NDArray[np.float64], weights: NDArray[np.float64], confidence: float = 0.95
) -> tuple[float, float]:
    """Return the percentile interval of the mean over draws.

    Parameters
    ----------
    values : ndarray of shape (n_folds,)
    weights : ndarray of shape (n_resamples, n_folds)
        As from `resample_compounds`.
    confidence : float, default=0.95

    Returns
    -------
    low, high : float

    Examples
    --------
    >>> import numpy as np
    >>> from xrpdsim.evaluation import interval_of_mean
    >>> weights = np.array([[0.5, 0.5], [1.0, 0.0], [0.0, 1.0]])
    >>> low, high = interval_of_mean(np.array([0.8, 0.9]), weights, confidence=0.5)
    >>> round(low, 3), round(high, 3)
    (0.825, 0.875)
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence={confidence} must lie between 0 and 1")
    tail = (1 - confidence) / 2
    low, high = np.quantile(weights @ values, [tail, 1 - tail])
    return float(low), float(high)
