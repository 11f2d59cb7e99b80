"""JCAMP-DX: labelled records of text, ordinates plain or packed.

After McDonald and Wilks, Applied Spectroscopy 42 (1988) 151: records ``##LABEL= value``, blocks
from TITLE to END, ordinates as numbers (AFFN) or with letters for their first digit (ASDF: PAC,
SQZ, DIF, DUP).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .._axes import kind_of_axis
from .._numbers import integer, is_number, last_digit, number, number_list
from .._scan import MAX_POINTS, Scan, check_count
from .._text import Content
from ..errors import PatternFileError
from ..wavelengths import stated_wavelength
from .format import Format

_RECORD = re.compile(r"##([^=\n]{0,80})=(.*)")
_UNIT_FIRST = re.compile(r"(deg(?:rees?)?)\.?[ \t]+(.*)", re.I)
# The pseudo-digits: a letter stands for sign and first digit.
_SQUEEZED = {letter: str(value) for value, letter in enumerate("@ABCDEFGHI")} | {
    letter: str(-value) for value, letter in enumerate("abcdefghi", start=1)
}
_DIFFERENCE = {letter: str(value) for value, letter in enumerate("%JKLMNOPQR")} | {
    letter: str(-value) for value, letter in enumerate("jklmnopqr", start=1)
}
_REPEAT = {letter: str(value) for value, letter in enumerate("STUVWXYZs", start=1)}
# "E" and "e" may belong to the exponent of a plain number.
_PACKED = re.compile(r"[@A-DF-Ia-df-i%J-Rj-rS-Zs]")
_TOKEN = re.compile(
    r"[\s,;]*(?:(?P<plain>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))|(?P<letter>[@-IJ-Za-is%j-r])"
    r"(?P<digits>[0-9]*))"
)


@dataclass
class _Block:
    """The records of one block, by their labels in plain letters, and its lines of data."""

    records: dict[str, str] = field(default_factory=dict)
    table: str = ""
    lines: list[str] = field(default_factory=list)


def _is_jcamp(content: Content) -> bool:
    found = {
        _plain(match[1]) for match in map(_RECORD.match, content.head.split("\n")[:40]) if match
    }
    return "TITLE" in found and bool({"JCAMPDX", "JCAMPCS"} & found)


def _read_jcamp(content: Content) -> list[Scan]:
    """Read every block that holds a scan."""
    blocks = _blocks(content.lines)
    scans = [_scan(block) for block in blocks if block.table]
    if not scans:
        peaks = any("PEAKTABLE" in block.records for block in blocks)
        what = "only a list of peaks" if peaks else "no XYDATA and no XYPOINTS"
        raise PatternFileError(f"the file holds {what}; a pattern is needed")
    return scans


def _blocks(lines: list[str]) -> list[_Block]:
    blocks: list[_Block] = []
    opened: list[_Block] = []
    label = ""
    for line in lines:
        line = line.partition("$$")[0]
        record = _RECORD.match(line.lstrip())
        if record is None:
            if opened and label in ("XYDATA", "XYPOINTS"):
                opened[-1].lines.append(line)
            continue
        label, value = _plain(record[1]), record[2].strip()
        if label == "TITLE":
            opened.append(_Block())
            blocks.append(opened[-1])
        if not opened:
            raise PatternFileError(f"the record ##{record[1]} stands outside of a block")
        block = opened[-1]
        if label in ("XYDATA", "XYPOINTS"):
            if block.table:
                raise PatternFileError("a block holds two tables; it is damaged")
            block.table = f"{label} {''.join(value.split()).upper()}"
        block.records.setdefault(label, value)
        if label == "END":
            opened.pop()
    if opened:
        raise PatternFileError("a block has no ##END=; the file is cut off")
    return blocks


def _scan(block: _Block) -> Scan:
    records = block.records
    x_factor, y_factor = (
        number(records.get(name) or "1", f"##{name}") for name in ("XFACTOR", "YFACTOR")
    )
    n_points = integer(records["NPOINTS"], "##NPOINTS") if "NPOINTS" in records else None
    if block.table == "XYDATA (X++(Y..Y))":
        x, y = _ordinates(block, n_points, x_factor)
    elif block.table in ("XYDATA (XY..XY)", "XYPOINTS (XY..XY)"):
        fields = " ".join(block.lines).replace(",", " ").replace(";", " ").split()
        values = number_list(fields, "the points")
        if values.size % 2:
            raise PatternFileError("a point lacks its ordinate; the file is damaged")
        x, y = x_factor * values[::2], values[1::2]
    else:
        raise PatternFileError(f"tables of the form {block.table[:40]!r} are not read")
    if x.size > 1 and (np.diff(x) < 0).all():
        x, y = x[::-1], y[::-1]
    headings = "\n".join(f"{label}= {value}" for label, value in records.items())
    return Scan(
        x,
        y_factor * y,
        axis=_axis(records.get("XUNITS", "")),
        name=records.get("TITLE", "")[:60],
        wavelength=stated_wavelength(headings),
        n_declared=n_points,
        sample=records.get("TITLE", ""),
        date=records.get("LONGDATE", "") or records.get("DATE", ""),
        instrument=records.get("SPECTROMETERDATASYSTEM", ""),
        metadata={"data_type": records.get("DATATYPE", "")},
    )


def _axis(units: str) -> str:
    """Return the name of an axis with its unit behind it: "DEGREES 2-THETA" is written, too."""
    if kind_of_axis(units) is None and (match := _UNIT_FIRST.fullmatch(units.strip())):
        return f"{match[2]} ({match[1]})"
    return units or "not named (##XUNITS= is empty)"


def _ordinates(
    block: _Block, n_points: int | None, x_factor: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the angles and the ordinates of equal steps, whose lines begin with their abscissa."""
    records = block.records
    first, last = (_stated(records, name) for name in ("FIRSTX", "LASTX"))
    packed = any(map(_PACKED.search, block.lines))
    read = _packed_line if packed else _plain_line
    starts: list[tuple[int, str]] = []
    values: list[float] = []
    repeats = False
    for line in block.lines:
        if not line.strip():
            continue
        x, ordinates, ends_in_difference = read(line)
        if repeats and ordinates:
            # After a difference the next line begins with the same ordinate once more.
            if ordinates[0] != values[-1]:
                raise PatternFileError(
                    f"the line {line.strip()[:40]!r} does not begin with the ordinate that the "
                    "line before ends with; the file is damaged"
                )
            ordinates = ordinates[1:]
            starts.append((len(values) - 1, x))
        else:
            starts.append((len(values), x))
        values += ordinates
        repeats = ends_in_difference
        if len(values) > MAX_POINTS:
            raise PatternFileError(f"the file holds more than {MAX_POINTS} ordinates")
    check_count(len(values))
    if n_points is not None and n_points != len(values):
        raise PatternFileError(
            f"the file announces {n_points} points but holds {len(values)}; it may be cut off"
        )
    x_values = np.linspace(first, last, len(values))
    step = abs(last - first) / (len(values) - 1)
    for row, text in starts:
        allowed = 0.25 * step + 0.5 * last_digit(text) * abs(x_factor) + 1e-9
        if (
            row < len(values)
            and abs(number(text, "an abscissa") * x_factor - x_values[row]) > allowed
        ):
            raise PatternFileError(
                f"the line of point {row + 1} begins with {text}, but FIRSTX, LASTX and the number "
                f"of points put it at {x_values[row] / x_factor:g}; the file is damaged"
            )
    return x_values, np.array(values)


def _stated(records: dict[str, str], name: str) -> float:
    if name not in records:
        raise PatternFileError(f"the record ##{name}= is missing; the file is damaged")
    return number(records[name], f"##{name}")


def _plain_line(line: str) -> tuple[str, list[float], bool]:
    """Read a line of plain numbers."""
    fields = line.replace(",", " ").replace(";", " ").split()
    if not all(map(is_number, fields)):
        fields = _signs_apart(line)
    return fields[0], number_list(fields[1:], "the ordinates").tolist(), False


def _signs_apart(line: str) -> list[str]:
    """Return numbers that only their signs keep apart, as in "5.0+120+118"."""
    return re.sub(r"(?<![eE\s])([+-])", r" \1", line).replace(",", " ").replace(";", " ").split()


def _packed_line(line: str) -> tuple[str, list[float], bool]:
    """Read a line whose ordinates are packed; the abscissa is a plain number."""
    abscissa: str | None = None
    values: list[float] = []
    difference: float | None = None
    position = 0
    stripped = line.rstrip(" \t,;")
    while position < len(stripped):
        token = _TOKEN.match(stripped, position)
        if token is None:
            raise PatternFileError(
                f"the line {stripped[:40]!r} holds {stripped[position : position + 8]!r}, which is "
                "no ordinate"
            )
        position = token.end()
        letter, digits = token["letter"], token["digits"]
        if abscissa is None:
            abscissa = token["plain"] or _SQUEEZED.get(letter, "?") + digits
        elif token["plain"] is not None:
            values.append(float(token["plain"]))
            difference = None
        elif letter in _SQUEEZED:
            values.append(float(_SQUEEZED[letter] + digits))
            difference = None
        elif not values:
            raise PatternFileError(f"the line {stripped[:40]!r} begins with a difference")
        elif letter in _DIFFERENCE:
            difference = float(_DIFFERENCE[letter] + digits)
            values.append(values[-1] + difference)
        else:
            times = int((_REPEAT[letter] + digits)[:9]) - 1
            if len(values) + times > MAX_POINTS:
                raise PatternFileError(f"the file holds more than {MAX_POINTS} ordinates")
            last, each = values[-1], difference or 0.0
            values += [last + each * (count + 1) for count in range(times)]
    if abscissa is None:
        raise PatternFileError("a line of the table holds no number")
    return abscissa, values, difference is not None


def _plain(label: str) -> str:
    """Return a label as it is compared: blanks, hyphens, slashes and underlines do not count."""
    return re.sub(r"[\s\-/_]", "", label).upper()


JCAMP = Format("JCAMP-DX", (".jdx", ".dx", ".jcm"), _is_jcamp, _read_jcamp)
"""JCAMP-DX."""
