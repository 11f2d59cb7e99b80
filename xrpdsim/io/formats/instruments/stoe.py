"""STOE RAW, the binary format of STADI P diffractometers.

Layout as in the public source of DASH (CCDC, MIT-style licence): records of 512 bytes, numbers
little-endian, records counted from 1. Checked on one real file.
"""

from __future__ import annotations

import numpy as np

from ..._binary import column, text_field, unpack
from ..._scan import Scan, stepped_angles
from ..._text import Content
from ...errors import PatternFileError
from ..format import Format

RECORD = 512
_SCAN_MODES = {1: "transmission", 2: "reflection", 3: "capillary"}


def _is_stoe_raw(content: Content) -> bool:
    return content.raw.startswith(b"RAW_") and b"Powdat" in content.raw[:16]


def _read_stoe_raw(file: Content) -> list[Scan]:
    """Read the ranges; each must agree with the extremes and the last angle in its header."""
    content = file.raw
    lines = unpack("ff", content, 322)
    (scan_mode,) = unpack("h", content, 358)
    headers = unpack("8h", content, 480)
    n_records = unpack("8h", content, 496)
    if len(content) % RECORD:
        raise PatternFileError(
            f"the file has {len(content)} bytes, no whole number of records of {RECORD}; it is cut "
            "off"
        )
    return [
        _range(content, (header - 1) * RECORD, records, lines, scan_mode)
        for header, records in zip(headers, n_records, strict=True)
        if header > 0
    ]


def _range(
    content: bytes, header: int, n_records: int, lines: tuple[float, float], scan_mode: int
) -> Scan:
    wavelength, alpha2 = lines
    _, n_points, _, form = unpack("hHhh", content, header + 32)
    factor, begin, _, end, _, step, _, time = unpack("8f", content, header + 40)
    lowest, highest = unpack("ii", content, header + 120)
    if form not in (0, 1):
        raise PatternFileError(f"counts of form {form} are not known; the file is damaged")
    if -(-n_points * (2 if form else 4) // RECORD) != n_records:
        raise PatternFileError(
            f"{n_points} points do not fill {n_records} records; the file is damaged"
        )
    first, step, last = (float(f"{value:.7g}") for value in (begin, step, end))
    angles = stepped_angles(first, step, n_points, last, end_digit=1e-4)
    stored = column(content, header + RECORD, n_points, "<i2" if form else "<i4")
    if (stored.min(), stored.max()) != (lowest, highest):
        raise PatternFileError(
            f"the counts run from {stored.min():g} to {stored.max():g}, but the header says "
            f"{lowest} to {highest}; the file is damaged"
        )
    return Scan(
        angles,
        stored / max(np.float64(factor), 1.0),
        wavelength=float(f"{wavelength:.7g}") if wavelength > 0 else None,
        kalpha2=alpha2,
        time_per_step=time if time > 0 else None,
        sample=text_field(content, 32, 80),
        date=text_field(content, 16, 16),
        instrument="STOE STADI P",
        metadata={"scan_mode": _SCAN_MODES.get(scan_mode, str(scan_mode))},
    )


STOE_RAW = Format("STOE RAW", (".raw",), _is_stoe_raw, _read_stoe_raw)
"""STOE RAW."""
