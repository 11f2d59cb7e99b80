"""What decides about pairs as plain values and arrays, and back, checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._decision import Decision, Learnt
from .adaptation import Adaptation, AdaptedCalibrator, JudgedEvidence
from .calibrator_json import calibrator_as_json, calibrator_from_json
from .calibrators import Calibrator
from .prior import check_prior

KEPT_PARAMETERS = ("min_overlap", "overlap", "threshold", "calibration", "prior")
LOG_ODDS, SAME, WEIGHT = "judged_log_odds", "judged_same", "judged_weight"


def parameters_to_keep(estimator: Any) -> dict[str, Any]:
    """Return the parameters of a pair estimator that its file keeps, as JSON knows them."""
    kept = {name: getattr(estimator, name) for name in KEPT_PARAMETERS}
    return {k: v.item() if isinstance(v, np.generic) else v for k, v in kept.items()}


def decision_as_values(decision: Decision) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return what decides as values that JSON knows, and arrays.

    Raises
    ------
    TypeError
        If the calibrator is one of the user's own.
    """
    learnt, adapted = decision.learnt, decision.adapted
    values: dict[str, Any] = {
        "learnt": None,
        "stated_threshold": decision.stated_threshold,
        "stated_prior": decision.stated_prior,
        "prior": decision.prior,
        "adapted": None,
    }
    if learnt is not None:
        values["learnt"] = {
            "calibrator": calibrator_as_json(learnt.calibrator),
            # JSON has no infinity, which is the threshold where no score is high enough
            "threshold": learnt.threshold if math.isfinite(learnt.threshold) else None,
            "threshold_is_low": learnt.threshold == -math.inf,
        }
    if adapted is None:
        return values, {}
    found = adapted.adaptation
    values["adapted"] = {
        "start": adapted.start,
        "prior": adapted.prior,
        "offset": found.offset,
        "slope": found.slope,
        "covariance": found.covariance.tolist(),
    }
    log_odds, same, weight = found.evidence
    return values, {LOG_ODDS: log_odds, SAME: same, WEIGHT: weight}


def decision_from_values(values: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Decision:
    """Return what `decision_as_values` was given, to the last bit.

    Raises
    ------
    ValueError
        If the values are not those of a decision.
    """
    kept, expected = values["learnt"], {LOG_ODDS, SAME, WEIGHT} if values["adapted"] else set()
    if set(arrays) != expected:
        raise ValueError(f"the arrays {sorted(arrays)} do not fit the adaptation")
    if kept is None:
        if values["adapted"] is not None or values["prior"] is not None:
            raise ValueError("a prior or an adaptation, but nothing that was learnt")
        return Decision(stated_threshold=_finite_or_none(values["stated_threshold"]))
    learnt = Learnt(calibrator_from_json(kept["calibrator"]), _threshold(kept))
    stated_prior = values["stated_prior"]
    adapted = None
    if values["adapted"] is not None:
        adapted = _adapted(learnt.calibrator, values["adapted"], arrays)
    return Decision(
        learnt,
        stated_threshold=_finite_or_none(values["stated_threshold"]),
        stated_prior=None if stated_prior is None else check_prior(stated_prior),
        adapted=adapted,
        prior=check_prior(values["prior"]),
    )


def _adapted(
    base: Calibrator, values: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> AdaptedCalibrator:
    offset, slope = (_finite(values[name]) for name in ("offset", "slope"))
    covariance = np.asarray(values["covariance"], dtype=np.float64)
    log_odds, same, weight = arrays[LOG_ODDS], arrays[SAME], arrays[WEIGHT]
    fits = log_odds.ndim == 1 and log_odds.shape == same.shape == weight.shape
    types = (log_odds.dtype, same.dtype, weight.dtype)
    if not fits or covariance.shape != (2, 2) or types != (np.float64, np.bool_, np.float64):
        raise ValueError("the judged pairs of the adaptation do not fit each other")
    if not slope > 0 or not (weight > 0).all():
        raise ValueError(f"no adaptation has the slope {slope} and pairs of weights {weight}")
    evidence = JudgedEvidence(log_odds, same, weight)
    adaptation = Adaptation.from_found(evidence, offset, slope, covariance)
    start, prior = check_prior(values["start"]), check_prior(values["prior"])
    return AdaptedCalibrator.from_found(base, start, adaptation, prior)


def _threshold(kept: Mapping[str, Any]) -> float:
    if kept["threshold"] is None:
        return -math.inf if kept["threshold_is_low"] else math.inf
    return _finite(kept["threshold"])


def _finite_or_none(value: Any) -> float | None:
    return None if value is None else _finite(value)


def _finite(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no finite number")
    return float(value)
