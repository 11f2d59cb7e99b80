"""Parameters, history and labels of a trained embedder as JSON, and back, checked."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ..._support._table import Table
from ...patterns import check_grid

ARRAYS = ("two_theta_", "validation_indices_")
LABELS = ("validation_groups_", "feature_names_in_")
VALUES = ("best_check_", "interrupted_", "loss_parameters_", "n_features_in_")


def learnt_as_json(learnt: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries of a header that keep what was learnt, apart from arrays and weights."""
    return {
        "learnt": {name: plain(learnt[name]) for name in VALUES},
        "labels": {k: _labels(learnt[k]) for k in LABELS if k in learnt},
        "history": _without_nan(learnt["history_"]),
    }


def learnt_from_json(header: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    """Return learnt attributes by name.

    Raises
    ------
    ValueError
        If one is of another kind than `learnt_as_json` would have written.
    """
    values = {name: header["learnt"][name] for name in VALUES}
    loss_parameters = values["loss_parameters_"]
    for name, ok in {
        "best_check_": _is_count(values["best_check_"]) or values["best_check_"] is None,
        "interrupted_": isinstance(values["interrupted_"], bool),
        "loss_parameters_": isinstance(loss_parameters, dict)
        and all(type(v) in (int, float) for v in loss_parameters.values()),
        "n_features_in_": _is_count(values["n_features_in_"]),
    }.items():
        if not ok:
            raise ValueError(f"the header is damaged: {name} is {values[name]!r}")
    arrays: dict[str, Any] = dict.fromkeys(ARRAYS)
    arrays |= {name: tensors[name].numpy() for name in ARRAYS if name in tensors}
    _check_array("two_theta_", arrays["two_theta_"], np.float64)
    check_grid(arrays["two_theta_"], values["n_features_in_"])
    if arrays["validation_indices_"] is not None:
        _check_array("validation_indices_", arrays["validation_indices_"], np.int64)
    labels = {
        name: None if header["labels"][name] is None else np.array(header["labels"][name], object)
        for name in LABELS
        if name in header["labels"]
    }
    return values | arrays | labels | {"history_": _with_nan(header["history"])}


def plain(value: Any) -> Any:
    """Return a value as JSON keeps it: tuples and arrays become lists."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    return value


def storable(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters as JSON keeps them.

    Raises
    ------
    TypeError
        If it cannot keep one.
    """
    stored = {name: plain(value) for name, value in parameters.items()}
    for name, value in stored.items():
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"the parameter {name}={parameters[name]!r} cannot be saved: {error}. Give it as "
                "numbers, strings and lists"
            ) from error
    return stored


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _check_array(name: str, array: NDArray[Any], dtype: type) -> None:
    if array.ndim != 1 or array.dtype != dtype:
        raise ValueError(
            f"{name} is {array.dtype} of shape {array.shape}, expected one row of {dtype.__name__}"
        )


def _labels(labels: Any) -> list[Any] | None:
    if labels is None:
        return None
    return [v if isinstance(v, str | int | float) else str(v) for v in plain(labels)]


# JSON has no NaN, which is the validation loss where nothing is validated.
def _without_nan(history: Table) -> dict[str, list[Any]]:
    return {k: [None if v != v else v for v in column] for k, column in history.items()}


def _with_nan(history: Any) -> Table:
    columns = {k: [math.nan if v is None else v for v in column] for k, column in history.items()}
    if any(type(v) not in (int, float) for column in columns.values() for v in column):
        raise ValueError("the header is damaged: a history of something else than numbers")
    return Table(columns)
