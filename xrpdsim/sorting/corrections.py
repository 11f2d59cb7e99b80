"""Probabilities moved towards pairs that a person knows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

# Standard deviation, in logits, of how far the probabilities of a project may lie off: what a few
# corrections must work against.
_PRIOR_SPREAD = 1.0
_CLIP = 1e-6


def adapt_probabilities(
    probability: NDArray[np.floating],
    same: NDArray[np.intp],
    different: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Move all probabilities by the one shift of their logits that corrections ask for.

    The shift has the largest posterior density given the corrected pairs, with a normal prior of
    spread 1: the patterns of one project may all be a little more, or less, alike than those that
    the probabilities come from. Pairs weigh together as much as the patterns in them.

    Parameters
    ----------
    probability : ndarray of shape (n_patterns, n_patterns)
    same, different : ndarray of shape (n_pairs, 2)

    Returns
    -------
    ndarray of shape (n_patterns, n_patterns)

    Examples
    --------
    >>> P = np.array([[1.0, 0.4, 0.3], [0.4, 1.0, 0.3], [0.3, 0.3, 1.0]])
    >>> adapt_probabilities(P, np.array([[0, 1]]), np.empty((0, 2), int)).round(2)[0]
    array([1.  , 0.6 , 0.49])
    """
    of_same, of_different = (
        np.asarray(probability[pairs[:, 0], pairs[:, 1]]) for pairs in (same, different)
    )
    n_patterns = len(np.unique(np.concatenate([same, different])))
    return shift_probabilities(probability, shift_of_corrections(of_same, of_different, n_patterns))


def shift_of_corrections(
    same: NDArray[np.floating], different: NDArray[np.floating], n_patterns: int
) -> float:
    """Return the shift of logits that corrections ask for, see `adapt_probabilities`.

    Parameters
    ----------
    same, different : ndarray
        Probabilities of the pairs that a person knows to be one form, or not.
    n_patterns : int
        Different patterns in them.

    Returns
    -------
    float
    """
    n_pairs = len(same) + len(different)
    if not n_pairs:
        return 0.0
    is_same = np.arange(n_pairs) < len(same)
    evidence = logit(np.clip(np.concatenate([same, different]), _CLIP, 1 - _CLIP))
    weight = n_patterns / n_pairs
    shift = 0.0
    for _ in range(50):
        expected = expit(evidence + shift)
        slope = weight * (is_same - expected).sum() - shift / _PRIOR_SPREAD**2
        curvature = weight * (expected * (1 - expected)).sum() + 1 / _PRIOR_SPREAD**2
        # half a logit at most, where Newton's steps would overshoot
        step = float(np.clip(slope / curvature, -0.5, 0.5))
        shift += step
        if abs(step) < 1e-9:
            break
    return shift


def shift_probabilities(probability: NDArray[np.floating], shift: float) -> NDArray[np.float64]:
    """Return probabilities with their logits shifted; those of 0 and 1 stay."""
    if not shift:
        return np.asarray(probability, dtype=np.float64)
    shifted = expit(logit(np.clip(probability, _CLIP, 1 - _CLIP)) + shift)
    return np.where((probability <= _CLIP) | (probability >= 1 - _CLIP), probability, shifted)
