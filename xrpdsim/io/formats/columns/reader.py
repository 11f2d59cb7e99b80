"""The reader of columns of numbers."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._numbers import floats
from ..._scan import Scan
from ..._text import Content, check_last_line
from ...errors import PatternFileError
from ...wavelengths import in_nanometres, stated_wavelength
from ..format import Format
from ._headings import choose_columns, facts
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
    patterns = choose_columns(rows.headings, len(rows.fields[0]), rows.split)
    axes = {each.axis: column(rows, each.axis) for each in patterns}
    if not patterns[0].axis_name:
        _check_one_axis(rows, axes[patterns[0].axis])
    doubts = (*check_last_line(content.text), *_doubts_of_joining(list(axes.values())))
    wavelength, n_declared = _lone_number(rows)
    wavelength = wavelength or stated_wavelength("\n".join(rows.headings))
    about = facts(rows.headings)
    stated = bool(patterns[0].axis_name or about.scan_axis)
    metadata: dict[str, Any] = {"header": rows.headings[:100]} if rows.headings else {}
    if about.anode:
        metadata["anode"] = about.anode
    return [
        Scan(
            axes[each.axis][part],
            intensity[part],
            None if esd is None else esd[part],
            axis=about.scan_axis or each.axis_name or "2theta",
            name=each.name,
            wavelength=wavelength,
            n_declared=n_declared,
            sample=about.sample,
            date=about.date,
            metadata=metadata,
            doubts=doubts,
            announced=stated or wavelength is not None,
            axis_stated=stated,
        )
        for each in patterns
        for intensity, esd in ((column(rows, each.intensity), _esd(rows, each.esd)),)
        for part in _scans(axes[each.axis])
    ]


def _esd(rows: Rows, place: int | None) -> NDArray[np.float64] | None:
    if place is None:
        return None
    esd = column(rows, place)
    return esd if (esd >= 0).all() and esd.any() else None


def _check_one_axis(rows: Rows, x: NDArray[np.float64]) -> None:
    """Refuse four columns without headings of which the third grows with the first, as angles do.

    They may be two patterns; what stands beside one pattern, such as a deviation, goes up and down.
    """
    if len(rows.fields[0]) != 4:
        return
    third, bad = floats([row[2] for row in rows.fields])
    grows = x[1:] > x[:-1]
    if bad is None and grows.any() and (third[1:] > third[:-1])[grows].mean() > 0.9:
        raise PatternFileError(
            "the rows have 4 columns without headings, and the third grows as 2theta does; name "
            "the columns, such as '2theta A 2theta B' if these are two patterns, or '2theta "
            "intensity esd time' if it is one"
        )


def _doubts_of_joining(axes: list[NDArray[np.float64]]) -> tuple[str, ...]:
    """Return what to say of patterns side by side that do not overlap, and so may be joined."""
    ordered = sorted((x.min(), x.max()) for x in axes)
    if len(axes) < 2 or any(start < end for (_, end), (start, _) in pairwise(ordered)):
        return ()
    return (
        f"the {len(axes)} columns of angles do not overlap: where one pattern is asked for, they "
        "are joined as ranges of it; if they are patterns of their own, take each (--scan all, "
        "read_patterns)",
    )


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
