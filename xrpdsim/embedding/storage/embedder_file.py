"""A trained embedder as values, and as one file: tensors, and everything else as JSON."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..._support._version import __version__
from ..._support._warnings import warn_user
from ..networks import outline
from ..training import FROM_SCRATCH, IN_FORCE, TrainingSettings
from .json_values import ARRAYS, learnt_as_json, learnt_from_json, storable
from .tensor_file import (
    FileKind,
    Shapes,
    Value,
    read_tensors,
    refuse_other_shapes,
    refuse_unknown_version,
    refuse_without_seal,
    with_prefix,
    write_tensors,
)

EMBEDDER = FileKind("xrpdsim-embedder", "SiameseXRPDEmbedder.save")

CLASSIFIER = FileKind("xrpdsim-classifier", "PairwisePhaseClassifier.save")
"""A classifier with the embedder in it: as `EMBEDDER_PART` of its header and of its tensors."""

EMBEDDER_PART = "embedder"

STEPS_PART = "steps"
"""Of a classifier's header: the preprocessing steps before its embedder."""

FORMAT_VERSION = 3

LIBRARIES = ("torch", "skorch", "scikit-learn", "numpy")
WEIGHTS = "module."

MAX_WEIGHTS = 500
"""Tensors of a network of ours; each takes a fraction of a millisecond to lay out."""

MAX_UNSAVED = 64 * 2**20
"""Bytes that a network may hold beside four times what is in its file."""


@dataclass(frozen=True)
class EmbedderFile(os.PathLike[str]):
    """The file that an embedder was loaded from, and what it held then.

    It is the `init` of a loaded embedder, so that a clone of it starts from the same weights: a
    file that holds others by then is refused.

    Parameters
    ----------
    path : str
        Absolute.
    digest : str
        The first 16 hexadecimal digits of the SHA-256 of what was read.
    """

    path: str
    digest: str

    def __repr__(self) -> str:
        # without its folder: the repr of an estimator stands in records, which folders do not alter
        return f"{type(self).__name__}({Path(self.path).name!r}, {self.digest!r})"

    def __fspath__(self) -> str:
        return self.path


@dataclass(frozen=True)
class EmbedderState:
    """All that a trained embedder is.

    Parameters
    ----------
    settings : dict
        What the weights were made by: `effective_params_`.
    parameters : dict
        The other parameters of the estimator, without `init` and `two_theta`, which weights bring,
        and what may hold programs, such as `callbacks`.
    learnt : dict
        Learnt attributes by name, without `net_`, `effective_params_` and `metric_`.
    weights : dict of str to Tensor
        Parameters and buffers of the module.
    digest : str
        Of the file it was read from, as in `EmbedderFile`; else empty.
    steps : tuple of str
        The preprocessing steps that stand before it where it comes from, which it has not itself.
    """

    settings: dict[str, Any]
    parameters: dict[str, Any]
    learnt: dict[str, Any]
    weights: dict[str, Tensor]
    digest: str = ""
    steps: tuple[str, ...] = ()


def write_state(path: str | os.PathLike[str], state: EmbedderState) -> None:
    """Write a trained embedder; see `SiameseXRPDEmbedder.save`."""
    header, tensors = state_as_values(state)
    write_tensors(path, EMBEDDER, header | {"versions": versions_in_use()}, tensors)


def state_as_values(state: EmbedderState) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Return the header and the tensors that keep a trained embedder."""
    tensors = {WEIGHTS + name: t.detach().cpu().contiguous() for name, t in state.weights.items()}
    for name in ARRAYS:
        if state.learnt[name] is not None:
            tensors[name] = torch.as_tensor(state.learnt[name])
    settings = dict(state.settings)
    own = {name: _name_of_own(settings[name]) for name in ("architecture", "loss")}
    settings |= {name: None for name, path_to_it in own.items() if path_to_it}
    if own["architecture"] is None and len(state.weights) > MAX_WEIGHTS:
        raise ValueError(f"a network of {len(state.weights)} tensors cannot be saved")
    header = {
        "format_version": FORMAT_VERSION,
        "own_network": own["architecture"],
        "own_loss": own["loss"],
        "settings": storable(settings),
        "parameters": storable(_parameters_to_keep(state.parameters)),
        **learnt_as_json(state.learnt),
    }
    return header, tensors


def versions_in_use() -> dict[str, str]:
    """Return the versions of xrpdsim and of the libraries that networks depend on."""
    return {"xrpdsim": __version__} | {name: version(name) for name in LIBRARIES}


def _name_of_own(value: Any) -> str | None:
    """Return where a network or loss of the user's own is defined; None for one of ours."""
    if isinstance(value, str):
        return None
    of = value if isinstance(value, type) else type(value)
    return f"{of.__module__}.{of.__qualname__}"


