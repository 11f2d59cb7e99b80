"""Probabilities of pair scores: calibrators, the prior, adaptation to a screen, pairs to judge."""

from .calibrators import CALIBRATORS, IsotonicCalibrator, SigmoidCalibrator
from .likelihood_ratio import LikelihoodRatioCalibrator
from .prior import estimate_prior, shift_prior

__all__ = [
    "CALIBRATORS",
    "SigmoidCalibrator",
    "IsotonicCalibrator",
    "LikelihoodRatioCalibrator",
    "estimate_prior",
    "shift_prior",
]
