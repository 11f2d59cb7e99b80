"""A small table: named columns, printed, or written as CSV or Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ._csv import format_csv


class Table(dict[str, list[Any]]):
    """Columns of equal length, in order; what the library's summaries are returned as.

    It is a dict of lists, so ``pandas.DataFrame(table)`` works. Printed and in a notebook it is
    shown by ``tabulate``.

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
        # a bar would begin another column
        return self._set("github", lambda text: text.replace("|", r"\|"))

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
        return self._set("plain")

    def _repr_html_(self) -> str:
        return self._set("html")

    def _set(self, form: str, escaped: Callable[[str], str] = str) -> str:
        """Return the table as text, as `tabulate` sets it."""
        from tabulate import tabulate

        text: str = tabulate(
            [[escaped(_shown(value)) for value in row] for row in zip(*self.values(), strict=True)],
            headers=[escaped(_shown(name)) for name in self],
            tablefmt=form,
            disable_numparse=True,  # the digits are chosen here
        )
        return text


def _shown(value: Any) -> str:
    # a row stays one line, whatever a name holds
    return f"{value:.4g}" if isinstance(value, float) else " ".join(str(value).splitlines())
