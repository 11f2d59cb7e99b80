"""Columns of numbers: xy, xye, csv, txt, dat, prn.

There is no specification. A file is read as columns only if every line from the first row of
numbers on is a comment or a row with the same number of columns; which columns are meant is
told by their headings or, for two to four columns without headings, by their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrpdsim.io._decode import check_last_line, decode_text, split_lines
from xrpdsim.io._errors import PatternFileError
from xrpdsim.io._numbers import NUMBER, floats
from xrpdsim.io._scan import MAX_POINTS, Scan

_COMMENT = ("#", ";", "!", "'", "%", "//", "/*", "*/")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf(?:inity)?)", re.I)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d{1,3})?")

# Headings in lower case, stripped to letters and digits.
_TWO_THETA = {
    "2theta", "twotheta", "2th", "tth", "ttheta", "2thetadeg", "twothetadeg", "2thetadegree",
    "2thetadegrees", "twothetadegree", "twothetadegrees", "2thdeg", "2ththeta", "angle",
    "angle2theta", "2thetaangle", "pos2th", "angledeg", "angledegrees",
}  # fmt: skip
_OTHER_AXES = {
    "theta", "thetadeg", "th", "q", "qa1", "q1a", "qvalue", "d", "da", "dspacing", "dspacinga",
    "omega", "omegadeg", "chi", "phi", "energy", "energykev", "time", "times", "tof", "channel",
    "wavelength", "s",
}  # fmt: skip
_INTENSITY = {
    "intensity", "int", "i", "y", "counts", "count", "cts", "cps", "yobs", "iobs",
    "intensitycounts", "intensitycts", "intensitycps", "intensityau", "intensityarbunits",
    "icounts", "icts", "icps",
}  # fmt: skip
_ESD = {
    "esd", "esds", "e", "sigma", "sig", "sigmay", "sd", "std", "stddev", "error", "err", "yerr",
    "uncertainty", "intensityerror", "intensityesd",
}  # fmt: skip

_WAVELENGTH = re.compile(
    r"(?P<line>k?\W?a(?:lpha)?\W?1)?\W*(?:wave\s?length|lambda)\s*(?:\([^)]*\)|\[[^\]]*\])?"
    r"\s*[=:,;]?\s*(?P<value>\d*\.\d+)\s*(?P<unit>nm)?",
    re.I,
)
_INVERSE_LENGTH = re.compile(
    r"\bq\b[^a-z]*(?:1/|inv)|inv(?:erse)?[\s_]*(?:ang|nano|nm)|1/(?:a|nm)\b|\b(?:a|nm)\^?-1\b",
    re.I,
)
_ANODE = re.compile(r"anode(?: material)?\W{1,4}([A-Z][a-z]?)\b", re.I)
_SCAN_AXIS = re.compile(r"scan\s?(?:type|axis)\s*[:=,]\s*\"?([^\",\n]+)", re.I)
_SAMPLE = re.compile(
    r"^(?:(?:user )?sample(?: name| id| identification)?\s*[:=,]|id:)[ \t]*\"?([^\"\n]*)",
    re.I | re.M,
)
_DATE = re.compile(r"^(?:scan time|(?:measurement )?(?:start )?date)\s*[:=,]\s*(.+)", re.I | re.M)


@dataclass
class _Table:
    """What a file of columns holds: heading and comment lines, then rows of fields."""

    headings: list[str]
    rows: list[list[str]]
    line_numbers: list[int]
    lone_number: float | None


def is_text(content: bytes) -> bool:
    """Say whether the file is text; whether it holds columns is for `read_text` to find out."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    head = content[:4096]
    printable = sum(byte >= 32 or byte in b"\t\n\r\f" for byte in head)
    return printable >= 0.95 * len(head)


def read_text(content: bytes) -> list[Scan]:
    """Read columns of 2theta, intensity and, if there is a third of three, its esd."""
    text = decode_text(content)
    lines = split_lines(text)
    split = _splitter(lines)
    table = _table(lines, split)
    _check_unit(table)
    columns = _choose_columns(table, split)
    doubts = check_last_line(text)
    x, y, *e = (_numbers(table, column) for column in columns)
    esd = e[0] if e and (e[0] >= 0).all() and e[0].any() else None

    about = "\n".join(table.headings)
    wavelength, n_declared = stated_wavelength(about), None
    if table.lone_number is not None:
        # DASH and others put the wavelength alone on the first line, some the number of points.
        if 0.1 < table.lone_number < 5:
            wavelength = table.lone_number
        elif table.lone_number.is_integer():
            n_declared = int(table.lone_number)
        else:
            raise PatternFileError(
                f"the first row holds one number ({table.lone_number:g}) that is neither a "
                "wavelength in angstrom nor a number of points"
            )
    metadata: dict[str, Any] = {"header": table.headings[:100]} if table.headings else {}
    if anode := _ANODE.search(about):
        metadata["anode"] = anode[1]
    axis, sample, date = (rule.search(about) for rule in (_SCAN_AXIS, _SAMPLE, _DATE))
    return [
        Scan(
            x[part],
            y[part],
            None if esd is None else esd[part],
            axis=axis[1].strip() if axis else "2theta",
            wavelength=wavelength,
            n_declared=n_declared,
            sample=sample[1].strip() if sample else "",
            date=date[1].strip() if date else "",
            metadata=metadata,
            doubts=doubts,
        )
        for part in _scans(x)
    ]


