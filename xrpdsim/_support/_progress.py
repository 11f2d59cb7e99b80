"""A progress bar that needs nothing installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
_WIDTH = 30


def track(items: Sequence[T], doing: str, *, show: bool = True) -> Iterator[T]:
    """Yield items, with a bar on standard error that says how many are done.

    Parameters
    ----------
    items : sequence
    doing : str
        What is being done, as in "reading".
    show : bool, default=True
        Nothing is written without, nor where standard error is no terminal.

    Yields
    ------
    item

    Examples
    --------
    >>> list(track([1, 2], "counting"))
    [1, 2]
    """
    show = show and sys.stderr.isatty()
    for done, item in enumerate(items):
        if show:
            _draw(doing, done, len(items))
        yield item
    if show and items:
        _draw(doing, len(items), len(items))
        print(file=sys.stderr)


def _draw(doing: str, done: int, total: int) -> None:
    filled = _WIDTH * done // total
    bar = "#" * filled + "." * (_WIDTH - filled)
    print(f"\r{doing} [{bar}] {done}/{total}", end="", file=sys.stderr, flush=True)
