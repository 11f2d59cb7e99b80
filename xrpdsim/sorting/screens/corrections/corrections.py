"""What a person knows better: what is one form, what is none, and what to leave out."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...._support._csv import CsvTable, read_csv
from ....patterns.pairs import ONLY_IN_SPELLING, spelling
from ...grouping import known_among, merge_pairs
from ._contradictions import Statement, check_statements
from .names_of_files import NamesOfFiles

_NEEDED = ("file", "relation")
_OPTIONAL = ("other", "who", "when")
_RELATIONS = ("same", "different", "form", "confirmed", "amorphous", "mixture", "exclude")
_AS_SORTED = "as sorted"
_AUTOMATIC = re.compile(r"group \d+")


@dataclass(frozen=True)
class Corrections:
    r"""What a person knows of a screen, by row numbers.

    Parameters
    ----------
    same, different : ndarray of shape (n_pairs, 2)
        Pairs of patterns of one form, and of two; those that follow from `names` among them.
    names : dict of int to str
        The form that a person gave a pattern.
    confirmed : dict of int to str
        The group of each pattern that a person confirmed to belong to it.
    amorphous : tuple of int
        Patterns that are amorphous, whatever they look like.
    mixtures : dict of int to str
        Patterns that are mixtures, and what the person says of them; may be empty.
    excluded : dict of int to str
        Patterns to be left out, and why; may be empty.
    tied : ndarray of shape (n_pairs, 2)
        Pairs that were in one group on the page: nobody said so, but the groups that a person saw
        stay.
    signed : dict of (str, str, str) to (str, str)
        Who said it, and when, where the table tells: by file, relation, and the other file of a
        pair or else nothing.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from xrpdsim.sorting import read_corrections
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "corrections.csv"
    >>> _ = path.write_text("file,relation,other\na.xy,same,b.xy\nc.xy,form,hydrate\n")
    >>> known = read_corrections(path, ["a.xy", "b.xy", "c.xy"])
    >>> known.same.tolist(), known.names
    ([[0, 1]], {2: 'hydrate'})
    """

    same: NDArray[np.intp]
    different: NDArray[np.intp]
    names: dict[int, str]
    confirmed: dict[int, str] = field(default_factory=dict)
    amorphous: tuple[int, ...] = ()
    mixtures: dict[int, str] = field(default_factory=dict)
    excluded: dict[int, str] = field(default_factory=dict)
    tied: NDArray[np.intp] = field(default_factory=lambda: np.empty((0, 2), np.intp))
    signed: dict[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)

    def forms(self) -> dict[int, str]:
        """Return the forms of patterns, confirmed ones included; "group 3" is no form."""
        confirmed = {row: name for row, name in self.confirmed.items() if not is_automatic(name)}
        return {**confirmed, **self.names}

    def kept_groups(self, n_patterns: int) -> NDArray[np.intp]:
        """Return a number of the group that each pattern stays in, -1 where it may be in any.

        Groups stay that were confirmed, and those that a person saw and left as they were.

        Parameters
        ----------
        n_patterns : int

        Returns
        -------
        ndarray of shape (n_patterns,)
        """
        members: dict[str, list[int]] = defaultdict(list)
        for row, name in self.confirmed.items():
            members[name].append(row)
        chains = [pair for rows in members.values() for pair in pairwise(rows)]
        together = np.array(chains, dtype=np.intp).reshape(-1, 2)
        part = merge_pairs(np.concatenate([self.same, self.tied, together]), n_patterns)
        found = np.full(n_patterns, -1, dtype=np.intp)
        rows = np.union1d(list(self.confirmed), self.tied).astype(np.intp)
        found[rows] = part[rows]
        return found

    def without_excluded(self, n_patterns: int) -> Corrections:
        """Return what is known of the patterns that are not left out, numbered without the others.

        Pairs of patterns that stay are kept as they are; what two patterns are to each other by way
        of one that is left out still holds.

        Parameters
        ----------
        n_patterns : int

        Returns
        -------
        Corrections
        """
        if not self.excluded:
            return self
        kept = np.setdiff1d(np.arange(n_patterns), list(self.excluded))
        place = {row: number for number, row in enumerate(kept.tolist())}
        same, different = known_among(kept, self.same, self.different, n_patterns)
        direct = _direct(self.same, place)
        by_way = merge_pairs(direct, len(kept))
        same = np.concatenate([direct, same[by_way[same[:, 0]] != by_way[same[:, 1]]]])
        different = np.concatenate([_direct(self.different, place), different])

        def moved(values: Mapping[int, str]) -> dict[int, str]:
            return {place[row]: text for row, text in values.items() if row in place}

        return replace(
            self,
            same=same,
            different=different,
            names=moved(self.names),
            confirmed=moved(self.confirmed),
            amorphous=tuple(place[row] for row in self.amorphous if row in place),
            mixtures=moved(self.mixtures),
            excluded={},
            tied=known_among(kept, self.tied, self.different[:0], n_patterns)[0],
        )


def _direct(pairs: NDArray[np.intp], place: Mapping[int, int]) -> NDArray[np.intp]:
    """Return the pairs of rows that have a new place, by these places."""
    return np.array(
        [(place[a], place[b]) for a, b in pairs.tolist() if a in place and b in place],
        dtype=np.intp,
    ).reshape(-1, 2)


NO_CORRECTIONS = Corrections(np.empty((0, 2), np.intp), np.empty((0, 2), np.intp), {})
"""Nothing known."""


def read_corrections(path: str | os.PathLike[str], files: Sequence[str]) -> Corrections:
    r"""Read corrections from a CSV file, as the page saves it or a spreadsheet writes it.

    Parameters
    ----------
    path : path-like
        With the columns `file`, `relation` and `other`; `who` and `when` are kept, more columns are
        not used. The relations are

        - "same", "different": `other` is another file, of the same form or of another. Rows of
          "same" with "as sorted" in the column `who` keep the groups that the page showed, and
          move no probabilities;
        - "form": `other` is the name of the form; two files of one name are the same, of two names
          different;
        - "confirmed": the file belongs to the group whose name is `other`. The files that were
          confirmed for a group stay together and apart from those of other groups;
        - "amorphous", "mixture": the file belongs to no group; `other` may say of what a mixture;
        - "exclude": the file is left out; `other` may say why.

        Commas, semicolons or tabs may separate the columns.
    files : sequence of str
        The files of the screen, in the order of the patterns. The table may name them with or
        without ending, and with or without folders.

    Returns
    -------
    Corrections

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If the file lacks a column, names a file that the screen does not have, spells a form in two
        ways, or contradicts itself. The error names the rows and the files.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "corrections.csv"
    >>> _ = path.write_text(
    ...     "file;relation;other\na;same;b\nc.xy;form;II\na;form;I\nd;exclude;slipped\n"
    ... )
    >>> corrections = read_corrections(path, ["a.xy", "b.xy", "c.xy", "d.xy"])
    >>> corrections.same.tolist(), corrections.different.tolist(), corrections.names
    ([[0, 1]], [[2, 0]], {2: 'II', 0: 'I'})
    >>> corrections.excluded
    {3: 'slipped'}
    """
    if isinstance(files, str) or not isinstance(files, Sequence):
        raise TypeError(f"files must be the names of the files, as Screen.files; got {files!r}")
    table = read_csv(path, _NEEDED, known=_OPTIONAL)
    said = _Said(table, files)
    said.check_screen()
    for number in range(len(table.rows)):
        said.read(number)
    try:
        return said.corrections()
    except ValueError as error:
        raise ValueError(f"{table.path}: {error}") from error


def is_automatic(name: str) -> bool:
    """Return whether a group was only numbered: "group 3"."""
    return _AUTOMATIC.fullmatch(name) is not None


class _Said:
    """What the rows of a table say, each with its number as a spreadsheet shows it."""

    def __init__(self, table: CsvTable, files: Sequence[str]) -> None:
        self._table = table
        self._files = files
        self._names_of_files = NamesOfFiles(files)
        self._pairs: dict[str, list[Statement]] = {"same": [], "different": []}
        self._tied: list[Statement] = []
        # by relation and row of the screen: what is said in `other`, and where
        self._of_one: dict[str, dict[int, tuple[str, int]]] = defaultdict(dict)
        self._signed: dict[tuple[str, str, str], tuple[str, str]] = {}

    def check_screen(self) -> None:
        """Refuse a table that names no file of this screen."""
        unknown = 0
        for name in self._table.column("file"):
            try:
                self._names_of_files.row(name)
            except ValueError as error:
                unknown += "has no file" in str(error)
        if unknown > 1 and unknown == len(self._table.rows):
            raise ValueError(
                f"{self._table.path} is about another screen: none of its {unknown} rows names a "
                f"file of this one, which has {self._files[0]!r}; give the corrections that its "
                "report saved"
            )

    def read(self, place: int) -> None:
        """Take up one row of the table."""
        entry, number = self._table.rows[place], self._table.numbers[place]
        where, relation = self._table.where(place), entry["relation"].lower()
        if relation not in _RELATIONS:
            raise ValueError(
                f"{where}: the relation {entry['relation']!r} is none of {', '.join(_RELATIONS)}"
            )
        row, other = self._row(entry["file"], where), entry.get("other", "")
        if relation in self._pairs:
            if not other:
                raise ValueError(f"{where}: {relation} as which file? Put it into 'other'")
            second = self._row(other, where)
            if second == row:
                raise ValueError(f"{where}: {other!r} is paired with itself")
            as_sorted = relation == "same" and entry.get("who", "") == _AS_SORTED
            statements = self._tied if as_sorted else self._pairs[relation]
            statements.append(Statement(row, second, (number,)))
            self._sign(entry, row, relation, self._files[second])
            return
        self._sign(entry, row, relation)
        if relation in ("form", "confirmed") and not other:
            what = "form" if relation == "form" else "group that is confirmed"
            raise ValueError(f"{where}: the {what} has no name; put it into 'other'")
        before, earlier = self._of_one[relation].setdefault(row, (other, number))
        if relation in ("form", "confirmed") and before != other:
            is_already = "already form" if relation == "form" else "already confirmed as"
            raise ValueError(
                f"{where}: {self._files[row]!r} is {is_already} {before!r} (row {earlier})"
            )

    def _sign(self, entry: Mapping[str, str], row: int, relation: str, other: str = "") -> None:
        by = entry.get("who", ""), entry.get("when", "")
        if any(by):
            self._signed.setdefault((self._files[row], relation, other), by)

    def corrections(self) -> Corrections:
        """Return what was said, or raise ValueError if it contradicts itself."""
        self._check_marks()
        self._check_names()
        same, different = self._pairs["same"], self._pairs["different"]
        more_same, more_different = _statements_of_names(self._names())
        same, different = same + more_same, different + more_different
        groups = _statements_of_names(self._of_one["confirmed"])
        check_statements(same + self._tied + groups[0], different + groups[1], self._files)
        return Corrections(
            _as_pairs(same),
            _as_pairs(different),
            self._texts("form"),
            self._texts("confirmed"),
            tuple(self._of_one["amorphous"]),
            self._texts("mixture"),
            self._texts("exclude"),
            _as_pairs(self._tied),
            self._signed,
        )

    def _names(self) -> dict[int, tuple[str, int]]:
        """Return the forms of patterns: one member stands for a group confirmed as a form."""
        forms, confirmed = self._of_one["form"], self._of_one["confirmed"]
        one_of = {name: row for row, (name, _) in confirmed.items() if not is_automatic(name)}
        return {**{row: confirmed[row] for row in one_of.values()}, **forms}

    def _check_names(self) -> None:
        """Refuse names of one spelling, and a file of one form that was confirmed as another."""
        written: dict[str, tuple[str, int]] = {}
        for relation in ("form", "confirmed"):
            for name, number in self._of_one[relation].values():
                before, earlier = written.setdefault(spelling(name), (name, number))
                if name != before:
                    raise ValueError(
                        f"row {number} writes {name!r}, but row {earlier} {before!r}, which "
                        f"differs {ONLY_IN_SPELLING}; write both alike, or rename one if they are "
                        "two forms"
                    )
        forms = self._of_one["form"]
        for row, (name, number) in self._of_one["confirmed"].items():
            if row in forms and forms[row][0] != name and not is_automatic(name):
                raise ValueError(
                    f"row {number} confirms {self._files[row]!r} as {name!r}, but row "
                    f"{forms[row][1]} calls it {forms[row][0]!r}; leave one of them out"
                )

    def _check_marks(self) -> None:
        """Refuse a pattern that is set aside and yet belongs to a group, or is both kinds."""
        in_group = {
            row: number
            for each in (*self._pairs["same"], *self._tied)
            for row, number in _both(each)
        }  # fmt: skip
        for relation in ("form", "confirmed"):
            in_group |= {row: number for row, (_, number) in self._of_one[relation].items()}
        amorphous, mixtures = self._of_one["amorphous"], self._of_one["mixture"]
        for relation, marked in (("amorphous", amorphous), ("a mixture", mixtures)):
            for row, (_, number) in marked.items():
                if row in in_group:
                    raise ValueError(
                        f"row {number} says that {self._files[row]!r} is {relation}, but row "
                        f"{in_group[row]} puts it into a group; leave one of them out"
                    )
        for row, (_, number) in amorphous.items():
            if row in mixtures:
                raise ValueError(
                    f"row {number} says that {self._files[row]!r} is amorphous, but row "
                    f"{mixtures[row][1]} that it is a mixture; leave one of them out"
                )

    def _row(self, name: str, where: str) -> int:
        try:
            return self._names_of_files.row(name)
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from error

    def _texts(self, relation: str) -> dict[int, str]:
        return {row: text for row, (text, _) in self._of_one[relation].items()}


def _both(statement: Statement) -> list[tuple[int, int]]:
    return [(row, statement.numbers[0]) for row in (statement.first, statement.second)]


def _statements_of_names(
    names: Mapping[int, tuple[str, int]],
) -> tuple[list[Statement], list[Statement]]:
    """Return the pairs that names tie together, and those they keep apart."""
    said: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row, (name, number) in names.items():
        said[name].append((row, number))

    def statement(pair: tuple[tuple[int, int], tuple[int, int]]) -> Statement:
        (first, its_number), (second, number) = pair
        return Statement(first, second, (its_number, number))

    same = [statement(pair) for members in said.values() for pair in pairwise(members)]
    apart = combinations([members[0] for members in said.values()], 2)
    return same, [statement(pair) for pair in apart]


def _as_pairs(statements: Sequence[Statement]) -> NDArray[Any]:
    pairs = [(each.first, each.second) for each in statements]
    return np.array(pairs, dtype=np.intp).reshape(-1, 2)
