"""A fitted `SecondLook` as one file, apart from its first look, which may be any estimator."""

from __future__ import annotations

import os
from collections.abc import Mapping
from numbers import Integral
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import check_is_fitted

from ..._support._estimators import last_step
from ..._support._warnings import warn_user
from ...embedding.storage import errors_naming, storable
from ..probability._decision_values import decision_as_values, decision_from_values
from ._first_look import check_first_look, clone_of
from ._second_look_file import SecondLookParts, read_second_look, write_second_look
from .trained import TrainedSecondLook

Estimator = TypeVar("Estimator", bound=Any)

_N_PROBES = 4
_TOLERANCE = 1e-4
"""Of a score, relative to the width of the band; other kernels change less."""


def write_fitted(path: str | os.PathLike[str], estimator: Any) -> None:
    """Write it; see `SecondLook.save`."""
    decision, arrays = decision_as_values(estimator._decided)
    further = {
        "decision": decision,
        "parameters": _parameters_to_keep(estimator),
        "first_scores": _probe_scores(estimator).tolist(),
    }
    look = estimator.second_look_
    parts = SecondLookParts(look.network, look.band, look.two_theta)
    write_second_look(path, parts, further, arrays)


def read_fitted(path: str | os.PathLike[str], cls: type[Estimator], first_look: Any) -> Estimator:
    """Read it; see `SecondLook.load`."""
    look, further, arrays = read_second_look(path)
    two_theta = look.two_theta
    with errors_naming(path):
        if "first_scores" not in further:
            raise ValueError(
                "it holds a trained second look without the estimator around it; read it by "
                "TrainedSecondLook.load"
            )
        parameters = dict(further["parameters"])
        if parameters.get("band") is not None:  # JSON has no tuples
            parameters["band"] = tuple(parameters["band"])
        fitted = _fitted(first_look, two_theta, parameters)
        estimator = cls(FrozenEstimator(fitted), two_theta=two_theta, **parameters)
        estimator._validate_params()
        estimator.pair_classes_ = np.array([0, 1])
        estimator.n_features_in_ = len(two_theta)
        estimator.two_theta_ = two_theta
        estimator.first_look_ = estimator.first_look
        estimator.second_look_ = TrainedSecondLook(*look)
        estimator.validation_indices_ = None
        estimator._decision = decision_from_values(further["decision"], arrays)
        _refuse_another_first_look(estimator, further["first_scores"])
    return estimator


def _parameters_to_keep(estimator: Any) -> dict[str, Any]:
    kept = estimator.get_params(deep=False)
    # the first look is no value, and the grid is a tensor of the file
    del kept["first_look"], kept["two_theta"]
    if not isinstance(kept["random_state"], Integral | None):
        warn_user(
            "random_state is a generator and is not saved; what was trained is, but the loaded "
            "estimator, fitted again, trains another network"
        )
        kept["random_state"] = None
    return storable(kept)


def _fitted(first_look: Any, two_theta: NDArray[np.float64], parameters: Mapping[str, Any]) -> Any:
    check_first_look(first_look)
    try:
        check_is_fitted(first_look)
    except NotFittedError:
        # a measure without anything to learn: what it is fitted to does not matter
        shared = {name: parameters[name] for name in ("min_overlap", "overlap")}
        return clone_of(first_look, two_theta, **shared).fit(_probes(two_theta))
    return first_look


def _probes(two_theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return patterns that are the same everywhere: a few lines each, some of them in common."""
    span = two_theta[-1] - two_theta[0] if len(two_theta) > 1 else 1.0
    places = two_theta[0] + span * np.array([0.15, 0.3, 0.42, 0.55, 0.63, 0.78, 0.9])
    patterns = []
    for number in range(_N_PROBES):
        heights = np.where(np.arange(len(places)) % _N_PROBES == number, 1.0, 0.25)
        shapes = np.exp(-0.5 * ((two_theta[:, None] - places) / (0.01 * span)) ** 2)
        patterns.append(1000 * shapes @ heights + 10)
    return np.array(patterns)


def _probe_scores(estimator: Any) -> NDArray[np.float64]:
    X = _probes(estimator.two_theta_)
    scores = estimator._first_scorer().condensed(estimator._first_patterns(X))
    return np.asarray(scores, dtype=np.float64)


def _refuse_another_first_look(estimator: Any, expected: Any) -> None:
    found = _probe_scores(estimator)
    band = estimator.second_look_.band
    expected = np.asarray(expected, dtype=np.float64)
    if expected.shape != found.shape:
        raise ValueError("the header is damaged: first_scores are not those of six pairs")
    off = np.abs(found - expected).max()
    if not off <= _TOLERANCE * max(1.0, band.high - band.low):
        name = type(last_step(estimator.first_look)).__name__
        raise ValueError(
            f"the first look given, {name}, scores otherwise than the one that the second look was "
            f"trained with (by {off:.3g}); give that one, with the same parameters"
        )
