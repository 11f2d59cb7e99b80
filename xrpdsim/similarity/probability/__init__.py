"""Probabilities of pair scores: calibrators, prior, judged pairs, adaptation, pairs to judge next.

Everything that makes a probability of a score is here, for measures and for sorting alike. It never
looks into patterns: `PatternProbabilities` and what adapts to a screen pass them on to a measure.
"""

from .adaptation import Adaptation, AdaptedCalibrator
from .calibrator_json import calibrator_as_json, calibrator_from_json
from .calibrators import (
    CALIBRATORS,
    Calibrator,
    IsotonicCalibrator,
    LikelihoodRatioCalibrator,
    SigmoidCalibrator,
)
from .judged_pairs import JudgedPairs
from .pairs_to_judge import most_informative
from .pattern_probabilities import PatternProbabilities
from .prior import estimate_prior, shift_prior
from .recalibration import recalibrate

__all__ = [
    "CALIBRATORS",
    "Calibrator",
    "SigmoidCalibrator",
    "IsotonicCalibrator",
    "LikelihoodRatioCalibrator",
    "calibrator_as_json",
    "calibrator_from_json",
    "estimate_prior",
    "shift_prior",
    "JudgedPairs",
    "Adaptation",
    "AdaptedCalibrator",
    "recalibrate",
    "most_informative",
    "PatternProbabilities",
]
