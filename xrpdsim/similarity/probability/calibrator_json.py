"""Calibrators as plain numbers, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.isotonic import IsotonicRegression

from .calibrators import (
    Calibrator,
    IsotonicCalibrator,
    LikelihoodRatioCalibrator,
    SigmoidCalibrator,
)


def calibrator_as_json(calibrator: Calibrator) -> dict[str, Any]:
    """Return the numbers from which the same calibrator is built.

    Parameters
    ----------
    calibrator : SigmoidCalibrator, IsotonicCalibrator or LikelihoodRatioCalibrator

    Returns
    -------
    dict

    Raises
    ------
    TypeError
        If it is another one.

    Examples
    --------
    >>> calibrator_as_json(SigmoidCalibrator(10.0, -5.0))
    {'kind': 'sigmoid', 'slope': 10.0, 'intercept': -5.0, 'prior': 0.5}
    """
    match calibrator:
        case SigmoidCalibrator(slope=slope, intercept=intercept, prior=prior):
            return {"kind": "sigmoid", "slope": slope, "intercept": intercept, "prior": prior}
        case IsotonicCalibrator(regression=curve, prior=prior):
            return {
                "kind": "isotonic",
                "scores": curve.X_thresholds_.tolist(),
                "probabilities": curve.y_thresholds_.tolist(),
                "prior": prior,
            }
        case LikelihoodRatioCalibrator():
            return {"kind": "likelihood-ratio", **calibrator.to_json()}
    raise TypeError(f"a {type(calibrator).__name__} has no plain numbers to be kept by")


def calibrator_from_json(values: dict[str, Any]) -> Calibrator:
    """Return the calibrator that `calibrator_as_json` was given.

    Raises
    ------
    ValueError
        If the values are not those of a calibrator.

    Examples
    --------
    >>> values = {"kind": "sigmoid", "slope": 10.0, "intercept": -5.0, "prior": 0.5}
    >>> calibrator_from_json(values).predict([0.5])
    array([0.5])
    """
    numbers = dict(values)
    kind = numbers.pop("kind")
    if kind == "sigmoid":
        return SigmoidCalibrator(**numbers)
    if kind == "likelihood-ratio":
        return LikelihoodRatioCalibrator(**numbers)
    if kind == "isotonic":
        scores, shares = (np.asarray(numbers[name]) for name in ("scores", "probabilities"))
        if scores.ndim != 1 or (np.diff(scores) <= 0).any() or (np.diff(shares) < 0).any():
            raise ValueError("the probabilities of an isotonic calibrator must ascend with scores")
        curve = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
        return IsotonicCalibrator(curve.fit(scores, shares), numbers["prior"])
    raise ValueError(f"no calibrator is of kind {kind!r}")
