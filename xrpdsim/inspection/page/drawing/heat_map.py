"""A matrix of probabilities as a picture."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray


def heat_map(probability: NDArray[np.floating]) -> str:
    """Return a matrix of probabilities as the address of a PNG picture, a pixel an entry."""
    levels = (np.clip(np.nan_to_num(probability), 0, 1) * 255).astype(np.uint8)
    # from dark blue over grey to yellow, as light as they are large, also without colours
    stops = np.array([[0, 34, 78], [124, 123, 120], [254, 232, 56]], dtype=float)
    at = np.linspace(0, 2, 256)
    palette = np.column_stack([np.interp(at, [0, 1, 2], stops[:, c]) for c in range(3)])
    return "data:image/png;base64," + base64.b64encode(
        _png(levels, palette.round().astype(np.uint8))
    ).decode("ascii")


def _png(levels: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """Return an indexed picture in PNG (ISO/IEC 15948)."""
    height, width = levels.shape

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    rows = b"".join(b"\0" + row.tobytes() for row in levels)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
        + chunk(b"PLTE", palette.tobytes())
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )
