"""What a person knows better: pairs that are one form, or not, and names of forms."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from .._support._csv import read_csv

_COLUMNS = ("file", "relation", "other")
# Standard deviation, in logits, of how far the probabilities of a project may lie off: what a few
# corrections must work against.
_PRIOR_SPREAD = 1.0
_CLIP = 1e-6


class Corrections(NamedTuple):
    """Corrections as row numbers.

    Parameters
    ----------
    same, different : ndarray of shape (n_pairs, 2)
    names : dict of int to str
        The form that a person gave a pattern.
    """

    same: NDArray[np.intp]
    different: NDArray[np.intp]
    names: dict[int, str]


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
    return Corrections(_pairs(same + more_same), _pairs(different + more_different), names)


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


def adapt_probabilities(
    probability: NDArray[np.floating],
    same: NDArray[np.intp],
    different: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Move all probabilities by the one shift of their logits that corrections ask for.

    The shift has the largest posterior density given the corrected pairs, with a normal prior of
    spread 1: the patterns of one project may all be a little more, or less, alike than those that
    the probabilities come from. Pairs weigh together as much as the patterns in them.

    Parameters
    ----------
    probability : ndarray of shape (n_patterns, n_patterns)
    same, different : ndarray of shape (n_pairs, 2)

    Returns
    -------
    ndarray of shape (n_patterns, n_patterns)

    Examples
    --------
    >>> P = np.array([[1.0, 0.4, 0.3], [0.4, 1.0, 0.3], [0.3, 0.3, 1.0]])
    >>> adapt_probabilities(P, np.array([[0, 1]]), np.empty((0, 2), int)).round(2)[0]
    array([1.  , 0.6 , 0.49])
    """
    of_same, of_different = (
        np.asarray(probability[pairs[:, 0], pairs[:, 1]]) for pairs in (same, different)
    )
    n_patterns = len(np.unique(np.concatenate([same, different])))
    return shift_probabilities(probability, shift_of_corrections(of_same, of_different, n_patterns))


def shift_of_corrections(
    same: NDArray[np.floating], different: NDArray[np.floating], n_patterns: int
) -> float:
    """Return the shift of logits that corrections ask for, see `adapt_probabilities`.

    Parameters
    ----------
    same, different : ndarray
        Probabilities of the pairs that a person knows to be one form, or not.
    n_patterns : int
        Different patterns in them.

    Returns
    -------
    float
    """
    n_pairs = len(same) + len(different)
    if not n_pairs:
        return 0.0
    is_same = np.arange(n_pairs) < len(same)
    evidence = logit(np.clip(np.concatenate([same, different]), _CLIP, 1 - _CLIP))
    weight = n_patterns / n_pairs
    shift = 0.0
    for _ in range(50):
        expected = expit(evidence + shift)
        slope = weight * (is_same - expected).sum() - shift / _PRIOR_SPREAD**2
        curvature = weight * (expected * (1 - expected)).sum() + 1 / _PRIOR_SPREAD**2
        # half a logit at most, where Newton's steps would overshoot
        step = float(np.clip(slope / curvature, -0.5, 0.5))
        shift += step
        if abs(step) < 1e-9:
            break
    return shift


def shift_probabilities(probability: NDArray[np.floating], shift: float) -> NDArray[np.float64]:
    """Return probabilities with their logits shifted; those of 0 and 1 stay."""
    if not shift:
        return np.asarray(probability, dtype=np.float64)
    shifted = expit(logit(np.clip(probability, _CLIP, 1 - _CLIP)) + shift)
    return np.where((probability <= _CLIP) | (probability >= 1 - _CLIP), probability, shifted)


def _row(name: str, row_of: Mapping[str, int], where: str) -> int:
    if name not in row_of:
        raise ValueError(f"{where}: the screen has no file {name!r}")
    return row_of[name]


def _pairs(pairs: list[tuple[int, int]]) -> NDArray[np.intp]:
    return np.array(pairs, dtype=np.intp).reshape(-1, 2)
