"""A trained second look as one file: its weights, and everything else as JSON."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...embedding.networks import PairNet
from ...embedding.storage import (
    FileKind,
    Shapes,
    check_hash,
    errors_naming,
    plain,
    read_tensors,
    refuse_other_shapes,
    refuse_unknown_version,
    refuse_without_seal,
    versions_in_use,
    with_prefix,
    write_tensors,
)
from ...patterns import check_grid
from .band import Band

SECOND_LOOK = FileKind("xrpdsim-second-look", "SecondLook.save")
FORMAT_VERSION = 1

WEIGHTS = "network."
FURTHER = "further."

LARGEST = 4096
"""Of any of the sizes of a network; weights of this many features would take gigabytes."""

MOST_CHANNELS = 16

_LEAST = {"lags": 0, "self_lags": 0}
"""Of sizes that need not be 1 at least."""


class SecondLookParts(NamedTuple):
    """The fields of a `TrainedSecondLook`, which itself imports from here."""

    network: PairNet
    band: Band
    two_theta: NDArray[np.float64]


def write_second_look(
    path: str | os.PathLike[str],
    look: SecondLookParts,
    further: Mapping[str, Any] | None = None,
    arrays: Mapping[str, NDArray[Any]] | None = None,
) -> None:
    """Write a trained second look; `further` of the header and `arrays` are kept as they are."""
    header, tensors = second_look_as_values(look)
    header |= {"further": dict(further or {}), "versions": versions_in_use()}
    tensors |= {FURTHER + name: torch.as_tensor(array) for name, array in (arrays or {}).items()}
    write_tensors(path, SECOND_LOOK, header, tensors)


def second_look_as_values(look: SecondLookParts) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Return the header and the tensors that keep a trained second look."""
    weights = look.network.state_dict()
    tensors = {WEIGHTS + name: t.detach().cpu().contiguous() for name, t in weights.items()}
    tensors["two_theta"] = torch.as_tensor(np.asarray(look.two_theta, dtype=np.float64))
    band = look.band
    header = {
        "format_version": FORMAT_VERSION,
        "network": plain(look.network.sizes),
        "band": [band.low, band.high, band.slope, band.intercept],
    }
    return header, tensors


def read_second_look(
    path: str | os.PathLike[str], *, sha256: str | None = None
) -> tuple[SecondLookParts, dict[str, Any], dict[str, NDArray[Any]]]:
    """Read what `write_second_look` wrote.

    Parameters
    ----------
    path : path-like
    sha256 : str, optional
        What the whole file has to hash to.

    Returns
    -------
    look : SecondLookParts
        Its network is ready for prediction.
    further : dict
        The further entries of the header.
    arrays : dict of str to ndarray

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is another file, was damaged or changed, or its weights do not fit.
    """
    path = Path(path)
    with errors_naming(path):
        if sha256 is not None:
            check_hash(path, sha256)
        header, tensors, _ = read_tensors(path, SECOND_LOOK, _check_before_reading)
        further = header["further"]
        if not isinstance(further, dict):
            raise ValueError("the header is damaged: further is no object")
        arrays = {name: t.numpy() for name, t in with_prefix(tensors, FURTHER).items()}
        own = {name: t for name, t in tensors.items() if not name.startswith(FURTHER)}
        return second_look_from_values(header, own), further, arrays


def second_look_from_values(
    header: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> SecondLookParts:
    """Return the second look that `second_look_as_values` was given, ready for prediction.

    Raises
    ------
    ValueError
        If the values are not those of a second look.
    """
    two_theta = tensors["two_theta"].numpy()
    if two_theta.dtype != np.float64:
        raise ValueError(f"two_theta is {two_theta.dtype}, expected float64")
    check_grid(two_theta, len(two_theta))
    network = PairNet(**header["network"])
    network.load_state_dict(with_prefix(tensors, WEIGHTS))
    return SecondLookParts(network.eval(), _band(header["band"]), two_theta)


def _check_before_reading(header: dict[str, Any], shapes: Shapes) -> None:
    refuse_without_seal(header)
    check_second_look(
        header, {name: shape for name, shape in shapes.items() if not name.startswith(FURTHER)}
    )


def check_second_look(header: dict[str, Any], shapes: Shapes) -> None:
    """Raise ValueError unless header and shapes of tensors are those of a second look."""
    refuse_unknown_version(header.get("format_version"), FORMAT_VERSION)
    sizes = header["network"]
    if not sizes_are_possible(sizes):
        raise ValueError(f"the header is damaged: no network has the sizes {sizes}")
    with torch.device("meta"):
        expected = {WEIGHTS + k: tuple(t.shape) for k, t in PairNet(**sizes).state_dict().items()}
    given = {name: shape for name, shape in shapes.items() if name != "two_theta"}
    refuse_other_shapes(given, expected)
    if len(shapes.get("two_theta", ())) != 1:
        raise ValueError("it holds no grid")


def sizes_are_possible(sizes: Mapping[str, Any]) -> bool:
    """Return whether all sizes of a network are such as it can have, and a file may hold."""
    channels = sizes["channels"]
    if not isinstance(channels, list) or len(channels) > MOST_CHANNELS:
        return False
    others = {name: value for name, value in sizes.items() if name != "channels"}
    numbers = [("channels", value) for value in channels] + list(others.items())
    return all(type(n) is int and _LEAST.get(name, 1) <= n <= LARGEST for name, n in numbers)


def _band(values: Any) -> Band:
    if not isinstance(values, list) or len(values) != 4:
        raise ValueError(f"the header is damaged: the band is {values!r}")
    low, high, slope, intercept = (float(value) for value in values)
    if not low < high or not slope >= 0 or not math.isfinite(intercept):
        raise ValueError(f"the header is damaged: no band is {values}")
    return Band(low, high, slope, intercept)
