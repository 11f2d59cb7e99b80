"""Progress bars on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")

# what is done sooner shows no bar
DELAY = 1.0  # seconds


def track(items: Iterable[T], doing: str, *, show: bool = True, **options: Any) -> Iterator[T]:
    """Yield items, with a bar that says how many are done and how long the others will take.

    Parameters
    ----------
    items : iterable
    doing : str
        What is being done, as in "reading".
    show : bool, default=True
        Nothing is written if False, or if standard error is not a terminal.
    **options
        Further options of `tqdm.tqdm`, such as `total` for items without a length.

    Yields
    ------
    item

    Examples
    --------
    >>> list(track([1, 2], "counting"))
    [1, 2]
    """
    # tqdm starts a thread even where it shows nothing, and a process with threads forks badly
    if not (show and sys.stderr.isatty()):
        return iter(items)
    from tqdm import tqdm

    return iter(tqdm(items, **{"desc": doing, "delay": DELAY, "dynamic_ncols": True} | options))
