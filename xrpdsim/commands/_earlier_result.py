"""What ``xrpdsim sort`` takes from the earlier result that lies beside its report."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .._support._table import Table
    from ..sorting import EarlierGroups, SortedScreen

_RECORD = "run.json"
_PATHS = ("folder", "add", "references", "corrections")
_OTHERS = ("method", "wavelength", "scan", "min_probability", "excel")
_MIN_PROBABILITY = 0.5
_COLUMNS = ("file", "change", "before", "now", "remark")


def take_up_earlier(options: argparse.Namespace, out: Path) -> EarlierGroups | None:
    """Return the groups of the result beside a report, if there is one.

    With ``--add`` and ``--show``, what the command line does not say is taken from the command of
    that result, and added folders come after those that it had. With ``--add`` and the folder of
    the screen, there need be none.

    Parameters
    ----------
    options : argparse.Namespace
        Completed in place.
    out : Path

    Returns
    -------
    EarlierGroups or None

    Raises
    ------
    ValueError
        If there is no folder to sort, or it is not that of the result.
    OSError
        If there is no earlier result where one is needed.
    """
    from ..sorting import read_earlier_groups

    if options.folder is None and not (options.add or options.show):
        first = ", before --references, which takes all that follows" if options.references else ""
        raise ValueError(f"give the folder of the screen{first}: xrpdsim sort FOLDER")
    if options.add and options.show:
        raise ValueError("give either --add or --show: a page is made of what is sorted already")
    record = out.with_name(_RECORD)
    needed = options.folder is None or bool(options.show) or bool(options.add and record.is_file())
    earlier = None
    if needed and not record.is_file():
        raise FileNotFoundError(
            f"there is no earlier result beside {out} (no {_RECORD}); --out names the report of it"
        )
    if record.is_file():
        try:
            earlier = read_earlier_groups(record)
        except (OSError, ValueError) as error:
            if needed:
                raise
            print(f"groups are numbered from 1 again: {error}", file=sys.stderr)
    if needed and earlier is not None:
        before = options.parse(earlier.command[2:])
        before.folder = before.folder[0]
        _check_folder(options, out, before)
        _complete(options, before, out.parent)
    if options.min_probability is None:
        options.min_probability = _MIN_PROBABILITY
    return earlier


def _check_folder(options: argparse.Namespace, out: Path, before: argparse.Namespace) -> None:
    """Refuse another folder than that of the earlier result, unless that one was moved."""
    earlier = out.parent / before.folder
    if options.folder is None or not earlier.is_dir():
        return
    if Path(options.folder).resolve() != earlier.resolve():
        raise ValueError(
            f"the result beside {out} is of the folder {str(earlier)!r}, not {options.folder!r}; "
            "leave the folder out, or give --out another place"
        )


def _complete(options: argparse.Namespace, before: argparse.Namespace, base: Path) -> None:
    """Take from an earlier command what this one leaves open; its paths are from `base`."""
    for name in _PATHS:
        given, then = getattr(options, name), getattr(before, name)
        if isinstance(then, list):
            then = [str(base / path) for path in then]
        elif then is not None:
            then = str(base / then)
        if name == "add":
            had = {Path(path).resolve() for path in then}
            new = [path for path in given if Path(path).resolve() not in had]
            setattr(options, name, [*then, *new])
        elif given is None:
            setattr(options, name, then)
    for name in _OTHERS:
        if getattr(options, name) is None or getattr(options, name) is False:
            setattr(options, name, getattr(before, name))


def what_changed(found: SortedScreen, earlier: EarlierGroups | None) -> tuple[Table, list[str]]:
    """Return what changed since an earlier result, as a table and as lines to print.

    Parameters
    ----------
    found : SortedScreen
    earlier : EarlierGroups or None

    Returns
    -------
    Table, list of str
        Without rows and lines where nothing is earlier.
    """
    from .._support._table import Table
    from ..sorting import changes_since
    from ..sorting.screens.earlier import changes_in_words

    changes = [] if earlier is None else changes_since(earlier, found)
    table = Table({name: [getattr(each, name) for each in changes] for name in _COLUMNS})
    if earlier is None:
        return table, []
    return table, [f"since run {earlier.run}:", *changes_in_words(earlier, found, changes)]


def write_chosen(
    options: argparse.Namespace, out: Path, found: SortedScreen, earlier: EarlierGroups | None
) -> int:
    """Write a page that holds chosen patterns; return the exit status.

    Parameters
    ----------
    options : argparse.Namespace
    out : Path
        The report of the result; the page lies beside it.
    found : SortedScreen
    earlier : EarlierGroups or None

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the screen has no such file.
    """
    from ..inspection import write_report
    from ..io import printable
    from ..sorting.screens.corrections import NamesOfFiles

    names = NamesOfFiles(found.screen.files)
    rows = [names.row(printable(file)) for file in options.show]
    facts: dict[str, Any] = {}
    if earlier is not None:
        facts["run"] = earlier.run
        table, lines = what_changed(found, earlier)
        if table["file"]:
            print("\n  ".join(lines), file=sys.stderr)
    page = out.with_name(f"{out.stem}_chosen{out.suffix}")
    write_report(found, page, run=facts, chosen=rows)
    print(f"wrote {printable(page)} with {len(set(rows))} chosen pattern(s)")
    return 0
