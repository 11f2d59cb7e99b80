"""The table of all folds, folds.csv."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ..._support._files import write_atomically
from ..._support._table import Table
from ._fold_files import Results
from .methods import METHODS

# Of the time of a run, one part in so many may go into writing the table.
_SHARE = 20


class FoldTable:
    """The figures of all folds, a row each, written again as folds come in.

    Parameters
    ----------
    path : Path
        Where it is written. One that is there is replaced at once: the folds say what is in it.
    results : dict of str to list of dict
        The folds that are there.
    """

    def __init__(self, path: Path, results: Results) -> None:
        self._path = path
        self._results = {method: list(folds) for method, folds in results.items()}
        self._next = 0.0
        self.write()

    def add(self, result: dict[str, Any]) -> None:
        """Add a fold; with thousands of them the file follows a little later."""
        self._results.setdefault(result["method"], []).append(result)
        if time.monotonic() >= self._next:
            self.write()

    def write(self) -> None:
        """Write the file as it must be at the end."""
        if not self._results and not self._path.exists():
            return
        begin = time.monotonic()
        results = [
            {name: value for name, value in result.items() if not isinstance(value, list)}
            for method in METHODS
            for result in sorted(
                self._results.get(method, []), key=lambda result: int(result["fold"])
            )
        ]
        # rows that adapt to labels have columns of their own
        names = dict.fromkeys(name for result in results for name in result)
        rows = [{name: result.get(name, "") for name in names} for result in results]
        with write_atomically(self._path) as file:
            file.write(Table.from_rows(rows).to_csv())
        now = time.monotonic()
        self._next = now + _SHARE * (now - begin)
