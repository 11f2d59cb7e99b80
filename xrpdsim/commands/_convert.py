"""``xrpdsim convert``: patterns of any format as columns of text or pdCIF."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ._arguments import is_one_of, read_scans, scan_number, sentence

ENDINGS = ("xy", "xye", "csv", "cif")


def add_parser(commands: Any) -> None:
    """Register the command.

    Parameters
    ----------
    commands : object
        What `argparse.ArgumentParser.add_subparsers` returns.
    """
    parser = commands.add_parser(
        "convert",
        help="write patterns as xy, xye, csv or pdCIF",
        description="Read pattern files of any format that xrpdsim knows and write each into a "
        "new file.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="pattern files of any format")
    parser.add_argument(
        "--to", choices=ENDINGS, default="xy", help="the format to write (default: %(default)s)"
    )
    parser.add_argument(
        "--out", metavar="FOLDER", help="where to write (default: beside each file)"
    )
    parser.add_argument("--wavelength", help="for files that name none: in angstrom, or CuKa1")
    parser.add_argument(
        "--scan",
        type=scan_number,
        metavar="N|all",
        help="which scan of a file with several, from 0, or all of them, each into a file",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace files that are already there"
    )
    parser.set_defaults(command=command)


def command(options: argparse.Namespace) -> int:
    """Convert files.

    Parameters
    ----------
    options : argparse.Namespace

    Returns
    -------
    int
        The exit status: 0, or 1 if some files could not be converted.
    """
    from ..io import parse_wavelength, printable, write_pattern

    given = None if options.wavelength is None else parse_wavelength(options.wavelength)
    if options.out is not None:
        Path(options.out).mkdir(parents=True, exist_ok=True)
    targets = _targets(options.files, options.to, options.out)
    failed = 0
    written: set[tuple[int, int]] = set()
    for source, target in targets.items():
        try:
            patterns = read_scans(str(source), scan=options.scan, wavelength=given)
            for number, (_, pattern) in enumerate(patterns):
                # each scan of several has its number in the name
                place = target.with_stem(f"{target.stem}_{number}") if len(patterns) > 1 else target
                _check_target(source, place, targets, written, options.overwrite)
                write_pattern(pattern, place)
                written.add(_identity(place))
                print(printable(place))
        except (OSError, ValueError) as error:
            failed += 1
            print(f"xrpdsim: {printable(sentence(error))}", file=sys.stderr)
    return 1 if failed else 0


def _targets(files: Sequence[str], ending: str, folder: str | None) -> dict[Path, Path]:
    """Return where each source is to be written; a source given twice is one."""
    targets = {}
    for source in map(Path, files):
        target = source.with_suffix(f".{ending}")
        targets[source] = target if folder is None else Path(folder) / target.name
    return targets


def _check_target(
    source: Path,
    target: Path,
    targets: dict[Path, Path],
    written: set[tuple[int, int]],
    overwrite: bool,
) -> None:
    """Refuse a target that would replace a source, or what another source was written as."""
    place = target.resolve()
    rivals = [
        other
        for other, its_target in targets.items()
        if its_target.resolve() == place and other.resolve() != source.resolve()
    ]
    if rivals:
        raise ValueError(
            f"{source} and {rivals[0]} would both be written as {target}; convert them into "
            "different folders (--out)"
        )
    if not target.exists():
        return
    # Names that differ in case may be one file.
    if _identity(target) in written:
        raise ValueError(f"{target} was just written from another file; {source} is left out")
    if is_one_of(target, map(str, targets)):
        raise ValueError(
            f"{target} is one of the files to convert and would be replaced; give another folder "
            "(--out)"
        )
    if not overwrite:
        raise FileExistsError(f"{target} is already there; give --overwrite to replace it")


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino
