"""A small table: named columns, printed, or written as CSV or Markdown."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

from ._csv import format_csv


class Table(dict[str, list[Any]]):
    """Columns of equal length, in order; what the library's summaries are returned as.

    It is a dict of lists, so ``pandas.DataFrame(table)`` works, and needs nothing installed to be
    printed, shown in a notebook or written.

    Parameters
    ----------
    columns : mapping of str to iterable
        Column names and their values.

    Raises
    ------
    ValueError
        If the columns differ in length.

    Examples
    --------
    >>> table = Table({"method": ["naive", "degelder"], "auroc": [0.81, 0.925]})
    >>> print(table)
    method    auroc
    naive     0.81
    degelder  0.925
    >>> print(table.to_csv())
    method,auroc
    naive,0.81
    degelder,0.925
    """

    def __init__(self, columns: Mapping[str, Iterable[Any]]) -> None:
        super().__init__({name: list(values) for name, values in columns.items()})
        if len({len(values) for values in self.values()}) > 1:
            lengths = {name: len(values) for name, values in self.items()}
            raise ValueError(f"the columns of a table must be equally long, got {lengths}")

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]]) -> Table:
        """Build a table from one mapping a row; all rows must have the same keys."""
        rows = list(rows)
        names = list(rows[0]) if rows else []
        for number, row in enumerate(rows):
            if list(row) != names:
                raise ValueError(f"row {number} has the columns {list(row)}, expected {names}")
        return cls({name: [row[name] for row in rows] for name in names})

    def rows(self) -> list[dict[str, Any]]:
        """Return the table as one dict a row."""
        return [dict(zip(self, values, strict=True)) for values in zip(*self.values(), strict=True)]

    def to_csv(self) -> str:
        """Return the table as CSV text, see `format_csv`."""
        return format_csv(list(self), zip(*self.values(), strict=True))

    def to_markdown(self) -> str:
        """Return the table in GitHub's Markdown."""
        head, *body = self._cells()
        lines = [head, ["---"] * len(self), *body]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)

    def to_frame(self) -> Any:
        """Return a pandas DataFrame; needs pandas (extra ``plots``)."""
        try:
            import pandas as pd
        except ImportError as error:
            raise ImportError(
                "a DataFrame needs pandas: install it with `pip install xrpdsim[plots]`"
            ) from error
        return pd.DataFrame(dict(self))

    def __str__(self) -> str:
        cells = self._cells()
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in cells
        )

    def _repr_html_(self) -> str:
        head, *body = (
            "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in line)
            for tag, line in zip(["th"] + ["td"] * len(self._cells()), self._cells(), strict=False)
        )
        rows = "".join(f"<tr>{line}</tr>" for line in [head, *body])
        return f"<table>{rows}</table>"

    def _cells(self) -> list[list[str]]:
        body = [[_shown(value) for value in row] for row in zip(*self.values(), strict=True)]
        return [list(self), *body]


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
