"""Reading fields of binary files without reading past their end."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._scan import check_count
from .errors import PatternFileError


def unpack(layout: str, content: bytes, offset: int) -> tuple[Any, ...]:
    """Return the little-endian fields at an offset."""
    size = struct.calcsize("<" + layout)
    if offset < 0 or offset + size > len(content):
        raise PatternFileError(
            f"the header needs {size} bytes at byte {offset}, but the file has {len(content)}; it "
            "is cut off"
        )
    return struct.unpack_from("<" + layout, content, offset)


def text_field(content: bytes, offset: int, length: int) -> str:
    """Return a text of fixed length, padded with NUL or blanks."""
    return content[offset : offset + length].split(b"\0")[0].decode("latin-1").strip()


def column(
    content: bytes, offset: int, n_points: int, dtype: str, stride: int | None = None
) -> NDArray[np.float64]:
    """Return `n_points` numbers of a type, `stride` bytes apart, if the file is that long."""
    check_count(n_points)
    size = np.dtype(dtype).itemsize
    stride = size if stride is None else stride
    end = offset + (n_points - 1) * stride + size
    if offset < 0 or end > len(content):
        raise PatternFileError(
            f"{n_points} points need {end} bytes, but the file has {len(content)}; it is cut off"
        )
    values = np.ndarray((n_points,), dtype, content, offset, (stride,))
    # Damaged bytes may be numbers that are none; the gates find them.
    with np.errstate(invalid="ignore"):
        return values.astype(np.float64)


def check_rest(content: bytes, end: int) -> None:
    """Refuse a file with content behind its last range: the ranges were not where it says."""
    rest = content[end:]
    if rest.strip(b"\0"):
        raise PatternFileError(
            f"{len(rest)} bytes follow the last range that the header announces; the file is "
            "damaged"
        )
