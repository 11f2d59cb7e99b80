"""The classical measures, each at its best for the set at hand: what is to be beaten."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..preprocessing import BaselineRemover, PatternNormalizer
from ..similarity import (
    BasePairSimilarity,
    CorrelationSimilarity,
    DeGelderSimilarity,
    EuclideanSimilarity,
)
from ..similarity.classifier import PairwisePhaseClassifier

BASELINES = (None, 0.4, 0.8)
POWERS = (1.0, 0.5)
WIDTHS = (0.1, 0.2, 0.4, 0.6, 0.9, 1.3)
WIDTHS_AND_SHIFTS = ((0.2, 0.2), (0.4, 0.1), (0.4, 0.2))


def classical_scores(X: NDArray[np.floating]) -> Iterator[tuple[str, NDArray[np.floating]]]:
    """Score all pairs by every classical measure and tuning.

    Parameters
    ----------
    X : ndarray of shape (n_patterns, n_points)
        Counts, NaN where not measured.

    Yields
    ------
    name : str
    scores : ndarray of shape (n_pairs,)

    Examples
    --------
    >>> import numpy as np
    >>> from xrpdsim.simulation import simulate_patterns, virtual_crystal
    >>> X = simulate_patterns(virtual_crystal(0), 3, random_state=0)
    >>> name, scores = next(classical_scores(X))
    >>> scores.shape
    (3,)
    """
    for half_width in BASELINES:
        net = np.asarray(X, dtype=np.float32)
        if half_width is not None:
            net = BaselineRemover(half_width=half_width).fit_transform(net)
        net = np.clip(net, 0, None)
        for power in POWERS:
            prepared = PatternNormalizer().fit_transform(net**power)  # Euclid minds the scale
            treated = f"{'raw' if half_width is None else f'SNIP {half_width}'}, "
            treated += "square root" if power == 0.5 else "linear"
            for name, measure in _measures(shifted=half_width == 0.4):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of flat patterns, which score 0
                    yield f"{name}, {treated}", measure.fit(prepared).decision_function(prepared)


def classical_views(classifier: PairwisePhaseClassifier) -> PairwisePhaseClassifier:
    """Return a shipped classifier that compares by its classical views alone.

    Parameters
    ----------
    classifier : PairwisePhaseClassifier
        From `PairwisePhaseClassifier.from_pretrained`.

    Returns
    -------
    PairwisePhaseClassifier
        A copy without what was learnt; its threshold and probabilities do not fit it.

    Examples
    --------
    >>> from xrpdsim import PairwisePhaseClassifier
    >>> views = classical_views(PairwisePhaseClassifier.from_pretrained("organic-1"))
    >>> type(views).__name__
    'PairwisePhaseClassifier'
    """
    alone: Any = copy.deepcopy(classifier)
    alone.second_look_ = None
    alone.embedder_.estimator.net_.module_.network.learnt_share = 0.0
    return alone


def _measures(*, shifted: bool) -> Iterator[tuple[str, BasePairSimilarity]]:
    for width in WIDTHS:
        yield f"de Gelder {width}", DeGelderSimilarity(width, min_overlap=0.5)
    if shifted:
        for width, shift in WIDTHS_AND_SHIFTS:
            measure = DeGelderSimilarity(width, shift, min_overlap=0.5)
            yield f"de Gelder {width}, shift {shift}", measure
    yield "Euclid", EuclideanSimilarity(min_overlap=0.5)
    yield "Pearson", CorrelationSimilarity("pearson", min_overlap=0.5)
