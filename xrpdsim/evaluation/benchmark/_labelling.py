"""Labels of a few test patterns, for methods that adapt to a screen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from ...patterns.pairs import condensed_pairs, encode_phases, same_phase

N_DRAWS = 100


def adapt_to_labels(
    estimator: Pipeline,
    X: NDArray[np.float32],
    y: NDArray[np.object_],
    n_labelled: int,
    random_state: int,
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Tell a fitted classifier the forms of some test patterns of each compound.

    Parameters
    ----------
    estimator : Pipeline
        Ending in a `PairwisePhaseClassifier`, whose `adapt` is called.
    X : ndarray of shape (n_patterns, n_points)
        The test patterns.
    y : ndarray of shape (n_patterns, 2)
        Compound and form.
    n_labelled, random_state : int
        As for `draw_labelled`.

    Returns
    -------
    labelled : ndarray of shape (n_drawn,)
        Rows of the patterns drawn.
    scored : ndarray of shape (n_pairs,), bool
        Which of all pairs, in condensed order, the labels do not give away.
    """
    phases = encode_phases(y)[0]
    labelled = draw_labelled(phases, y[:, 0], n_labelled, random_state)
    known = np.full(len(phases), None, dtype=object)
    known[labelled] = phases[labelled]
    estimator[-1].adapt(estimator[:-1].transform(X), known)
    return labelled, unknown_pairs(len(phases), labelled)


def draw_labelled(
    phases: NDArray[np.intp], compounds: NDArray[Any], n_labelled: int, random_state: int
) -> NDArray[np.intp]:
    """Draw patterns of each compound, at most half of them.

    A draw after which no pair of one form, or of two, is left to be scored is drawn again.

    Parameters
    ----------
    phases, compounds : ndarray of shape (n_patterns,)
    n_labelled : int
        Of each compound.
    random_state : int

    Returns
    -------
    ndarray of shape (n_drawn,)
        Rows, increasing.

    Raises
    ------
    ValueError
        If no draw leaves both kinds of pairs.

    Examples
    --------
    >>> phases = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> draw_labelled(phases, phases, 1, 0)
    array([3, 6])
    """
    random = np.random.default_rng(random_state)
    members = [np.flatnonzero(compounds == compound) for compound in np.unique(compounds)]
    for _ in range(N_DRAWS):
        drawn = [
            random.choice(rows, min(n_labelled, len(rows) // 2), replace=False) for rows in members
        ]
        labelled = np.sort(np.concatenate(drawn))
        left = same_phase(phases)[unknown_pairs(len(phases), labelled)]
        if left.any() and not left.all():
            return labelled
    raise ValueError(
        f"none of {N_DRAWS} draws of up to {n_labelled} labelled patterns a compound left a pair "
        "of one form and a pair of two forms to be scored"
    )


def unknown_pairs(n_patterns: int, labelled: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which of all pairs, in condensed order, are not between two labelled patterns.

    Examples
    --------
    >>> unknown_pairs(3, np.array([0, 2]))
    array([ True, False,  True])
    """
    known = np.isin(np.arange(n_patterns), labelled)
    first, second = condensed_pairs(n_patterns).T
    return ~(known[first] & known[second])
