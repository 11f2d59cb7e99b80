"""A fitted embedder as the steps of a file: preprocessing of this library, then a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from torch import Tensor

from .. import preprocessing
from ..patterns import check_grid
from .siamese import SiameseXRPDEmbedder
from .storage import plain, storable

MAX_STEPS = 32

Steps = list[tuple[str, Any]]


def split_steps(embedder: Any) -> tuple[Steps, str, SiameseXRPDEmbedder]:
    """Return the preprocessing steps with their names, the name of the network, and the network.

    Raises
    ------
    TypeError
        If the embedder is composed of anything else.
    """
    steps = _flat("network", embedder)
    *before, (name, network) = steps
    for step_name, step in before:
        if getattr(preprocessing, type(step).__name__, None) is not type(step):
            raise TypeError(
                f"the step {step_name!r}, a {type(step).__name__}, cannot be saved: before the "
                f"network only steps of xrpdsim.preprocessing can "
                f"({', '.join(preprocessing.__all__)})"
            )
    if type(network) is not SiameseXRPDEmbedder:
        raise TypeError(
            f"the embedder ends in a {type(network).__name__}, which cannot be saved; only a "
            "SiameseXRPDEmbedder can. Keep others by pickle or skops"
        )
    names = [step_name for step_name, _ in steps]
    if len(set(names)) < len(names) or len(names) > MAX_STEPS:
        raise TypeError(
            f"{len(names)} steps, {', '.join(names)}, cannot be saved: too many, or two of one name"
        )
    return before, name, network


def _flat(name: str, embedder: Any) -> Steps:
    if isinstance(embedder, FrozenEstimator):
        return _flat(name, embedder.estimator)
    if hasattr(embedder, "best_estimator_"):
        return _flat(name, embedder.best_estimator_)
    if not isinstance(embedder, Pipeline):
        return [(name, embedder)]
    steps: Steps = []
    for inner, step in embedder.steps:
        if step is not None and not isinstance(step, str):  # "passthrough"
            steps += _flat(inner, step)
    return steps


def steps_as_values(steps: Steps) -> tuple[list[dict[str, Any]], dict[str, Tensor]]:
    """Return preprocessing steps as entries of a header, and the grids that they know."""
    entries, grids = [], {}
    for number, (name, step) in enumerate(steps):
        names = getattr(step, "feature_names_in_", None)
        entries.append(
            {
                "name": name,
                "step": type(step).__name__,
                "parameters": storable(step.get_params()),
                "n_points": step.n_features_in_,
                "feature_names": None if names is None else plain(names),
                "output": output_of(step),
            }
        )
        if hasattr(step, "two_theta_"):
            grids[str(number)] = torch.as_tensor(np.asarray(step.two_theta_, dtype=np.float64))
    return entries, grids


def steps_from_values(
    entries: list[Mapping[str, Any]], grids: Mapping[str, Tensor], n_points: int
) -> Steps:
    """Return the fitted steps that `steps_as_values` was given.

    Raises
    ------
    ValueError
        If the values are not those of steps for patterns of so many points.
    """
    steps: Steps = []
    for number, entry in enumerate(entries):
        kind = entry["step"]
        if kind not in preprocessing.__all__:
            raise ValueError(f"xrpdsim.preprocessing has no step {kind!r}; try the newest xrpdsim")
        step = getattr(preprocessing, kind)(**entry["parameters"])
        if entry["n_points"] != n_points:
            raise ValueError(f"the step {kind} takes {entry['n_points']!r} points, not {n_points}")
        step.n_features_in_ = n_points
        set_names(step, entry["feature_names"])
        grid = grids.get(str(number))
        if grid is not None:
            step.two_theta_ = check_grid(grid.numpy(), n_points)
        step._check_parameters(n_points)
        set_output(step, entry["output"])
        steps.append((str(entry["name"]), step))
    return steps


def output_of(step: Any) -> str | None:
    """Return the container that `set_output` asked a step for, or None."""
    return getattr(step, "_sklearn_output_config", {}).get("transform")


def set_output(step: Any, container: Any) -> None:
    """Ask a step for the container that `output_of` returned."""
    if container is None:
        return
    if container not in ("default", "pandas", "polars"):
        raise ValueError(f"no step returns {container!r}")
    step.set_output(transform=container)


def set_names(estimator: Any, names: Any) -> None:
    """Set the names of columns that an estimator was fitted with, if there were any."""
    if names is None:
        return
    right = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not right or len(names) != estimator.n_features_in_:
        raise ValueError("the header is damaged: the names of columns are not those of the points")
    estimator.feature_names_in_ = np.array(names, dtype=object)
