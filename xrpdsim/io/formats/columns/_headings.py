"""Which column is which, and what else the headings of a table say."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ..._axes import kind_of_axis
from ..._numbers import with_decimal_points
from ...errors import PatternFileError

# Headings in lower case, stripped to letters and digits.
_INTENSITY = {
    "intensity", "int", "i", "y", "counts", "count", "cts", "cps", "yobs", "iobs",
    "intensitycounts", "intensitycts", "intensitycps", "intensityau", "intensityarbunits",
    "icounts", "icts", "icps",
}  # fmt: skip
_ESD = {
    "esd", "esds", "e", "sigma", "sig", "sigmay", "sigmai", "sd", "std", "stddev", "error", "err",
    "yerr", "uncertainty", "intensityerror", "intensityesd",
}  # fmt: skip
# Names that leave open what the first column is.
_ANY_AXIS = {"x", "no", "point", "row", "frame", "index", ""}

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


class Chosen(NamedTuple):
    """The columns of a pattern.

    `axis` is the place of the angles and `axis_name` their heading, empty where there is none;
    `intensities` are name and place of each intensity, `esd` the place of its deviation.
    """

    axis: int
    axis_name: str
    intensities: tuple[tuple[str, int], ...]
    esd: int | None


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
) -> Chosen:
    """Return which columns are meant: by their headings or, where there are none, by their order.

    Raises
    ------
    PatternFileError
        If a heading says that the first column is something else, or there are more than four
        columns without headings.
    """
    for heading in reversed(headings[-_MAX_LINES:]):
        # a decimal comma parts no two names
        heading = with_decimal_points(heading[:_MAX_LINE])
        if _WAVELENGTH.fullmatch(heading.strip("# \t")):
            continue
        for names in _ways_to_split(heading, split):
            if len(names) == n_columns and (chosen := _by_names(names)) is not None:
                return chosen
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
    return Chosen(0, "", (("", 1),), 2 if n_columns == 3 else None)


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


def _by_names(names: list[str]) -> Chosen | None:
    """Return the columns that a line of names chooses, None if it names neither axis nor counts."""
    plain = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in names]
    kinds = [kind_of_axis(name) for name in names]
    axes = [k for k, kind in enumerate(kinds) if kind is not None and kind[0] == "2theta"]
    # Where 2theta stands beside q or d, it is the one that was measured.
    axes += [k for k, kind in enumerate(kinds) if kind is not None and kind[0] in ("q", "d")]
    y = next((k for k, name in enumerate(plain) if name in _INTENSITY), None)
    e = next((k for k, name in enumerate(plain) if name in _ESD), None)
    if not axes:
        if kinds[0] is not None or (y not in (None, 0) and plain[0] not in _ANY_AXIS):
            raise PatternFileError(
                f"the first column is headed {names[0][:60]!r}, not 2theta; if it does hold 2theta "
                "in degrees, correct the heading"
            )
        return None
    x = axes[0]
    if y is not None:
        return Chosen(x, names[x], (("", y),), e)
    # Nothing is called intensity: all that is no axis and no deviation is a pattern of its own.
    others = [k for k in range(len(names)) if k not in axes and kinds[k] is None and k != e]
    if not others:
        return None
    if len(others) == 1:
        return Chosen(x, names[x], (("", others[0]),), e)
    return Chosen(x, names[x], tuple((names[k], k) for k in others), None)