def stated_wavelength(text: str) -> float | None:
    """Return the wavelength that a heading states, K-alpha1 if it says so; None if in doubt."""
    found = [
        (bool(match["line"]), float(match["value"]) * (10 if match["unit"] else 1))
        for match in _WAVELENGTH.finditer(text)
    ]
    alpha1 = {value for named, value in found if named}
    values = alpha1 or {value for _, value in found}
    values = {value for value in values if 0.01 < value < 10}
    return values.pop() if len(values) == 1 else None


def _splitter(lines: list[str]) -> Callable[[str], list[str]]:
    """Find out what separates the columns and marks the decimals."""
    looks_like_row = re.compile(r"\s*\"?[+-]?[.,]?\d").match
    sample = list(islice(filter(looks_like_row, lines), 200))
    plain = sum(
        len(line.split()) > 1
        and all(NUMBER.fullmatch(f) or _DECIMAL_COMMA.fullmatch(f) for f in line.split())
        for line in sample
    )
    separator = None
    if any(";" in line for line in sample):
        separator = ";"
    elif plain < 0.8 * len(sample) and any("," in line for line in sample):
        separator = ","
    decimal_comma = separator != ","

    def split(line: str) -> list[str]:
        fields = line.split(separator)
        if separator is not None or '"' in line:
            fields = [field.strip().strip('"').strip() for field in fields]
        while fields and not fields[-1]:
            fields.pop()
        if decimal_comma and "," in line:
            fields = [f.replace(",", ".") if _DECIMAL_COMMA.fullmatch(f) else f for f in fields]
        return fields

    return split


def _table(lines: list[str], split: Callable[[str], list[str]]) -> _Table:
    table = _Table([], [], [], None)
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if not stripped:
            continue
        if stripped.startswith(_COMMENT):
            table.headings.append(stripped.strip("#;!'%/* "))
            continue
        fields = split(stripped)
        if not fields:
            continue
        if table.rows:
            if len(fields) != len(table.rows[0]):
                end = "; the file is cut off" if not any(map(str.strip, lines[number:])) else ""
                raise PatternFileError(
                    f"line {number} has {len(fields)} columns, line {table.line_numbers[0]} has "
                    f"{len(table.rows[0])}: {stripped[:60]!r}{end}"
                )
        elif not NUMBER.fullmatch(fields[0]):
            if sum(map(_looks_like_number, fields)) == len(fields) > 1:
                raise PatternFileError(
                    f"line {number} is neither a heading nor numbers: {stripped[:60]!r}"
                )
            table.headings.append(stripped)
            continue
        elif len(fields) == 1:
            if table.lone_number is not None:
                raise PatternFileError(
                    "the file holds one column of numbers; 2theta and intensity are needed"
                )
            table.lone_number = float(fields[0])
            continue
        if len(table.rows) == MAX_POINTS:
            raise PatternFileError(f"the file has more than {MAX_POINTS} rows")
        table.rows.append(fields)
        table.line_numbers.append(number)
    if not table.rows:
        raise PatternFileError("the text holds no rows of two numbers, and no format known here")
    return table


def _check_unit(table: _Table) -> None:
    """Refuse columns whose heading speaks of scattering vectors."""
    if table.headings and _INVERSE_LENGTH.search(table.headings[-1]):
        raise PatternFileError(
            f"the columns are headed {table.headings[-1][:60]!r}, which is not 2theta in degrees"
        )


def _looks_like_number(field: str) -> bool:
    """Whether a field is a number, or was one before a character of it was damaged."""
    return 2 * sum(character in "0123456789.+-" for character in field) > len(field)


def _choose_columns(table: _Table, split: Callable[[str], list[str]]) -> tuple[int, ...]:
    """Return the columns of 2theta, intensity and, where there is one, esd."""
    n_columns = len(table.rows[0])
    for heading in reversed(table.headings):
        for names in (split(heading), heading.split(), heading.split("\t"), heading.split(",")):
            if len(names) != n_columns:
                continue
            plain = [re.sub(r"[^a-z0-9]", "", _greek(name.lower())) for name in names]
            x = next((k for k, name in enumerate(plain) if name in _TWO_THETA), None)
            y = next((k for k, name in enumerate(plain) if name in _INTENSITY), None)
            e = next((k for k, name in enumerate(plain) if name in _ESD), None)
            if x is None and plain[0] in _OTHER_AXES:
                raise PatternFileError(
                    f"the first column is headed {names[0].strip()!r}, not 2theta; if it does "
                    "hold 2theta in degrees, correct the heading"
                )
            if x is not None and y is None and n_columns == 2:
                y = 1 - x
            if x is not None and y is not None:
                return (x, y) if e is None else (x, y, e)
    if n_columns > 4:
        raise PatternFileError(
            f"the rows have {n_columns} columns without headings that name 2theta and intensity; "
            "which are meant cannot be told"
        )
    return (0, 1, 2) if n_columns == 3 else (0, 1)


def _greek(name: str) -> str:
    return name.replace("\N{GREEK SMALL LETTER THETA}", "theta")


def _numbers(table: _Table, column: int) -> NDArray[np.float64]:
    fields = [row[column] for row in table.rows]
    values, bad = floats(fields)
    if bad is not None:
        kind = "a value that is not finite" if _NOT_FINITE.fullmatch(fields[bad]) else "text"
        raise PatternFileError(
            f"line {table.line_numbers[bad]} has {kind} where a number belongs: "
            f"{fields[bad][:40]!r}"
        )
    return values


def _scans(x: NDArray[np.float64]) -> list[slice]:
    """Cut a table where 2theta returns: frames of a detector, or scans one below the other.

    A single damaged angle also returns, but the point next to it then lies far away.
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
