"""A trained second look as one file: its weights, and everything else as JSON."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ...embedding.networks import PairNet
from ...embedding.storage import (
    FileKind,
    check_hash,
    errors_naming,
    plain,
    read_tensors,
    versions_in_use,
    write_tensors,
)
from ...patterns import check_grid
from .band import Band

SECOND_LOOK = FileKind("xrpdsim-second-look", "SecondLook.save")
FORMAT_VERSION = 1

WEIGHTS = "network."

_LARGEST = 4096
"""Of any of the sizes of a network; weights of this many features would take gigabytes."""


def write_second_look(
    path: str | os.PathLike[str],
    network: PairNet,
    band: Band,
    two_theta: NDArray[np.float64],
    further: Mapping[str, Any] | None = None,
) -> None:
    """Write a trained second look; `further` entries of the header are kept as they are."""
    weights = network.state_dict()
    tensors = {WEIGHTS + name: t.detach().cpu().contiguous() for name, t in weights.items()}
    tensors["two_theta"] = torch.as_tensor(np.asarray(two_theta, dtype=np.float64))
    header = {
        "format_version": FORMAT_VERSION,
        "network": plain(network.sizes),
        "band": [band.low, band.high, band.slope, band.intercept],
        "further": dict(further or {}),
        "versions": versions_in_use(),
    }
    write_tensors(path, SECOND_LOOK, header, tensors)


def read_second_look(
    path: str | os.PathLike[str], *, sha256: str | None = None
) -> tuple[PairNet, Band, NDArray[np.float64], dict[str, Any]]:
    """Read what `write_second_look` wrote.

    Parameters
    ----------
    path : path-like
    sha256 : str, optional
        What the whole file has to hash to.

    Returns
    -------
    network : PairNet
        Ready for prediction.
    band : Band
    two_theta : ndarray of shape (n_points,)
    further : dict
        The further entries of the header.

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
        two_theta = tensors.pop("two_theta").numpy()
        check_grid(two_theta, len(two_theta))
        network = PairNet(**header["network"])
        network.load_state_dict({k.removeprefix(WEIGHTS): t for k, t in tensors.items()})
        further = header["further"]
        if not isinstance(further, dict):
            raise ValueError("the header is damaged: further is no object")
        return network.eval(), _band(header["band"]), two_theta, further


def _check_before_reading(header: dict[str, Any], shapes: Mapping[str, tuple[int, ...]]) -> None:
    found = header.get("format_version")
    if type(found) is not int or found != FORMAT_VERSION:
        raise ValueError(
            f"format version {found} is not known; this xrpdsim reads version {FORMAT_VERSION}. "
            "Another xrpdsim wrote it: try the newest"
        )
    sizes = header["network"]
    channels = sizes["channels"]
    numbers = [*channels, *(value for name, value in sizes.items() if name != "channels")]
    if len(channels) > 16 or not all(type(n) is int and 0 <= n <= _LARGEST for n in numbers):
        raise ValueError(f"the header is damaged: no network has the sizes {sizes}")
    with torch.device("meta"):
        expected = {WEIGHTS + k: tuple(t.shape) for k, t in PairNet(**sizes).state_dict().items()}
    given = {name: shape for name, shape in shapes.items() if name != "two_theta"}
    for name in sorted(given.keys() | expected.keys()):
        if given.get(name) != expected.get(name):
            raise ValueError(
                f"the weights do not fit the network: {name} is {given.get(name, 'missing')}, "
                f"expected {expected.get(name, 'none of that name')}"
            )
    if len(shapes.get("two_theta", ())) != 1:
        raise ValueError("it holds no grid")


def _band(values: Any) -> Band:
    if not isinstance(values, list) or len(values) != 4:
        raise ValueError(f"the header is damaged: the band is {values!r}")
    low, high, slope, intercept = (float(value) for value in values)
    if not low < high or not slope >= 0 or not math.isfinite(intercept):
        raise ValueError(f"the header is damaged: no band is {values}")
    return Band(low, high, slope, intercept)
