"""Tensors and one JSON header in a safetensors file, sealed by a digest of both.

What is read may have been damaged or made to harm: nothing is executed, and sizes are looked at
before memory is taken for them.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor

from ..._support._files import write_atomically


class FileKind(NamedTuple):
    """What a file holds.

    Attributes
    ----------
    key : str
        Of the metadata of safetensors, under which the header stands.
    writer : str
        What writes such files, for messages.
    """

    key: str
    writer: str


MAX_HEADER = 5 * 2**20
"""Bytes. As JSON it takes up to 15 times as much memory; a history of 50,000 checks fits."""

MAX_BRACKETS = 10_000
"""Opening brackets in the header, which cost most of all."""

MAX_TENSORS = 10_000

_SEAL = ', "sha256": "'

Shapes = dict[str, tuple[int, ...]]

Value = TypeVar("Value")


def write_tensors(
    path: str | os.PathLike[str],
    kind: FileKind,
    header: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
) -> None:
    """Write a file; an existing one is replaced.

    Parameters
    ----------
    path : path-like
    kind : FileKind
    header : mapping
        Values that JSON knows.
    tensors : mapping of str to Tensor
        On the CPU, contiguous.

    Raises
    ------
    ValueError
        If it is more than `read_tensors` would take, or a value is not finite.
    """
    _refuse_not_finite(tensors)
    text = _sealed(json.dumps(header, allow_nan=False), tensors)
    # One entry: safetensors writes several in random order, and files should compare equal.
    contents = to_bytes(dict(tensors), {kind.key: text})
    if len(tensors) > MAX_TENSORS or _length_of_header(contents[:8]) > MAX_HEADER:
        raise ValueError(
            f"{path}: the header of the file would have more than {MAX_HEADER} bytes or "
            f"{MAX_TENSORS} tensors, which loading refuses; shorten history_"
        )
    with write_atomically(path, "wb") as file:
        file.write(contents)


def read_tensors(
    path: Path,
    kind: FileKind,
    check: Callable[[dict[str, Any], Shapes], None],
    *,
    also: FileKind | None = None,
) -> tuple[dict[str, Any], dict[str, Tensor], str]:
    """Read a file whole, once its header has been looked at.

    Parameters
    ----------
    path : Path
    kind : FileKind
    check : callable
        Called with the header and the shapes of all tensors before any of these is read; raises
        ValueError where they are not what they should be.
    also : FileKind, optional
        Another kind that is read as well.

    Returns
    -------
    header : dict
    tensors : dict of str to Tensor
        With finite values only.
    digest : str
        SHA-256 of both. Where the header holds one, they agree.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is of another kind, damaged, cut short, changed or too large.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    with path.open("rb") as file:
        start = file.read(8)
    if len(start) == 8 and MAX_HEADER < _length_of_header(start) < path.stat().st_size:
        raise ValueError(f"its header is said to have more than {MAX_HEADER} bytes")
    with _errors_of_safetensors(kind), safe_open(path, framework="pt") as file:
        metadata = file.metadata() or {}
        text = metadata.get(kind.key, metadata.get(also.key) if also else None)
        names = list(file.keys())
        if text is None:
            raise ValueError(f"a safetensors file, but not of {kind.writer}")
        if len(names) > MAX_TENSORS:
            raise ValueError(f"it holds {len(names)} tensors, more than {MAX_TENSORS}")
        header = _parsed(text)
        check(header, {name: tuple(file.get_slice(name).get_shape()) for name in names})
        tensors = {name: file.get_tensor(name) for name in names}
    body, seal, _ = text.rpartition(_SEAL)
    if "sha256" in header:
        header.pop("sha256")
        if not seal or text != _sealed(body + "}", tensors):
            raise ValueError(
                "it is not what save wrote: its digest is another. It was damaged or changed; take "
                "a copy that is whole"
            )
    _refuse_not_finite(tensors)
    return header, tensors, _digest(body + "}" if seal else text, tensors)


def with_prefix(values: Mapping[str, Value], prefix: str) -> dict[str, Value]:
    """Return what belongs to one part of a file, by the names it has within that part."""
    return {k.removeprefix(prefix): v for k, v in values.items() if k.startswith(prefix)}


def refuse_without_seal(header: Mapping[str, Any]) -> None:
    """Raise ValueError if a header holds no digest."""
    if "sha256" not in header:
        raise ValueError("the header is damaged, 'sha256' is missing")


def refuse_unknown_version(found: Any, newest: int) -> None:
    """Raise ValueError unless a format version is a whole number from 1 to the newest."""
    if type(found) is int and 1 <= found <= newest:
        return
    known = "version 1" if newest == 1 else f"versions 1 to {newest}"
    raise ValueError(
        f"format version {found} is not known; this xrpdsim reads {known}. "
        "Another xrpdsim wrote it: try the newest"
    )


def refuse_other_shapes(given: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Raise ValueError unless tensors have the names and shapes that a network asks for."""
    for name in sorted(given.keys() | expected.keys()):
        if given.get(name) != expected.get(name):
            raise ValueError(
                f"the weights do not fit the network: {name} is {given.get(name, 'missing')}, "
                f"expected {expected.get(name, 'none of that name')}"
            )


def _length_of_header(start: bytes) -> int:
    (length,) = struct.unpack("<Q", start)
    return int(length)


@contextmanager
def _errors_of_safetensors(kind: FileKind) -> Iterator[None]:
    try:
        yield
    except SafetensorError as error:
        raise ValueError(f"not a file of {kind.writer}, or cut short ({error})") from error


def _parsed(text: str) -> dict[str, Any]:
    if text.count("[") + text.count("{") > MAX_BRACKETS:
        raise ValueError("its header is damaged: it has too many lists")
    try:
        header = json.loads(text, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"its header is damaged: {error}") from error
    if not isinstance(header, dict):
        raise ValueError("its header is damaged: no JSON object")
    return header


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is no finite number")
    return value


def _sealed(text: str, tensors: Mapping[str, Tensor]) -> str:
    """Return a JSON object with the digest of itself and of tensors as its last entry."""
    return f'{text[:-1]}{_SEAL}{_digest(text, tensors)}"}}'


def _digest(text: str, tensors: Mapping[str, Tensor]) -> str:
    sha = hashlib.sha256(text.encode())
    for name, tensor in sorted(tensors.items()):
        sha.update(f"\n{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        sha.update(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return sha.hexdigest()


def _refuse_not_finite(tensors: Mapping[str, Tensor]) -> None:
    for name, tensor in tensors.items():
        if not bool(tensor.isfinite().all()):
            raise ValueError(
                f"the tensor {name} holds NaN or infinity, which no trained network has; a buffer "
                "that needs them is better registered with persistent=False"
            )
