"""``xrpdsim sort``: a folder of measurements sorted into solid forms."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

_TABLE = "forms.csv"


def add_parser(commands: Any) -> None:
    """Register the command.

    Parameters
    ----------
    commands : object
        What `argparse.ArgumentParser.add_subparsers` returns.
    """
    parser = commands.add_parser(
        "sort",
        help="sort a folder of measurements into solid forms",
        description="Read every pattern of a folder, sort them into groups of one solid form each, "
        "and say which are amorphous or mixed, and which to review. Prints a table and writes "
        "forms.csv and a report to be opened in a browser.",
    )
    parser.add_argument("folder", help="pattern files of any format that xrpdsim reads")
    parser.add_argument(
        "--references",
        metavar="FOLDER",
        help="patterns of known forms: the column form of its labels.csv names them, or else the "
        "folders in it, or else the files",
    )
    parser.add_argument(
        "--out",
        default="report.html",
        metavar="FILE",
        help="the report; forms.csv is written beside it (default: %(default)s)",
    )
    parser.add_argument(
        "--method",
        metavar="NAME",
        help="the name of a pretrained similarity, screening or pearson (default: organic-1)",
    )
    parser.add_argument(
        "--min-probability",
        type=_probability,
        default=0.5,
        metavar="P",
        help="mean probability from which two groups are one form (default: %(default)s)",
    )
    parser.add_argument(
        "--corrections",
        metavar="FILE",
        help="CSV with the columns file, relation (same, different or form) and other (a file, or "
        "the name of the form)",
    )
    parser.add_argument(
        "--wavelength", help="for files that name none: in angstrom, or CuKa1, CoKa, ..."
    )
    parser.set_defaults(command=command)


def command(options: argparse.Namespace) -> int:
    """Sort a folder.

    Parameters
    ----------
    options : argparse.Namespace

    Returns
    -------
    int
        The exit status, 0.
    """
    from .._support._files import write_together
    from ..inspection import render_report
    from ..io import printable
    from ..sorting import read_corrections, read_screen, sort_screen

    out = Path(options.out)
    _check_before_reading(options, out)
    screen = read_screen(options.folder, wavelength=options.wavelength, verbose=True)
    references = None
    if options.references:
        references = read_screen(options.references, wavelength=options.wavelength, verbose=True)
    corrections = None
    if options.corrections:
        corrections = read_corrections(options.corrections, screen.files)
    found = sort_screen(
        screen,
        references=references,
        similarity=options.method,
        min_probability=options.min_probability,
        corrections=corrections,
        verbose=True,
    )
    print(found.summary())
    print(f"sorted by the similarity {found.clusterer.similarity_name_}")
    for same in screen.duplicates():
        print(f"byte-identical: {', '.join(screen.files[row] for row in same)}")
    if screen.skipped:
        print(f"{len(screen.skipped)} file(s) skipped; the report says why", file=sys.stderr)
    table = out.with_name(_TABLE)
    page = render_report(found, run={"command": "xrpdsim sort"})
    with write_together() as open_file:
        open_file(table).write(found.table().to_csv())
        open_file(out).write(page)
    print(f"wrote {printable(table)} and {printable(out)}")
    return 0


def _check_before_reading(options: argparse.Namespace, out: Path) -> None:
    """Raise what would otherwise be found out after minutes of reading."""
    from ..io.folder import check_folder
    from ..similarity import similarity_by_name

    for folder in filter(None, (options.folder, options.references)):
        check_folder(folder)
    if options.method is not None:
        similarity_by_name(options.method)
    if not out.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {str(out.parent)!r} to write {out.name} into")
    if out.is_dir():
        raise IsADirectoryError(f"--out {str(out)!r} is a folder; give the name of a file in it")
    if out.with_name(_TABLE).is_dir():
        raise IsADirectoryError(f"{out.with_name(_TABLE)} is a folder, in the place of the table")
    if out.name == _TABLE:
        raise ValueError(f"--out {out.name!r} is the name of the table; give the report another")
    if options.corrections and not Path(options.corrections).is_file():
        raise FileNotFoundError(f"there is no file {options.corrections!r} of corrections")


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to 1, got {text!r}") from None
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"must be between 0 and 1, got {text}")
    return value
