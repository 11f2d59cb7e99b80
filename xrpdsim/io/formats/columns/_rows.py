"""Lines of text to heading lines and rows of one table."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from ..._numbers import floats, is_number
from ..._scan import MAX_POINTS
from ...errors import PatternFileError

_COMMENT = ("#", ";", "!", "'", "%", "//", "/*", "*/")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf(?:inity)?)", re.I)
# Possessive, as in `_numbers`: linear, whatever a field holds.
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*+,[0-9]++(?:[eE][+-]?[0-9]++)?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_NO_SEPARATORS = "write numbers with one decimal mark and without separators of thousands"
_FIRST_CHARACTERS = frozenset('0123456789+-.,"')
_MAX_FIELD = 400
_MAX_ROW = 2**16


@dataclass
class Rows:
    """What a file of columns holds.

    `headings` are comment and heading lines, `fields` the rows, `line_numbers` where they stand,
    `lone_number` a number alone on a line before them, `split` cuts a line as the rows were.
    """

    split: Callable[[str], list[str]]
    headings: list[str] = field(default_factory=list)
    fields: list[list[str]] = field(default_factory=list)
    line_numbers: list[int] = field(default_factory=list)
    lone_number: str | None = None


def read_rows(lines: list[str]) -> Rows:
    """Sort lines into headings and rows.

    Raises
    ------
    PatternFileError
        If a line behind the first row is no comment and no row of as many columns.
    """
    cut, comma_may_be_decimal = _cutter(lines)

    def split(line: str) -> list[str]:
        fields = cut(line)
        if comma_may_be_decimal and "," in line:
            fields = [f.replace(",", ".") if _is_decimal_comma(f) else f for f in fields]
        return fields

    rows = Rows(split)
    marked: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if not stripped:
            continue
        if stripped.startswith(_COMMENT):
            if heading := stripped.strip("#;!'%/* "):
                rows.headings.append(heading)
            continue
        if len(stripped) > _MAX_ROW:
            if rows.fields or stripped[0].isdigit():
                raise PatternFileError(
                    f"line {number} has {len(stripped)} characters; rows of a pattern are shorter"
                )
            rows.headings.append(stripped)
            continue
        fields = rows.split(stripped)
        if not fields:
            continue
        if rows.fields:
            if len(fields) != len(rows.fields[0]):
                end = "; the file is cut off" if not any(map(str.strip, lines[number:])) else ""
                raise PatternFileError(
                    f"line {number} has {len(fields)} columns, line {rows.line_numbers[0]} has "
                    f"{len(rows.fields[0])}: {stripped[:60]!r}{end}"
                )
        elif not is_number(fields[0]):
            if sum(map(_looks_like_number, fields)) == len(fields) > 1:
                raise PatternFileError(
                    f"line {number} is neither a heading nor numbers: {stripped[:60]!r}"
                )
            rows.headings.append(stripped)
            continue
        elif len(fields) == 1:
            if rows.lone_number is not None:
                raise PatternFileError(
                    "the file holds one column of numbers; 2theta and intensity are needed"
                )
            if not math.isfinite(float(fields[0])):
                raise PatternFileError(f"line {number} has a value that is not finite")
            rows.lone_number = fields[0]
            continue
        if len(rows.fields) == MAX_POINTS:
            raise PatternFileError(f"the file has more than {MAX_POINTS} rows")
        if comma_may_be_decimal:
            _check_marks(marked, number, stripped, cut)
        rows.fields.append(fields)
        rows.line_numbers.append(number)
    if not rows.fields:
        raise PatternFileError("the text holds no rows of two numbers, and no format known here")
    return rows


def column(rows: Rows, place: int) -> NDArray[np.float64]:
    """Return the numbers of a column; PatternFileError names the line of what is none."""
    fields = [row[place] for row in rows.fields]
    values, bad = floats(fields)
    if bad is not None:
        kind = "a value that is not finite" if _NOT_FINITE.fullmatch(fields[bad]) else "text"
        cure = f"; {_NO_SEPARATORS}" if _THOUSANDS.fullmatch(fields[bad]) else ""
        raise PatternFileError(
            f"line {rows.line_numbers[bad]} has {kind} where a number belongs: "
            f"{fields[bad][:40]!r}{cure}"
        )
    return values


def _check_marks(
    marked: dict[str, tuple[int, str]],
    number: int,
    line: str,
    cut: Callable[[str], list[str]],
) -> None:
    """Refuse points and commas in the numbers of one file: one of them parts thousands.

    `marked` keeps the first line with each, and its number.
    """
    for mark, is_marked in ((".", is_number), (",", _is_decimal_comma)):
        if mark in marked or mark not in line:
            continue
        found = next((each for each in cut(line) if mark in each and is_marked(each)), None)
        if found is None:
            continue
        marked[mark] = number, found
        if len(marked) == 2:
            (first, one), (second, other) = marked.values()
            raise PatternFileError(
                f"line {first} has the number {one[:40]!r} and line {second} {other[:40]!r}; "
                f"{_NO_SEPARATORS}"
            )


def _cutter(lines: list[str]) -> tuple[Callable[[str], list[str]], bool]:
    """Find out what separates the columns, and whether a comma may mark the decimals."""
    like_rows = (
        line
        for line in lines
        if len(line) <= _MAX_ROW and line.strip() and line.lstrip()[0] in _FIRST_CHARACTERS
    )
    sample = list(islice(like_rows, 200))
    plain = sum(
        len(fields) > 1 and all(is_number(f) or _is_decimal_comma(f) for f in fields)
        for fields in map(str.split, sample)
    )
    separator = None
    if any(";" in line for line in sample):
        separator = ";"
    elif plain < 0.8 * len(sample) and any("," in line for line in sample):
        separator = ","

    def cut(line: str) -> list[str]:
        if separator is not None and '"' in line:
            fields = next(csv.reader([line], delimiter=separator, skipinitialspace=True))
        else:
            fields = line.split(separator)
        if separator is not None or '"' in line:
            fields = [field.strip().strip('"').strip() for field in fields]
        while fields and not fields[-1]:
            fields.pop()
        return fields

    return cut, separator != ","


def _is_decimal_comma(field: str) -> bool:
    return len(field) <= _MAX_FIELD and _DECIMAL_COMMA.fullmatch(field) is not None


def _looks_like_number(field: str) -> bool:
    """Whether a field is a number, or was one before a character of it was damaged."""
    return 2 * sum(character in "0123456789.+-" for character in field) > len(field)