def _parameters_to_keep(parameters: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(parameters)
    lost = []
    if not isinstance(kept["random_state"], int | np.integer | None):
        lost.append("random_state is a generator")
        kept["random_state"] = None
    optimizer: Any = kept.get("optimizer")
    name = getattr(optimizer, "__name__", "")
    if isinstance(optimizer, type) and getattr(torch.optim, name, None) is optimizer:
        kept["optimizer"] = name
    elif not isinstance(optimizer, str | None):
        lost.append("optimizer is a class of your own")
        del kept["optimizer"], kept["optimizer_params"]
    for reason in lost:
        warn_user(
            f"{reason} and is not saved; the weights are, but training on from them with the "
            "loaded embedder gives other ones"
        )
    return kept


def read_state(
    path: str | os.PathLike[str],
    architecture: Any = None,
    loss: Any = None,
    *,
    sha256: str | None = None,
) -> EmbedderState:
    """Read a trained embedder; see `SiameseXRPDEmbedder.load`.

    Parameters
    ----------
    path : path-like
    architecture : torch Module class or Module, optional
        The network, where it is the user's own.
    loss : PairLoss class or PairLoss, optional
        The loss, where it is the user's own.
    sha256 : str, optional
        What the whole file has to hash to.

    Returns
    -------
    EmbedderState

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not what `write_state` wrote, or `architecture` or `loss` is not what it needs.
    """
    path = Path(path)
    with errors_naming(path):
        if sha256 is not None:
            check_hash(path, sha256)
        header, tensors, digest = read_tensors(
            path, EMBEDDER, _check_before_reading, also=CLASSIFIER
        )
        own = {"architecture": architecture, "loss": loss}
        state = state_from_values(*_embedder_part(header, tensors), own, digest[:16])
        return replace(state, steps=tuple(str(step["step"]) for step in header.get(STEPS_PART, ())))


@contextmanager
def errors_naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Make what fails over the contents of a file a ValueError that names the file."""
    try:
        yield
    except KeyError as error:
        raise ValueError(f"{path}: the header is damaged, {error} is missing") from error
    except (ArithmeticError, AttributeError, RuntimeError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error


def check_hash(path: Path, sha256: str) -> None:
    """Raise ValueError if a whole file does not hash to this, as shipped weights have to."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise ValueError(
            f"it was damaged or changed: its SHA-256 is {found[:12]}..., that of the weights as "
            f"shipped {sha256[:12]}...; install xrpdsim again"
        )


def state_from_values(
    header: dict[str, Any], tensors: dict[str, Tensor], own: dict[str, Any], digest: str
) -> EmbedderState:
    """Return the trained embedder that `state_as_values` was given.

    Parameters
    ----------
    header : dict
    tensors : dict of str to Tensor
    own : dict
        "architecture" and "loss", where they are the user's own; else None.
    digest : str
        First digits of that of the file.

    Returns
    -------
    EmbedderState

    Raises
    ------
    ValueError
        If the values are not those of an embedder, or a network or loss is not what it needs.
    """
    header = _of_this_version(header)
    settings = dict(header["settings"])
    for name, what in (("architecture", "network"), ("loss", "loss")):
        of_file, given = header[f"own_{what}"], own[name]
        if of_file and given is None:
            raise ValueError(
                f"the {what} is {of_file}, of which a file holds no code; give it: "
                f"load(path, {name}={of_file.rpartition('.')[2]})"
            )
        if given is not None and not of_file:
            raise ValueError(
                f"the {what} is {settings[name]!r}; {name} is only for files of a {what} of one's "
                "own"
            )
        if of_file:
            settings[name] = given
    if set(settings) != set(IN_FORCE):
        raise ValueError("the header is damaged: settings are missing, or too many")
    return EmbedderState(
        settings=settings,
        parameters=dict(header["parameters"]),
        learnt=learnt_from_json(header, tensors),
        weights=with_prefix(tensors, WEIGHTS),
        digest=digest,
    )


