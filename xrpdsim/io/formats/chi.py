"""CHI of FIT2D: three lines of text, a count, then rows of two numbers."""

from __future__ import annotations

from .._numbers import integer, is_number, number_list
from .._scan import Scan
from .._text import Content, check_last_line
from ..errors import PatternFileError
from .format import Format


def _is_chi(content: Content) -> bool:
    lines = [line.replace(",", " ").split() for line in content.head[:4096].split("\n")[:5]]
    return (
        len(lines) == 5
        and len(lines[4]) == 2
        and is_number(lines[4][0])
        and len(lines[3]) == 1
        and lines[3][0].isdecimal()
        and not any(len(line) > 1 and all(map(is_number, line[:2])) for line in lines[:3])
    )


def _read_chi(content: Content) -> list[Scan]:
    """Read the one scan of a file; the second line names its axis and unit."""
    doubts = check_last_line(content.text)
    lines = [line.strip() for line in content.lines]
    n_points = integer(lines[3].split()[0], "the number of points")
    rows = [line.replace(",", " ").split() for line in lines[4:] if line]
    if {len(row) for row in rows} != {2}:
        raise PatternFileError("a row is not two numbers; the file is cut off or damaged")
    return [
        Scan(
            number_list([row[0] for row in rows], "the angles"),
            number_list([row[1] for row in rows], "the intensities"),
            axis=lines[1],
            n_declared=n_points,
            sample=lines[0],
            doubts=doubts,
        )
    ]


CHI = Format("CHI", (".chi",), _is_chi, _read_chi)
"""CHI of FIT2D."""
