"""Plain counts behind a line with start, step and end, as FullProf reads and writes them."""

from __future__ import annotations

from .._numbers import is_number, last_digit, number, number_list
from .._scan import MIN_UNANNOUNCED_POINTS, Scan, stepped_angles
from .._text import Content, check_last_line
from ..errors import PatternFileError
from .format import Format

_COMMENT = ("#", "!")


def _is_plain_counts(content: Content) -> bool:
    """Whether three numbers are start, step and end, and counts in other columns follow."""
    lines = [line for line in content.head.split("\n") if _holds_numbers(line)]
    if len(lines) < 2:
        return False
    first, second = lines[0].split(), lines[1].split()
    if len(first) < 3 or not all(map(is_number, [*first[:3], *second])) or len(second) == 3:
        return False
    # A fourth number would make it a row of a table.
    if len(first) > 3 and is_number(first[3]):
        return False
    start, step, end = map(float, first[:3])
    if not (-180 <= start < end <= 180 and step > 0):
        return False
    n_steps = (end - start) / step
    return MIN_UNANNOUNCED_POINTS <= n_steps < 1e6 and abs(n_steps - round(n_steps)) < 0.01


def _read_plain_counts(content: Content) -> list[Scan]:
    """Read the one scan of a file; the line may go on with a title."""
    doubts = check_last_line(content.text)
    lines = [line for line in content.lines if _holds_numbers(line)]
    head = lines[0].split(maxsplit=3)
    start, step, end = (number(text, "start, step or end") for text in head[:3])
    counts = number_list(" ".join(lines[1:]).split(), "the counts")
    if counts.size < MIN_UNANNOUNCED_POINTS:
        raise PatternFileError(f"{counts.size} counts follow; the file is cut off")
    return [
        Scan(
            stepped_angles(start, step, counts.size, end, last_digit(head[2])),
            counts,
            sample=head[3].strip() if len(head) > 3 else "",
            doubts=doubts,
        )
    ]


def _holds_numbers(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith(_COMMENT)


FULLPROF = Format("plain counts", (".dat",), _is_plain_counts, _read_plain_counts)
"""Counts behind start, step and end."""
