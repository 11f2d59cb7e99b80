"""Calibrators moved by what labelled pairs say: the shape is kept, offset and slope are learnt."""

from __future__ import annotations

from numpy.typing import ArrayLike
from scipy.special import logit

from .adaptation import AdaptedCalibrator
from .calibrators import Calibrator, LikelihoodRatioCalibrator, SigmoidCalibrator
from .judged_pairs import JudgedPairs


def recalibrate(calibrator: Calibrator, scores: ArrayLike, judged: JudgedPairs) -> Calibrator:
    """Return a calibrator of the same kind, moved as far as labelled pairs ask for.

    The log odds become a + b times what they were, by `Adaptation`: with few pairs little changes,
    with many the pairs decide. `PairwisePhaseClassifier.adapt` does so for one screen; this is for
    an archive, whose probabilities a screen starts from.

    Parameters
    ----------
    calibrator : LikelihoodRatioCalibrator or SigmoidCalibrator
    scores : array-like of shape (n_pairs,)
        Of the judged pairs.
    judged : JudgedPairs
        Of both kinds.

    Returns
    -------
    LikelihoodRatioCalibrator or SigmoidCalibrator
        Its prior is the share of same-form pairs that it expects among the judged.

    Raises
    ------
    TypeError
        If the calibrator is of another kind.
    ValueError
        If the judged pairs are all of one kind.

    Examples
    --------
    >>> judged = JudgedPairs.from_answers([[0, 1], [0, 2], [1, 2]], [False, False, True], 3)
    >>> before = SigmoidCalibrator(8.0, -6.0)
    >>> after = recalibrate(before, [0.8, 0.7, 0.95], judged)
    >>> bool(after.predict(0.8) < before.predict(0.8))
    True
    """
    if judged.same.all() or not judged.same.any():
        raise ValueError(
            f"{len(judged)} judged pairs, all of one kind, say nothing about how to tell one form "
            "from two; give pairs of one form and pairs of two"
        )
    adapted = AdaptedCalibrator(calibrator, calibrator.prior, scores, judged, scores)
    offset, slope = adapted.adaptation.offset, adapted.adaptation.slope
    before, prior = logit(calibrator.prior), adapted.prior
    match calibrator:
        case LikelihoodRatioCalibrator():
            ratios = offset + slope * (calibrator.log_likelihood_ratios + before) - logit(prior)
            return LikelihoodRatioCalibrator(calibrator.scores, ratios, prior)
        case SigmoidCalibrator():
            intercept = offset + slope * calibrator.intercept
            return SigmoidCalibrator(slope * calibrator.slope, intercept, prior)
    raise TypeError(
        f"{type(calibrator).__name__} cannot be moved; only a LikelihoodRatioCalibrator and a "
        "SigmoidCalibrator can"
    )
