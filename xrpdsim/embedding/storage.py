"""A fitted embedder as one file: weights as safetensors, everything else as JSON in its header."""

from __future__ import annotations

import json
import os
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes

from .._support._files import write_atomically
from .._support._table import Table
from .._support._version import __version__
from .devices import device_if_there
from .settings import in_force, settled
from .training import restore

if TYPE_CHECKING:
    from .siamese import SiameseXRPDEmbedder

FORMAT = "xrpdsim-embedder"
FORMAT_VERSION = 1

LIBRARIES = ("torch", "skorch", "scikit-learn", "numpy")
WEIGHTS = "module."
ARRAYS = ("two_theta_", "validation_indices_")
LABELS = ("validation_groups_", "feature_names_in_")
VALUES = ("best_check_", "interrupted_", "loss_parameters_", "n_features_in_")


def save(embedder: SiameseXRPDEmbedder, path: str | os.PathLike[str]) -> None:
    """Write a fitted embedder; see `SiameseXRPDEmbedder.save`."""
    state = embedder.net_.module_.state_dict()
    tensors = {WEIGHTS + name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}
    for name in ARRAYS:
        values = getattr(embedder, name)
        if values is not None:
            tensors[name] = torch.as_tensor(values)
    header = {
        "format_version": FORMAT_VERSION,
        "params": _storable_params(embedder),
        "learnt": {name: plain(getattr(embedder, name)) for name in VALUES},
        "labels": {
            name: _labels(getattr(embedder, name)) for name in LABELS if hasattr(embedder, name)
        },
        "history": _without_nan(embedder.history_),
        "versions": {"xrpdsim": __version__} | {name: version(name) for name in LIBRARIES},
    }
    # One entry: safetensors writes several in random order, and files should compare equal.
    metadata = {FORMAT: json.dumps(header, allow_nan=False)}
    with write_atomically(path, "wb") as file:
        file.write(to_bytes(tensors, metadata))


def load(
    cls: type[SiameseXRPDEmbedder],
    path: str | os.PathLike[str],
    *,
    architecture: Any = None,
    device: str | None = None,
) -> SiameseXRPDEmbedder:
    """Read an embedder; see `SiameseXRPDEmbedder.load`."""
    header, tensors = _read(Path(path))
    try:
        return _rebuilt(cls, header, tensors, architecture, device)
    except KeyError as error:
        raise ValueError(f"{path}: the header is damaged, {error} is missing") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error


def _read(path: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    try:
        with safe_open(path, framework="pt") as file:
            text = (file.metadata() or {}).get(FORMAT)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        header = None if text is None else json.loads(text)
    except (SafetensorError, json.JSONDecodeError) as error:
        raise ValueError(
            f"{path}: not a file of SiameseXRPDEmbedder.save, or cut short ({error})"
        ) from error
    if not isinstance(header, dict):
        raise ValueError(f"{path}: a safetensors file, but not of SiameseXRPDEmbedder.save")
    if header.get("format_version") != FORMAT_VERSION:
        raise ValueError(
            f"{path}: format version {header.get('format_version')} is not known; this xrpdsim "
            f"reads version {FORMAT_VERSION}. Another xrpdsim wrote it: try the newest"
        )
    return header, tensors


def _rebuilt(
    cls: type[SiameseXRPDEmbedder],
    header: dict[str, Any],
    tensors: dict[str, torch.Tensor],
    architecture: Any,
    device: str | None,
) -> SiameseXRPDEmbedder:
    params = dict(header["params"])
    own_network = params.pop("own_network")
    if own_network and architecture is None:
        raise ValueError(
            f"the network is {own_network}, which is not part of xrpdsim; give it: "
            f"load(path, architecture={own_network.rpartition('.')[2]})"
        )
    if architecture is not None and not own_network:
        raise ValueError(
            f"the network is {params['architecture'] or 'smolnet'!r}; architecture is only for "
            "files of a network of one's own"
        )
    if own_network:
        params["architecture"] = architecture
    if device is not None:
        params["device"] = device
    if params["two_theta"] is not None:
        params["two_theta"] = tensors["two_theta_"].numpy()

    embedder = cls(**params)
    for name in VALUES:
        setattr(embedder, name, header["learnt"][name])
    for name in LABELS:
        if name in header["labels"]:
            labels = header["labels"][name]
            setattr(embedder, name, None if labels is None else np.array(labels, dtype=object))
    for name in ARRAYS:
        setattr(embedder, name, tensors[name].numpy() if name in tensors else None)
    embedder.history_ = _with_nan(header["history"])
    settings = settled(embedder)
    embedder.settings_ = in_force(settings)
    embedder.metric_ = settings.metric
    embedder.net_ = restore(
        embedder,
        embedder.n_features_in_,
        device_if_there(embedder.device),
        {k.removeprefix(WEIGHTS): v for k, v in tensors.items() if k.startswith(WEIGHTS)},
    )
    return embedder


def _storable_params(embedder: SiameseXRPDEmbedder) -> dict[str, Any]:
    params = embedder.get_params(deep=False)
    if embedder.init is not None:
        # what came from there has to be in the file: nothing says it stays where it is
        params |= embedder.settings_
        if isinstance(embedder.init, str | os.PathLike):
            params["init"] = os.fspath(embedder.init)
        else:
            params |= {"init": None, "two_theta": embedder.two_theta_}
            warnings.warn(
                "init is an embedder and is not saved; what was learnt is, but fitting the loaded "
                "embedder again starts from random weights",
                UserWarning,
                stacklevel=4,
            )
    own_network = None
    if not isinstance(params["architecture"], str | None):
        network = params["architecture"]
        network_class = network if isinstance(network, type) else type(network)
        own_network = f"{network_class.__module__}.{network_class.__qualname__}"
        params["architecture"] = None
    if params["two_theta"] is not None:
        params["two_theta"] = True  # the grid itself is stored as a tensor
    if not isinstance(params["random_state"], int | np.integer | None):
        warnings.warn(
            "random_state is a generator and is not saved; the weights are, but fitting the loaded "
            "embedder again gives others",
            UserWarning,
            stacklevel=4,
        )
        params["random_state"] = None
    stored: dict[str, Any] = {"own_network": own_network}
    for name, value in params.items():
        stored[name] = plain(value)
        try:
            json.dumps(stored[name], allow_nan=False)
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"the parameter {name}={value!r} cannot be saved: {error}. Give it as numbers, "
                "strings and lists"
            ) from error
    return stored


def plain(value: Any) -> Any:
    """Return a value as JSON keeps it: tuples and arrays become lists."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    return value


def _labels(labels: Any) -> list[Any] | None:
    if labels is None:
        return None
    return [v if isinstance(v, str | int | float) else str(v) for v in plain(labels)]


# JSON has no NaN, which is the validation loss where nothing is validated.
def _without_nan(history: Table) -> dict[str, list[Any]]:
    return {k: [None if v != v else v for v in column] for k, column in history.items()}


def _with_nan(history: dict[str, list[Any]]) -> Table:
    return Table({k: [np.nan if v is None else v for v in column] for k, column in history.items()})
