"""What a person knows better than the sorting: pairs of one form, or of two, and names of forms."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._support._csv import read_csv
from ..grouping import merge_pairs

_COLUMNS = ("file", "relation", "other")


class Corrections(NamedTuple):
    """What a person knows of a screen, as row numbers.

    Parameters
    ----------
    same, different : ndarray of shape (n_pairs, 2)
        Pairs of patterns of one form, and of two.
    names : dict of int to str
        The form that a person gave a pattern.
    """

    same: NDArray[np.intp]
    different: NDArray[np.intp]
    names: dict[int, str]


NO_CORRECTIONS = Corrections(np.empty((0, 2), np.intp), np.empty((0, 2), np.intp), {})
"""Nothing known."""


def read_corrections(path: str | os.PathLike[str], files: Sequence[str]) -> Corrections:
    r"""Read corrections from a CSV file.

    Parameters
    ----------
    path : path-like
        UTF-8, with the columns `file`, `relation` and `other`: relation "same" or "different" and
        the other file, or relation "form" and the name of the form. Two files of one name are the
        same, of two names different.
    files : sequence of str
        The files of the screen, in the order of the patterns.

    Returns
    -------
    Corrections

    Raises
    ------
    ValueError
        If the file lacks a column, names a file that the screen does not have, or contradicts
        itself.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "corrections.csv"
    >>> _ = path.write_text(
    ...     "file,relation,other\na.xy,same,b.xy\nc.xy,form,II\na.xy,form,I\n", encoding="utf-8"
    ... )
    >>> corrections = read_corrections(path, ["a.xy", "b.xy", "c.xy"])
    >>> corrections.same.tolist(), corrections.different.tolist(), corrections.names
    ([[0, 1]], [[2, 0]], {2: 'II', 0: 'I'})
    """
    path = Path(path)
    row_of = {name: row for row, name in enumerate(files)}
    same: list[tuple[int, int]] = []
    different: list[tuple[int, int]] = []
    names: dict[int, str] = {}
    table = read_csv(path, _COLUMNS)
    for number, entry in enumerate(table.rows):
        where = table.where(number)
        relation = entry["relation"].lower()
        row = _row(entry["file"], row_of, where)
        other = entry["other"]
        if relation == "form":
            if not other:
                raise ValueError(f"{where}: the form has no name; put it into 'other'")
            if names.setdefault(row, other) != other:
                raise ValueError(f"{where}: {entry['file']!r} is already form {names[row]!r}")
        elif relation in ("same", "different"):
            pair = (row, _row(other, row_of, where))
            if pair[0] == pair[1]:
                raise ValueError(f"{where}: {other!r} is paired with itself")
            (same if relation == "same" else different).append(pair)
        else:
            raise ValueError(
                f"{where}: the relation {entry['relation']!r} is not same, different or form"
            )
    more_same, more_different = pairs_of_names(names)
    found = Corrections(_pairs(same + more_same), _pairs(different + more_different), names)
    part = merge_pairs(found.same, len(files))
    for first, second in found.different.tolist():
        if part[first] == part[second]:
            raise ValueError(
                f"{path}: {files[first]!r} and {files[second]!r} are said to be different, but "
                "other rows make them the same"
            )
    return found


def pairs_of_names(
    names: Mapping[int, str],
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the pairs that names of forms tie together, and those they keep apart."""
    rows = defaultdict(list)
    for row, name in names.items():
        rows[name].append(row)
    same = [pair for members in rows.values() for pair in pairwise(members)]
    different = [(a[0], b[0]) for a, b in combinations(rows.values(), 2)]
    return same, different


def _row(name: str, row_of: Mapping[str, int], where: str) -> int:
    if name not in row_of:
        raise ValueError(f"{where}: the screen has no file {name!r}")
    return row_of[name]


def _pairs(pairs: list[tuple[int, int]]) -> NDArray[np.intp]:
    return np.array(pairs, dtype=np.intp).reshape(-1, 2)
