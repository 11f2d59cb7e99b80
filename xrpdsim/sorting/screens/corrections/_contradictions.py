"""Rows of corrections that cannot all be true."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ...grouping import merge_pairs


class Statement(NamedTuple):
    """Two patterns that rows of a table say are one form, or two.

    Parameters
    ----------
    first, second : int
        Rows of the screen.
    numbers : tuple of int
        The rows of the table that say so.
    """

    first: int
    second: int
    numbers: tuple[int, ...]


def check_statements(
    same: Sequence[Statement], different: Iterable[Statement], files: Sequence[str]
) -> None:
    """Refuse pairs that are said to be different but follow from others to be the same.

    Parameters
    ----------
    same, different : sequence of Statement
    files : sequence of str

    Raises
    ------
    ValueError
        Names the two files, and the rows that say either.
    """
    pairs = [(each.first, each.second) for each in same]
    part = merge_pairs(pairs, len(files))  # type: ignore[arg-type]
    for first, second, numbers in different:
        if part[first] == part[second]:
            said = _chain(same, first, second)
            raise ValueError(
                f"{_rows(numbers)} {'say' if len(numbers) > 1 else 'says'} that {files[first]!r} "
                f"and {files[second]!r} are different, but {_rows(said)} "
                f"{'make' if len(said) > 1 else 'makes'} them the same; leave one of them out"
            )


def _chain(same: Sequence[Statement], start: int, end: int) -> tuple[int, ...]:
    """Return the rows of the shortest chain of statements between two patterns."""
    next_to: dict[int, list[tuple[int, tuple[int, ...]]]] = defaultdict(list)
    for first, second, numbers in same:
        next_to[first].append((second, numbers))
        next_to[second].append((first, numbers))
    said: dict[int, tuple[int, ...]] = {start: ()}
    waiting = deque([start])
    while end not in said:
        here = waiting.popleft()
        for other, numbers in next_to[here]:
            if other not in said:
                said[other] = said[here] + numbers
                waiting.append(other)
    return tuple(sorted(set(said[end])))


def _rows(numbers: Sequence[int]) -> str:
    """Return "row 2", "rows 2 and 3", "rows 2, 3 and 5"."""
    words = [str(number) for number in sorted(set(numbers))]
    if len(words) == 1:
        return f"row {words[0]}"
    return f"rows {', '.join(words[:-1])} and {words[-1]}"
