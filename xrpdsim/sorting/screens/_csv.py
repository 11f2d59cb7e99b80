"""Tables that a person wrote."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path


def read_rows(path: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a CSV file by its columns, without white space around values.

    Parameters
    ----------
    path : Path
        UTF-8.
    needed : sequence of str
        Columns that must be there.

    Returns
    -------
    list of dict of str to str

    Raises
    ------
    ValueError
        If the file is no such table.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            rows = list(reader)
            columns = reader.fieldnames or ()
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}: the file is not UTF-8 ({error.reason}); save it as such"
        ) from error
    except csv.Error as error:
        raise ValueError(f"{path}: {error}") from error
    missing = [name for name in needed if name not in columns]
    if missing:
        raise ValueError(f"{path} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}")
    return [
        {name: (value or "").strip() for name, value in row.items() if name is not None}
        for row in rows
    ]
