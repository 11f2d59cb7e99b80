"""What training starts from: random weights, or those of an embedder that is trained already."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted
from torch import nn

from .._support._estimators import final_estimator
from . import storage
from .persistence import PersistenceMixin
from .settings import FINE_TUNING, LOSS_CONSTANTS, NETWORK, changed, settled
from .weights import available_models

if TYPE_CHECKING:
    from .siamese import SiameseXRPDEmbedder


def find_start(
    embedder: SiameseXRPDEmbedder, n_points: int
) -> tuple[SiameseXRPDEmbedder, dict[str, torch.Tensor] | None]:
    """Return what `fit` is to train with, and the weights it starts from.

    Parameters
    ----------
    embedder : SiameseXRPDEmbedder
        Only its parameters are read.
    n_points : int
        Number of points of the patterns.

    Returns
    -------
    settings : SiameseXRPDEmbedder
        The same parameters with none left open.
    weights : dict of str to Tensor or None
        Of the module; None for random ones.

    Raises
    ------
    ValueError
        If `init` is neither a shipped model nor a file, or a parameter or the grid contradicts it.
    TypeError
        If it is something else altogether.
    NotFittedError
        If it is an embedder that is not fitted.
    """
    if embedder.init is None:
        return settled(embedder), None
    source = _source(embedder)
    _refuse_another_grid(embedder, source, n_points)
    # what was in force there, which its parameters leave open if it began with init itself
    there = changed(settled(source), getattr(source, "settings_", {}))
    _refuse_another_network(embedder, there)
    start = {name: getattr(there, name) for name in (*NETWORK, *LOSS_CONSTANTS)} | FINE_TUNING
    # t and b go on from where they were when training ended
    start |= {f"siglip_{name}": value for name, value in source.loss_parameters_.items()}
    given = {name: getattr(embedder, name) for name in (*LOSS_CONSTANTS, *FINE_TUNING)}
    start |= {name: value for name, value in given.items() if value is not None}
    start["two_theta"] = source.two_theta_
    return changed(embedder, start), source.net_.module_.state_dict()


def _source(embedder: SiameseXRPDEmbedder) -> SiameseXRPDEmbedder:
    init = embedder.init
    if not isinstance(init, str | os.PathLike):
        return _fitted(init)
    if init in available_models():
        return type(embedder).from_pretrained(init, device="cpu")
    if not Path(init).is_file():
        raise ValueError(
            f"{_named(init)} is neither a shipped model ({', '.join(available_models())}) nor a "
            "file that SiameseXRPDEmbedder.save wrote"
        )
    of_a_file = isinstance(embedder.architecture, str | None)
    own_network = None if of_a_file else embedder.architecture
    return storage.load(type(embedder), init, architecture=own_network, device="cpu")


def _fitted(init: Any) -> SiameseXRPDEmbedder:
    source = final_estimator(init)
    if not isinstance(source, PersistenceMixin):
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
    return source  # type: ignore[return-value]


def _refuse_another_grid(
    embedder: SiameseXRPDEmbedder, source: SiameseXRPDEmbedder, n_points: int
) -> None:
    grid = source.two_theta_
    what = f"{len(grid)} points from {grid[0]:g} to {grid[-1]:g} degrees 2theta"
    if n_points != len(grid):
        raise ValueError(
            f"the patterns have {n_points} points, but {_named(embedder.init)} was trained on "
            f"{what}; bring the patterns to that grid, as xrpdsim.patterns.to_grid does"
        )
    if embedder.two_theta is None:
        return
    asked = np.asarray(embedder.two_theta, dtype=np.float64)
    if asked.shape != grid.shape or not np.allclose(asked, grid, rtol=0, atol=1e-6):
        raise ValueError(
            f"two_theta is another grid than that of {_named(embedder.init)}, {what}; leave "
            "two_theta out, and bring the patterns to that grid"
        )


def _refuse_another_network(embedder: SiameseXRPDEmbedder, there: SiameseXRPDEmbedder) -> None:
    for name in NETWORK:
        asked, found = getattr(embedder, name), getattr(there, name)
        if asked is not None and not _agree(asked, found):
            raise ValueError(
                f"{name}={asked!r} contradicts {_named(embedder.init)}, which has {name}="
                f"{found!r}; leave {name} out, or init"
            )


def _agree(asked: Any, found: Any) -> bool:
    if isinstance(asked, nn.Module):
        return isinstance(found, type(asked))
    # a file turns tuples into lists
    return bool(storage.plain(asked) == storage.plain(found))


def _named(init: Any) -> str:
    if isinstance(init, str | os.PathLike):
        return f"init={os.fspath(init)!r}"
    return f"the {type(final_estimator(init)).__name__} given as init"
