"""``xrpdsim sort``: a folder of measurements sorted into solid forms."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._arguments import check_place, share_of
from ._earlier_result import take_up_earlier, what_changed, write_chosen

if TYPE_CHECKING:
    from ..sorting import EarlierGroups, SortedScreen

_TABLE = "forms.csv"
_FILES = (
    _TABLE,
    "references_found.csv",
    "forms.json",
    "forms.xlsx",
    "forms.svg",
    "peaks.csv",
    "peaks.txt",
    "changes.csv",
    "run.json",
)
_FOLDER = "typical"
_ENDINGS = (".html", ".htm")


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
        "and say which are amorphous or mixed, and which to review. Prints a table and writes a "
        "report to be opened in a browser, forms.csv and forms.json, the typical pattern of each "
        "form with its peaks, and run.json, the record that xrpdsim verify compares.",
    )
    parser.add_argument(
        "folder",
        nargs="*",
        help="pattern files of any format that xrpdsim reads; with --add and --show that of the "
        "earlier result, if it is not given",
    )
    parser.add_argument(
        "--add",
        nargs="+",
        default=[],
        metavar="PATH",
        help="sort these new folders or files into the earlier result beside --out, as it was "
        "sorted; its groups keep their names, and what changed is printed",
    )
    parser.add_argument(
        "--show",
        nargs="+",
        default=[],
        metavar="FILE",
        help="write a page that holds these patterns of the earlier result beside --out, and "
        "nothing else; the pages of screens above 500 patterns do not hold all",
    )
    parser.add_argument(
        "--references",
        nargs="+",
        action="extend",
        metavar="PATH",
        help="folders or files of known forms, patterns and CIFs mixed: the column form of "
        "labels.csv names them, or else the folders in them, or else the files",
    )
    parser.add_argument(
        "--out",
        default="report.html",
        metavar="FILE",
        help="the report; all other files are written beside it (default: %(default)s)",
    )
    parser.add_argument(
        "--method",
        metavar="NAME",
        help="the name of a pretrained similarity, screening or pearson, or a file that xrpdsim "
        "train wrote (default: organic-2)",
    )
    parser.add_argument(
        "--min-probability",
        type=share_of(1),
        metavar="P",
        help="mean probability from which two groups are one form (default: 0.5)",
    )
    parser.add_argument(
        "--corrections",
        metavar="FILE",
        help="CSV with the columns file, relation and other, as the report saves it: same or "
        "different and another file; form or confirmed and a name; amorphous, mixture or exclude",
    )
    parser.add_argument(
        "--wavelength", help="for files that name none: in angstrom, or CuKa1, CoKa, ..."
    )
    parser.add_argument(
        "--scan",
        choices=["all"],
        help="all: each scan of a file with several is a pattern of its own; by default scans that "
        "follow each other are one, and files whose scans overlap are skipped",
    )
    parser.add_argument("--excel", action="store_true", help="write forms.xlsx, too (extra: excel)")
    parser.set_defaults(command=command, parse=parser.parse_args)


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
    from ..inspection import draw_forms, render_report
    from ..io import printable
    from ..sorting.results import describe_run, file_results, result_files

    out = Path(options.out)
    options.folder = _one_folder(options.folder)
    earlier = take_up_earlier(options, out)
    _check_before_reading(options, out)
    found = _sorted(options, earlier)
    if options.show:
        return write_chosen(options, out, found, earlier)
    changes, lines = what_changed(found, earlier)
    again = _command_from(options, out)
    run = describe_run(
        found,
        out.with_name("run.json"),
        folder=options.folder,
        corrections=options.corrections,
        wavelength=options.wavelength,
        command=again,
    )
    contents = result_files(found, run_id=run["run"], excel=options.excel)
    contents["forms.svg"] = draw_forms(found).encode("utf-8")
    facts = {"run": run["run"], "command": printable(shlex.join(again))}
    if earlier is not None:
        contents["changes.csv"] = changes.to_csv().encode("utf-8")
        facts["changes"] = " ".join((lines[0], "; ".join(lines[1:])))
    contents[out.name] = render_report(found, run=facts).encode("utf-8")
    file_results(out.parent, contents, run)
    _print_what_was_found(found)
    if lines:
        print("\n  ".join(lines))
    print(f"wrote {printable(out)} and beside it {', '.join(_shown(contents, out.name))}")
    print(f"run {run['run']}, recorded in {printable(out.with_name('run.json'))}")
    return 0


def _sorted(options: argparse.Namespace, earlier: EarlierGroups | None) -> SortedScreen:
    """Read the files and sort them."""
    from ..sorting import (
        add_to_screen,
        read_corrections,
        read_references,
        read_screen,
        sort_screen,
    )

    how = {"wavelength": options.wavelength, "all_scans": options.scan == "all", "verbose": True}
    references = read_references(options.references, **how) if options.references else None
    how["without"] = options.references or ()
    screen = add_to_screen(read_screen(options.folder, **how), options.add, **how)
    corrections = None
    if options.corrections:
        corrections = read_corrections(options.corrections, screen.files)
    return sort_screen(
        screen,
        references=references,
        similarity=options.method,
        min_probability=options.min_probability,
        corrections=corrections,
        earlier=earlier,
        verbose=True,
    )


def _print_what_was_found(found: SortedScreen) -> None:
    from ..sorting.results import references_found

    screen = found.screen
    print(found.summary())
    if (table := references_found(found)) is not None:
        print(f"references\n{table}")
    print(f"sorted by the similarity {found.clusterer.similarity_name_}")
    for same in screen.duplicates():
        print(f"byte-identical: {', '.join(screen.files[row] for row in same)}")
    for name, why in screen.excluded():
        print(f"excluded: {name}{why and f' ({why})'}")
    if screen.skipped:
        print(f"{len(screen.skipped)} file(s) skipped; the report says why", file=sys.stderr)


def _shown(contents: Iterable[str], report: str) -> list[str]:
    """Return what was written beside the report, the folder of typical patterns as one."""
    names = [name for name in contents if "/" not in name and name != report]
    return [*names, f"{_FOLDER}/"] if any("/" in name for name in contents) else names


def _command_from(options: argparse.Namespace, out: Path) -> list[str]:
    """Return the command that sorts again, from the folder of the report."""
    from ..similarity.named import is_classifier_file
    from ..sorting.results.record import relative

    words = ["xrpdsim", "sort", relative(options.folder, out.parent)]
    words += ["--out", relative(out, out.parent)]
    if options.add:
        words += ["--add", *(relative(path, out.parent) for path in options.add)]
    if options.references:
        words += ["--references", *(relative(path, out.parent) for path in options.references)]
    if options.corrections:
        words += ["--corrections", relative(options.corrections, out.parent)]
    if options.method is not None:
        is_file = is_classifier_file(options.method)
        words += ["--method", relative(options.method, out.parent) if is_file else options.method]
    if options.wavelength is not None:
        words += ["--wavelength", options.wavelength]
    if options.scan is not None:
        words += ["--scan", options.scan]
    words += ["--min-probability", f"{options.min_probability:g}"]
    return [*words, "--excel"] if options.excel else words


def _one_folder(given: list[str]) -> str | None:
    """Return the folder of the screen, None if it is left to the earlier result."""
    if len(given) > 1:
        raise ValueError(
            f"sort takes one folder, got {len(given)} files or folders; give the folder that they "
            "lie in, and further ones after --add"
        )
    return given[0] if given else None


def _check_before_reading(options: argparse.Namespace, out: Path) -> None:
    """Raise what would otherwise be found out after minutes of reading."""
    from ..io.folder import check_folder
    from ..similarity import similarity_by_name
    from ..sorting.results._workbook import check_openpyxl

    check_folder(options.folder)
    for path in options.references or ():
        if not Path(path).exists():
            raise FileNotFoundError(f"there is no folder or file {path!r} of references")
    if options.method is not None:
        similarity_by_name(options.method)
    if out.parent.exists() and not out.parent.is_dir():
        raise NotADirectoryError(
            f"{str(out.parent)!r} is a file; give --out a report in a folder, such as report.html"
        )
    check_place(out)
    if out.is_dir():
        raise IsADirectoryError(f"--out {str(out)!r} is a folder; give the name of a file in it")
    for name in _FILES:
        if out.with_name(name).is_dir():
            raise IsADirectoryError(f"{out.with_name(name)} is a folder, in the place of a result")
    if out.with_name(_FOLDER).is_file():
        raise NotADirectoryError(
            f"{out.with_name(_FOLDER)} is a file, in the place of the folder of typical patterns; "
            "move it, or give --out another folder"
        )
    if out.name.casefold() in (*_FILES, _FOLDER):
        raise ValueError(
            f"--out {out.name!r} is the name of another result; give the report another"
        )
    if out.suffix.lower() not in _ENDINGS:
        raise ValueError(f"--out {str(out)!r}: the report is a page; end its name in .html")
    if options.excel:
        check_openpyxl()
    if options.corrections and not Path(options.corrections).is_file():
        raise FileNotFoundError(f"there is no file {options.corrections!r} of corrections")
