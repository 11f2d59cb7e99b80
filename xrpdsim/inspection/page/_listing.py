"""Tables of the page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Listing:
    """A table as templates show it.

    Parameters
    ----------
    columns : tuple of str
    kinds : tuple of {"name", "prose"}
        By column: names stay on one line and are cut to fit, prose goes on to the next line.
    rows : list of tuple of str
    n_left_out : int
        Rows that the page has no room for.
    """

    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: list[tuple[str, ...]]
    n_left_out: int = 0


def listing(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    prose: Collection[str] = (),
    at_most: int | None = None,
) -> Listing:
    """Return a table; numbers that are no integers get two decimals.

    Parameters
    ----------
    columns : sequence of str
    rows : iterable of sequence
    prose : collection of str
        Columns that hold sentences.
    at_most : int, optional
        Rows to show; those left out are in forms.csv.

    Returns
    -------
    Listing
    """
    shown = [tuple(map(_shown, row)) for row in rows]
    n_left_out = 0 if at_most is None else max(len(shown) - at_most, 0)
    return Listing(
        tuple(columns),
        tuple("prose" if column in prose else "name" for column in columns),
        shown[:at_most],
        n_left_out,
    )


def _shown(cell: object) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)
