"""The reader of columns of numbers."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._scan import Scan
from ..._text import Content, check_last_line
from ...errors import PatternFileError
from ...wavelengths import in_nanometres, stated_wavelength
from ..format import Format
from ._headings import Chosen, choose_columns, facts
from ._rows import Rows, column, read_rows

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def _is_text(content: Content) -> bool:
    """Say whether the file is text; whether it holds columns is for the reader to find out."""
    if content.raw[:2] in _UTF16:
        return True
    head = content.raw[:4096]
    printable = sum(byte >= 32 or byte in b"\t\n\r\f" for byte in head)
    return printable >= 0.95 * len(head)


def _read_table(content: Content) -> list[Scan]:
    """Read one scan or several from the columns that the headings choose."""
    rows = read_rows(content.lines)
    chosen = choose_columns(rows.headings, len(rows.fields[0]), rows.split)
    doubts = check_last_line(content.text)
    x = column(rows, chosen.axis)
    parts = _scans(x)
    wavelength, n_declared = _lone_number(rows)
    wavelength = wavelength or stated_wavelength("\n".join(rows.headings))
    about = facts(rows.headings)
    stated = bool(chosen.axis_name or about.scan_axis)
    metadata: dict[str, Any] = {"header": rows.headings[:100]} if rows.headings else {}
    if about.anode:
        metadata["anode"] = about.anode
    esd = _esd(rows, chosen)
    return [
        Scan(
            x[part],
            intensity[part],
            None if esd is None else esd[part],
            axis=about.scan_axis or chosen.axis_name or "2theta",
            name=name,
            wavelength=wavelength,
            n_declared=n_declared,
            sample=about.sample,
            date=about.date,
            metadata=metadata,
            doubts=doubts,
            announced=stated or wavelength is not None,
            axis_stated=stated,
        )
        for name, place in chosen.intensities
        for intensity in (column(rows, place),)
        for part in parts
    ]


def _esd(rows: Rows, chosen: Chosen) -> NDArray[np.float64] | None:
    if chosen.esd is None:
        return None
    esd = column(rows, chosen.esd)
    return esd if (esd >= 0).all() and esd.any() else None


def _lone_number(rows: Rows) -> tuple[float | None, int | None]:
    """Return what a number alone on the first line is: a wavelength, or a number of points.

    DASH and others put the wavelength there, with three digits at least; some the number of points.
    """
    text = rows.lone_number
    if text is None:
        return None, None
    value = float(text)
    digits = re.sub(r"[eE].*|[^0-9]", "", text).lstrip("0")
    if 0.1 < value < 3 and "." in text and len(digits) >= 3:
        if why := in_nanometres(value):
            raise PatternFileError(f"the first row holds one number, {value:g}, which {why}")
        return value, None
    if value.is_integer() and value >= 3:
        return None, int(value)
    raise PatternFileError(
        f"the first row holds one number ({text[:40]}) that is neither a wavelength in angstrom, "
        "with three digits or more, nor a number of points; write '# wavelength: ... A', or remove "
        "the line"
    )


def _scans(x: NDArray[np.float64]) -> list[slice]:
    """Cut a table where 2theta returns: frames of a detector, or scans one below the other.

    A single damaged angle also returns, but the point next to it then lies far away. Plane
    spacings fall all the way, and are one scan.
    """
    starts = [0, *(np.flatnonzero(np.diff(x) < 0) + 1).tolist(), len(x)]
    parts = [slice(first, end) for first, end in pairwise(starts)]
    for part in parts:
        steps = np.diff(x[part])
        if (
            steps.size < 9
            or not (steps > 0).all()
            or max(steps[0], steps[-1]) > 3 * np.median(steps)
        ):
            return [slice(None)]
    return parts


COLUMNS = Format(
    "columns of text", (".xy", ".xye", ".csv", ".txt", ".dat", ".prn"), _is_text, _read_table
)
"""Columns of numbers."""
