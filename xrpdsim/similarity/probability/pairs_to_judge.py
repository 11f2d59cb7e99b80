"""Which pairs somebody should judge next."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from .adaptation import AdaptedCalibrator

MOST_PATTERNS = 2000
"""Of larger screens so many patterns, evenly spaced, are considered: two million pairs."""

_N_CELLS = 201


def candidate_rows(n_patterns: int) -> NDArray[np.intp]:
    """Return the rows whose pairs are considered: all, or `MOST_PATTERNS` of them.

    Examples
    --------
    >>> candidate_rows(3), len(candidate_rows(5000))
    (array([0, 1, 2]), 2000)
    """
    rows = np.linspace(0, n_patterns - 1, min(n_patterns, MOST_PATTERNS))
    return rows.round().astype(np.intp)


def most_informative(
    calibrator: AdaptedCalibrator,
    scores: ArrayLike,
    pairs: NDArray[np.intp],
    n: int,
    judged: NDArray[np.intp] | None = None,
) -> NDArray[np.intp]:
    r"""Return the pairs whose answers are expected to bring probabilities nearest the truth.

    An answer about pair c lowers the expected Brier score of pair t by

    .. math:: \frac{\operatorname{Cov}(p_t, p_c)^2}{\bar p_c (1 - \bar p_c)},

    where the probabilities p vary with offset and slope as the pairs judged so far leave them open.
    Pairs are chosen one after the other, each for the largest sum over all pairs t. In it a pair
    weighs p (1 - p) as it stands, since errors matter where the decision is open. What the answers
    to earlier choices will explain is taken off by linear regression, as they are not known yet:
    linear Bayes design (Goldstein and Wooff, Bayes Linear Statistics, Wiley, 2007). Of the pairs
    not judged yet scores alone decide, so that `AdaptedCalibrator` learns without bias.

    One odd pattern spoils all its pairs. Therefore pairs count 1 / (1 + k), where k is how often
    their two patterns were judged or chosen before.

    Parameters
    ----------
    calibrator : AdaptedCalibrator
    scores : array-like of shape (n_pairs,)
        NaN: cannot be compared, and is not asked for.
    pairs : ndarray of shape (n_pairs, 2)
        Row numbers i < j, each pair once.
    n : int
    judged : ndarray of shape (n_judged, 2), optional
        Pairs in either order that are not asked for again.

    Returns
    -------
    ndarray of shape (n, 2)
        Some of `pairs`, the most informative first; of equally informative ones the earlier.

    Raises
    ------
    ValueError
        If fewer than `n` pairs are left to ask for.

    Examples
    --------
    >>> from xrpdsim.similarity.probability import JudgedPairs, SigmoidCalibrator
    >>> nothing = JudgedPairs.from_relations(None, None, n_patterns=3)
    >>> calibrator = AdaptedCalibrator(SigmoidCalibrator(4.0, -3.0), 0.5, [], nothing)
    >>> most_informative(calibrator, [0.1, 0.7, 0.9], np.array([[0, 1], [0, 2], [1, 2]]), 1)
    array([[0, 2]])
    """
    known = np.asarray(scores, dtype=np.float64)
    comparable = ~np.isnan(known)
    known, pairs = known[comparable], pairs[comparable]
    judged = np.empty((0, 2), dtype=np.intp) if judged is None else np.sort(judged, axis=1)
    n_patterns = 1 + max(pairs.max(initial=0), judged.max(initial=0))
    is_open = ~np.isin(pairs @ [n_patterns, 1], judged @ [n_patterns, 1])
    if is_open.sum() < n:
        raise ValueError(
            f"n={n} pairs are asked for, but only {is_open.sum()} can be compared and are not "
            "judged yet"
        )
    n_asked = np.bincount(np.unique(judged, axis=0).ravel(), minlength=n_patterns)
    design = LinearDesign(calibrator, known)
    first, second = pairs.T
    chosen: list[int] = []
    for _ in range(n):
        gain = design.gains()[design.cell] / (1 + n_asked[first] + n_asked[second])
        chosen.append(int(np.where(is_open, gain, -1).argmax()))
        is_open[chosen[-1]] = False
        n_asked[pairs[chosen[-1]]] += 1
        design.expect_answer(design.cell[chosen[-1]])
    return pairs[chosen]


class LinearDesign:
    """What is expected of answers before they are there, for pairs gathered in cells of log odds.

    Parameters
    ----------
    calibrator : AdaptedCalibrator
    scores : ndarray of shape (n_pairs,)

    Attributes
    ----------
    cell : ndarray of shape (n_pairs,)
        The cell of each pair.
    covariance : ndarray of shape (n_cells, n_cells)
        Of the probabilities, as far as expected answers do not explain them.
    variance : ndarray of shape (n_cells,)
        Of an answer in each cell, in the same way.
    """

    def __init__(self, calibrator: AdaptedCalibrator, scores: NDArray[np.float64]) -> None:
        log_odds = calibrator.base_log_odds(scores)
        low, high = log_odds.min(initial=0), log_odds.max(initial=0)
        centres = np.linspace(low, max(high, low + 1e-9), _N_CELLS)
        self.cell = np.rint((log_odds - low) / (centres[1] - centres[0])).astype(np.intp)
        doubt = calibrator.predict(scores)
        self._doubt = np.bincount(self.cell, doubt * (1 - doubt), minlength=_N_CELLS)
        offsets, slopes, weights = calibrator.adaptation.posterior()
        probability = expit(offsets[:, None] + slopes[:, None] * centres)
        mean = weights @ probability
        deviation = probability - mean
        self.covariance = (weights[:, None] * deviation).T @ deviation
        self.variance = mean * (1 - mean)

    def gains(self) -> NDArray[np.float64]:
        """Return by how much an answer in each cell lowers the weighted Brier scores."""
        return np.asarray(self._doubt @ self.covariance**2 / self.variance)

    def expect_answer(self, cell: int) -> None:
        """Take off what an answer in a cell will explain."""
        explained = self.covariance[cell] / np.sqrt(self.variance[cell])
        self.covariance = self.covariance - np.outer(explained, explained)
        self.variance = self.variance - explained**2
