"""What the headings of a table say: which line names its columns, and what was measured."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ..._numbers import with_decimal_points
from ...errors import PatternFileError
from ._named_columns import Chosen, are_units, by_names, is_in_radians

# With a number behind it, a statement and no pair of names.
_UNIT = r"\W*(?:å|a|angstroms?|nm)?\W*"
_WAVELENGTH = re.compile(rf"(?:wave[ _-]?length|lambda)\b{_UNIT}\d[\d.]*{_UNIT}", re.I)

_MAX_LINE = 2000
_MAX_LINES = 2000
# A name and the unit in brackets behind it, or a word.
_NAMES = re.compile(r"[^\s(\[]+(?:[ \t]?[(\[][^)\]]{0,40}[)\]])?")
_INVERSE_LENGTH = re.compile(
    r"\bq\b.{0,20}(?:1/|inv)|inv(?:erse)?[\s_]?(?:ang|nano|nm)|1/(?:a|nm)\b|\b(?:a|nm)\^?-1\b",
    re.I,
)
_ANODE = re.compile(r"anode(?: material)?\W{1,4}([A-Z][a-z]?)\b", re.I)
_SCAN_AXIS = re.compile(r"scan\s?(?:type|axis)[ \t]?[:=,][ \t\"]*([^\",\n]+)", re.I)
# How an axis was moved, which says nothing of which.
_MODE = re.compile(
    r"(?:continuous|step(?:ped|wise|[ -]by[ -]step)?|(?:fixed|pre-?set)[ -]?(?:time|counts?))"
    r"(?:[ -]?(?:scan|mode))?\W*",
    re.I,
)
_SAMPLE = re.compile(
    r"(?:(?:user )?sample(?: name| id| identification)?[ \t]?[:=,]|id:)[ \t]*\"?([^\"\n]*)", re.I
)
_DATE = re.compile(r"(?:scan time|(?:measurement )?(?:start )?date)[ \t]?[:=,][ \t]*(.+)", re.I)


class Facts(NamedTuple):
    """What headings say of a measurement; empty where they do not."""

    anode: str
    scan_axis: str
    sample: str
    date: str


def facts(headings: list[str]) -> Facts:
    """Search heading lines for anode, scan axis, sample and date."""
    found = ["", "", "", ""]
    for line in headings[:_MAX_LINES]:
        line = line[:_MAX_LINE]
        axis = _SCAN_AXIS.search(line)
        if axis is not None and _MODE.fullmatch(axis[1].strip()):
            axis = None
        matches = (_ANODE.search(line), axis, _SAMPLE.match(line), _DATE.match(line))
        found = [
            old or (match[1].strip() if match else "")
            for old, match in zip(found, matches, strict=True)
        ]
    return Facts(*found)


def choose_columns(
    headings: list[str], n_columns: int, split: Callable[[str], list[str]]
) -> list[Chosen]:
    """Return the columns of each pattern: by their headings or, where there are none, by order.

    Raises
    ------
    PatternFileError
        If a heading says that the first column is something else, headings leave open which angles
        belong to which intensity, or there are more than four columns without headings.
    """
    units: list[str] = []
    for heading in reversed(headings[-_MAX_LINES:]):
        # a decimal comma parts no two names
        heading = with_decimal_points(heading[:_MAX_LINE])
        if _WAVELENGTH.fullmatch(heading.strip("# \t\"'")):
            continue
        for names in _ways_to_split(heading, split):
            if len(names) <= n_columns and are_units(names):
                units = names
                break
            if len(names) == n_columns and (chosen := by_names(names, units)) is not None:
                return chosen
    if len(units) == n_columns:  # and nothing above names the columns
        by_names(units, [])
    if units and is_in_radians(units[0]):
        raise PatternFileError(
            f"the first column has the unit {units[0]!r}, and no line above says of what; if it "
            "holds 2theta, write the heading '2theta (rad) intensity'"
        )
    if headings and _INVERSE_LENGTH.search(headings[-1][:_MAX_LINE]):
        raise PatternFileError(
            f"the columns are headed {headings[-1][:60]!r}, which is not 2theta in degrees; name "
            "each column, such as 'q (1/A) intensity'"
        )
    if n_columns > 4:
        raise PatternFileError(
            f"the rows have {n_columns} columns without headings that name 2theta and intensity; "
            "which are meant cannot be told"
        )
    return [Chosen("", 0, "", 1, 2 if n_columns == 3 else None)]


def _ways_to_split(heading: str, split: Callable[[str], list[str]]) -> list[list[str]]:
    heading = heading.strip().removeprefix("-->").strip()
    ways = [
        split(heading),
        heading.split("\t"),
        heading.split(","),
        re.split(r"[ \t]{2,20}", heading),
        heading.split(),
        _NAMES.findall(heading),
    ]
    return [[name.strip().strip('"') for name in names] for names in ways]
