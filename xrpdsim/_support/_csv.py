"""Comma-separated tables: written so that a spreadsheet opens them safely, and read back."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ._warnings import warn_user

# What makes a spreadsheet take a cell for a formula, also in the full-width forms of East Asian
# keyboards (OWASP, "CSV Injection"); and a mark that a reader takes for the start of a file.
_NOT_TEXT = (*"=+-@\t\r\n＝＋－＠", "\ufeff")  # noqa: RUF001
_NEARLY = 0.85  # "forms" and "form", "wavelengths" and "wavelength", but not "true_form"
# What a heading says beside its name: blanks and strokes, and a unit in brackets or of angstrom.
_BESIDE_NAME = re.compile(r"[\s_-]|[(\[{].*|(?<=.)angstroms?$")
_ALSO_CALLED = {"wavelength": ("lambda", "λ")}
_UNITS = {"wavelength": ", with another unit than angstrom beside the values"}
_SEPARATORS = ",;\t"
_BYTE_ORDER = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# How files of Excel begin, since 2007 and before.
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SPECIAL = re.compile(r'[,"\r\n]')
_STATED = re.compile(r'"?sep=([,;\t|])"?[ \t]*(?:\r\n|\r|\n|$)', re.I)
# Names of files that are not UTF-8 hold lone surrogates (PEP 383), which UTF-8 cannot write.
_SURROGATE = re.compile(r"(\\*)([\ud800-\udfff])")
_WRITTEN_SURROGATE = re.compile(r"(\\+)(u[dD][89a-fA-F][0-9a-fA-F]{2})")


@dataclass(frozen=True)
class CsvTable:
    """The rows of a table that a person or this library wrote.

    Parameters
    ----------
    path : Path
    columns : list of str
        Their names, in order.
    rows : list of dict of str to str
        By column.
    numbers : list of int
        The number of each row as a spreadsheet shows it, the heading being row 1.
    """

    path: Path
    columns: list[str]
    rows: list[dict[str, str]]
    numbers: list[int]

    def where(self, row: int) -> str:
        """Return file and row, to begin an error message with."""
        return f"{self.path}, row {self.numbers[row]}"

    def column(self, name: str) -> list[str]:
        """Return the values of a column."""
        return [row[name] for row in self.rows]


def format_csv(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    r"""Return a table as CSV text, numbers at full precision.

    Text that a spreadsheet would take for a formula, or that begins or ends with white space, gets
    an apostrophe in front, which `read_csv` takes off again.

    Parameters
    ----------
    columns : sequence of str
        Their names.
    rows : iterable of iterable
        None is written as an empty cell.

    Returns
    -------
    str

    Examples
    --------
    >>> format_csv(["file", "shift"], [["=1+1.xy", -0.5], ["a, b.xy", None]])
    'file,shift\n\'=1+1.xy,-0.5\n"a, b.xy",\n'
    """
    lines = ([_quoted(_escaped(value)) for value in line] for line in (columns, *rows))
    # the only cell of a line is quoted where it is empty: the line would be blank
    return "".join((",".join(line) or '""' * (len(line) == 1)) + "\n" for line in lines)


def read_csv(
    path: str | os.PathLike[str],
    needed: Sequence[str] = (),
    *,
    unique: str | None = None,
    known: Sequence[str] = (),
) -> CsvTable:
    r"""Read a table with a heading; rows without any value are left out.

    Parameters
    ----------
    path : path-like
        UTF-8, UTF-16 or, with a warning, Windows-1252. Separated by commas; by semicolons or tabs,
        as some spreadsheets write it, where that gives the columns that are needed. A first line
        "sep=;" says by what.
    needed : sequence of str
        Columns that must be there, in capitals or not. Other cells may be missing at the end of a
        row, as spreadsheets leave them out where they are empty.
    unique : str, optional
        A needed column in which no value may be empty or occur twice.
    known : sequence of str
        Columns that may be there, in capitals or not. One that is not, but whose name another
        nearly has, is an error: what "Forms" or "wavelength (A)" holds would not be read.

    Returns
    -------
    CsvTable
        White space around values is taken off, and the apostrophe of `format_csv`. Columns without
        a name are left out: empty ones, as spreadsheets leave them, and a first one, in which R and
        pandas write the names of rows.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If the file is no such table. The error names the path, and the row.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "labels.csv"
    >>> _ = path.write_text("file,form\na.xy,I\n\n'=1+1.xy,II\n", encoding="utf-8")
    >>> table = read_csv(path, ["file", "form"])
    >>> table.column("file"), table.numbers
    (['a.xy', '=1+1.xy'], [2, 4])
    """
    path = Path(path)
    columns, lines = _split(path, _text(path), needed)
    columns = _as_called(columns, known)
    missing = [name for name in needed if name not in columns]
    if missing:
        raise ValueError(
            f"{path} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}; it has "
            f"{', '.join(filter(None, columns)) or 'none'}"
        )
    _refuse_near_misses(path, columns, known)
    named = list(filter(None, columns))
    if len(set(named)) < len(named):
        raise ValueError(f"{path}: a column appears twice: {', '.join(named)}")
    table = CsvTable(path, named, [], [])
    for number, line in lines:
        # cells beyond the last column are often left by a spreadsheet, empty
        while len(line) > len(columns) and not line[-1].strip():
            line = line[:-1]
        while len(line) < len(columns) and columns[len(line)] not in needed:
            line = [*line, ""]
        if len(line) != len(columns):
            raise ValueError(
                f"{path}, row {number} has {len(line)} values for {len(columns)} columns"
            )
        for place, (name, cell) in enumerate(zip(columns, line, strict=True)):
            if place and not name and cell.strip():
                raise ValueError(
                    f"{path}, row {number}: {cell.strip()!r} stands in column {place + 1}, which "
                    "has no name; write one into the first row, or take the values out"
                )
        values = dict(zip(columns, map(_unescaped, line), strict=True))
        table.rows.append({name: values[name] for name in named})
        table.numbers.append(number)
    if unique is not None:
        _refuse_repeats(table, unique)
    return table


def _text(path: Path) -> str:
    """Return the text of a table, whatever a spreadsheet saved it as."""
    content = path.read_bytes()
    if content.startswith((_ZIP, _OLE)):
        excel = content.startswith(_OLE) or b"xl/" in content
        what = "an Excel workbook" if excel else "a zip archive, or a workbook of another program"
        raise ValueError(f"{path} is {what}; save the table as CSV (UTF-8), and give that file")
    encoding = next((name for mark, name in _BYTE_ORDER if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        reason = f"{path}: the file is not {encoding.removesuffix('-sig').upper()} ({error.reason})"
        if encoding != "utf-8":
            raise ValueError(f"{reason}; save it as UTF-8") from error
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise ValueError(f"{reason}; save it as UTF-8") from error
    warn_user(
        f"{path} is not UTF-8; it was read as Windows-1252. Save it as UTF-8 if letters are wrong."
    )
    return text


def _split(
    path: Path, text: str, needed: Sequence[str]
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return heading and lines with their numbers, by the separator that fits what is needed."""
    first: tuple[list[str], list[tuple[int, list[str]]]] | None = None
    stated = _STATED.match(text)
    for separator in _SEPARATORS if stated is None else stated[1]:
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
            lines = [
                (number, line)
                for number, line in enumerate(reader, start=1)
                if any(map(str.strip, line)) and not (stated is not None and number == 1)
            ]
        except csv.Error as error:
            if first is not None:
                continue
            raise ValueError(f"{path}: {error}") from error
        heading = [_unescaped(name) for name in lines[0][1]] if lines else []
        found = (_as_called(heading, needed), lines[1:])
        if all(name in found[0] for name in needed):
            return found
        first = first or found
    assert first is not None
    return first


