"""Sietronics CPI: a header of fixed lines, then one count a line."""

from __future__ import annotations

from ..._numbers import last_digit, number, number_list
from ..._scan import Scan, stepped_angles
from ..._text import Content, check_last_line
from ...errors import PatternFileError
from ..format import Format


def _is_cpi(content: Content) -> bool:
    return content.head.lstrip()[:19].upper() == "SIETRONICS XRD SCAN"


def _read_cpi(content: Content) -> list[Scan]:
    """Read the one scan of a file; decimals have points or commas."""
    doubts = check_last_line(content.text)
    lines = [line.strip() for line in content.text.lstrip().split("\n")]
    mark = next((row for row, line in enumerate(lines) if line.upper() == "SCANDATA"), 0)
    if mark < 6:
        raise PatternFileError("the file lacks its header or SCANDATA; it is cut off or damaged")
    start, end, step = (
        _number(lines[row], what)
        for row, what in ((1, "the first angle"), (2, "the last angle"), (3, "the step"))
    )
    counts = number_list(
        [line.replace(",", ".") for line in lines[mark + 1 :] if line], "the counts"
    )
    wavelength = _number(lines[5], "the wavelength") if lines[5] else 0.0
    rest = dict(enumerate(lines[6:mark]))
    return [
        Scan(
            stepped_angles(start, step, counts.size, end, last_digit(lines[2].replace(",", "."))),
            counts,
            wavelength=wavelength if wavelength > 0 else None,
            sample=rest.get(2, ""),
            date=rest.get(0, ""),
            metadata={"anode": lines[4]},
            doubts=doubts,
        )
    ]


def _number(text: str, what: str) -> float:
    return number(text.replace(",", "."), what)


CPI = Format("Sietronics CPI", (".cpi",), _is_cpi, _read_cpi)
"""Sietronics CPI."""