def _of_this_version(header: dict[str, Any]) -> dict[str, Any]:
    """Return a header as it is written now, whichever version wrote it."""
    if header["format_version"] == FORMAT_VERSION:
        return header
    # versions 1 and 2 knew no losses of one's own
    header = header | {"own_loss": None}
    if header["format_version"] == 2:
        return header | {"settings": header["settings"] | {"loss_params": None}}
    # version 1 kept all parameters together, and left open what was left open
    parameters = dict(header["params"])
    settings = TrainingSettings.from_parameters(parameters, FROM_SCRATCH).in_force()
    own_network = parameters.pop("own_network")
    if own_network:
        settings["architecture"] = None
    for name in (*IN_FORCE, "init", "two_theta"):
        parameters.pop(name, None)
    return header | {"own_network": own_network, "settings": settings, "parameters": parameters}


def _embedder_part(
    header: dict[str, Any], values: dict[str, Value]
) -> tuple[dict[str, Any], dict[str, Value]]:
    """Return what a file holds of an embedder: all of it, or the part in a classifier."""
    if EMBEDDER_PART not in header:
        return header, values
    return header[EMBEDDER_PART], with_prefix(values, f"{EMBEDDER_PART}.")


def _check_before_reading(header: dict[str, Any], shapes: Shapes) -> None:
    if EMBEDDER_PART in header or header.get("format_version") != 1:
        refuse_without_seal(header)
    check_state(*_embedder_part(header, shapes))


def check_state(header: dict[str, Any], shapes: Shapes) -> None:
    """Raise ValueError unless header and shapes of tensors are those of a trained embedder."""
    refuse_unknown_version(header.get("format_version"), FORMAT_VERSION)
    header = _of_this_version(header)
    n_points = header["learnt"]["n_features_in_"]
    if type(n_points) is not int or shapes.get("two_theta_") != (n_points,) or not n_points:
        raise ValueError(f"it does not hold a grid of n_features_in_={n_points!r} points")
    if header["own_network"] is None:
        _check_shapes(header["settings"], n_points, shapes)


def _check_shapes(settings: dict[str, Any], n_points: int, shapes: Shapes) -> None:
    """Refuse weights that do not fit the network, before either takes memory."""
    module_params, architecture = settings["module_params"], settings["architecture"]
    if not isinstance(module_params, dict | None) or not isinstance(architecture, str):
        raise ValueError(f"the network {architecture!r} with {module_params!r} is none")
    given = with_prefix(shapes, WEIGHTS)
    if len(given) > MAX_WEIGHTS or _n_items(module_params) > 16 + len(given):
        raise ValueError(
            f"the weights do not fit the network: {len(given)} tensors, of {MAX_WEIGHTS} at most, "
            f"for {_n_items(module_params)} values in module_params"
        )
    held = outline(architecture, module_params, "unit", n_points)
    refuse_other_shapes(
        given, {k: tuple(t.shape) for k, t in held.items() if not k.startswith("-")}
    )
    saved = sum(t.nbytes for name, t in held.items() if not name.startswith("-"))
    unsaved = sum(t.nbytes for name, t in held.items() if name.startswith("-"))
    if unsaved > MAX_UNSAVED + 4 * saved:
        raise ValueError(f"the network would take {unsaved} bytes beside its weights of {saved}")


def _n_items(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_n_items, value.values()))
    return 1 + sum(map(_n_items, value)) if isinstance(value, list) else 1