def _as_called(columns: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return columns with those that are called so, but for capitals, under the names given."""
    in_small = {name.casefold(): name for name in names}
    return [in_small.get(name.casefold(), name) for name in columns]


def _refuse_near_misses(path: Path, columns: Sequence[str], known: Sequence[str]) -> None:
    bare = {_BESIDE_NAME.sub("", column.casefold()): column for column in columns}
    for name in known:
        if name in columns:
            continue
        for called in (name, *_ALSO_CALLED.get(name, ())):
            near = get_close_matches(called, bare, n=1, cutoff=_NEARLY)
            if near:
                raise ValueError(
                    f"{path}: the column {bare[near[0]]!r} is not known; if it is meant, call it "
                    f"{name!r}{_UNITS.get(name, '')}; else rename it"
                )


def _refuse_repeats(table: CsvTable, name: str) -> None:
    seen: dict[str, int] = {}
    for row, value in enumerate(table.column(name)):
        if not value:
            raise ValueError(f"{table.where(row)}: the column {name!r} is empty")
        if value in seen:
            raise ValueError(
                f"{table.where(row)}: {value!r} was already listed in row {seen[value]}"
            )
        seen[value] = table.numbers[row]


def _escaped(value: Any) -> str:
    if not isinstance(value, str):
        # numbers are no formulas, whatever their sign
        return "" if value is None else str(value)
    if _needs_apostrophe(value):
        value = "'" + value
    # n backslashes before a surrogate are written as 2 n + 1, before what looks like one as 2 n
    value = _WRITTEN_SURROGATE.sub(r"\1\1\2", value)
    return _SURROGATE.sub(lambda found: rf"{2 * found[1]}\u{ord(found[2]):04x}", value)


def _unescaped(cell: str) -> str:
    value = _WRITTEN_SURROGATE.sub(_read_surrogate, cell)
    if value.startswith("'") and _needs_apostrophe(value[1:]):
        return value[1:]
    return value.strip()


def _read_surrogate(found: re.Match[str]) -> str:
    backslashes, code = len(found[1]), found[2]
    half = "\\" * (backslashes // 2)
    return half + (chr(int(code[1:], 16)) if backslashes % 2 else code)


def _needs_apostrophe(text: str) -> bool:
    # apostrophes that are there already must not be taken for that of the escape
    core = text.lstrip("'")
    return core.startswith(_NOT_TEXT) or core[:1].isspace() or text[-1:].isspace()


def _quoted(cell: str) -> str:
    if _SPECIAL.search(cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell
