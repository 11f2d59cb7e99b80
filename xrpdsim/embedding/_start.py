"""What training starts from: random weights, or those of an embedder that is trained already."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted
from torch import nn

from .._support._estimators import inner_steps, last_step
from ._network_embedder import NetworkEmbedder, read_pretrained, warn_of_steps
from .losses import PairLoss
from .storage import EmbedderFile, EmbedderState, plain, read_state
from .training import (
    FINE_TUNING,
    FROM_SCRATCH,
    NETWORK,
    TrainingSettings,
    refuse_constants_beside_instance,
    with_loss_by_name,
)
from .weights import available_models

Weights = dict[str, torch.Tensor]


def find_start(
    parameters: Mapping[str, Any], n_points: int
) -> tuple[TrainingSettings, ArrayLike | None, Weights | None]:
    """Return what `fit` is to train with, and the weights it starts from.

    Parameters
    ----------
    parameters : mapping
        Of the embedder.
    n_points : int
        Number of points of the patterns.

    Returns
    -------
    settings : TrainingSettings
    two_theta : array-like of shape (n_points,) or None
        The grid; None for the common one.
    weights : dict of str to Tensor or None
        Of the module; None for random ones.

    Raises
    ------
    ValueError
        If `init` is neither a shipped model nor a file, the file is not what it was when it was
        loaded, a parameter or the grid contradicts it, or a parameter an instance given as loss.
    TypeError
        If it is something else altogether.
    NotFittedError
        If it is an embedder that is not fitted.

    Warns
    -----
    UserWarning
        If preprocessing steps stand before the embedder in `init`. An embedder that was loaded has
        warned by then.
    """
    refuse_constants_beside_instance(parameters)
    given, parameters = parameters, with_loss_by_name(parameters)
    if parameters["init"] is None:
        settings = TrainingSettings.from_parameters(parameters, FROM_SCRATCH)
        return settings, parameters["two_theta"], None
    start = _state_of(parameters)
    if not isinstance(parameters["init"], EmbedderFile):
        warn_of_steps(start, _named(parameters["init"]))
    _refuse_another_grid(parameters, start, n_points)
    _refuse_another_network(given, parameters, start)
    brought = {"siglip_t": start.settings["siglip_t"]} | FINE_TUNING
    if start.settings["loss"] == "siglip":
        # t and b go on from where they were when training ended
        brought |= {f"siglip_{name}": v for name, v in start.learnt["loss_parameters_"].items()}
    network = {name: start.settings[name] for name in NETWORK}
    if parameters["loss_params"] is None:
        network["loss_params"] = start.settings["loss_params"]
    settings = TrainingSettings.from_parameters({**parameters, **network}, brought)
    return settings, start.learnt["two_theta_"], start.weights


def _state_of(parameters: Mapping[str, Any]) -> EmbedderState:
    init = parameters["init"]
    if not isinstance(init, str | os.PathLike):
        return _state_of_embedder(init)
    if init in available_models():
        return read_pretrained(str(init))
    if isinstance(init, EmbedderFile) and not Path(init).is_file():
        raise ValueError(
            f"{init.path}: the file that this embedder was loaded from is gone, and training is to "
            "start from it. Put it back, load the embedder from where it is now, or set init=None "
            "to start from random weights"
        )
    if not Path(init).is_file():
        raise ValueError(
            f"{_named(init)} is neither a shipped model ({', '.join(available_models())}) nor a "
            "file that SiameseXRPDEmbedder.save wrote"
        )
    own = {
        name: None if isinstance(parameters[name], str) else parameters[name]
        for name in ("architecture", "loss")
    }
    state = read_state(init, **own)
    if isinstance(init, EmbedderFile) and init.digest != state.digest:
        raise ValueError(
            f"{init.path}: holds another embedder than when this one was loaded from it. Load it "
            "again, or set init to the path to start from what is there now"
        )
    return state


def _state_of_embedder(init: Any) -> EmbedderState:
    source = last_step(init)
    if not isinstance(source, NetworkEmbedder):
        raise TypeError(
            "init must be the name of a shipped model, the path of a saved embedder, or a fitted "
            f"embedder, got {type(source).__name__}"
        )
    try:
        check_is_fitted(source)
    except NotFittedError as error:
        raise NotFittedError(
            "the embedder given as init is not fitted. Cloning, as cross-validation does, takes "
            "away what it learnt: give FrozenEstimator(embedder), or the path of a saved one"
        ) from error
    before = [type(step.estimator).__name__ for step in inner_steps(init)][:-1]
    return replace(source._state(), steps=tuple(before))


def _refuse_another_grid(
    parameters: Mapping[str, Any], start: EmbedderState, n_points: int
) -> None:
    grid = start.learnt["two_theta_"]
    what = f"{len(grid)} points from {grid[0]:g} to {grid[-1]:g} degrees 2theta"
    named = _named(parameters["init"])
    if n_points != len(grid):
        raise ValueError(
            f"the patterns have {n_points} points, but {named} was trained on {what}; bring the "
            "patterns to that grid, as xrpdsim.patterns.to_grid does"
        )
    if parameters["two_theta"] is None:
        return
    if not is_grid(parameters["two_theta"], grid):
        raise ValueError(
            f"two_theta is another grid than that of {named}, {what}; leave two_theta out, and "
            "bring the patterns to that grid"
        )


def is_grid(two_theta: ArrayLike, grid: NDArray[np.float64]) -> bool:
    """Return whether angles are those of a grid, up to rounding."""
    asked = np.asarray(two_theta, dtype=np.float64)
    return asked.shape == grid.shape and np.allclose(asked, grid, rtol=0, atol=1e-6)


def _refuse_another_network(
    given: Mapping[str, Any], parameters: Mapping[str, Any], start: EmbedderState
) -> None:
    for name in NETWORK:
        asked, found = parameters[name], start.settings[name]
        # an instance given as loss brings its metric
        of = given["loss" if name == "metric" and isinstance(given["loss"], PairLoss) else name]
        is_default = isinstance(of, str | None) and of == FROM_SCRATCH.get(name)
        if not is_default and not _agree(asked, found):
            raise ValueError(
                f"{name}={asked!r} contradicts {_named(parameters['init'])}, which has {name}="
                f"{found!r}; leave {name} out, or init"
            )


def _agree(asked: Any, found: Any) -> bool:
    if isinstance(asked, nn.Module):
        return isinstance(found, type(asked))
    # a file turns tuples into lists
    return bool(plain(asked) == plain(found))


def _named(init: Any) -> str:
    if isinstance(init, str | os.PathLike):
        return f"init={os.fspath(init)!r}"
    return f"the {type(last_step(init)).__name__} given as init"
