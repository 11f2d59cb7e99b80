"""``xrpdsim convert``: patterns of any format as columns of text or pdCIF."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

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
        description="Read pattern files of any format that xrpdsim knows and write each one anew.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--to", choices=ENDINGS, default="xy", help="default: %(default)s")
    parser.add_argument(
        "--out", metavar="FOLDER", help="where to write (default: beside each file)"
    )
    parser.add_argument("--wavelength", help="for files that name none: in angstrom, or CuKa1")
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
    from ..io import parse_wavelength, read_pattern, write_pattern

    given = None if options.wavelength is None else parse_wavelength(options.wavelength)
    if options.out is not None:
        Path(options.out).mkdir(parents=True, exist_ok=True)
    failed = 0
    for name in options.files:
        source = Path(name)
        target = source.with_suffix(f".{options.to}")
        if options.out is not None:
            target = Path(options.out) / target.name
        try:
            if target.exists() and not options.overwrite:
                raise FileExistsError(f"{target} is already there; give --overwrite to replace it")
            pattern = read_pattern(source)
            if pattern.wavelength is None and given is not None:
                pattern = pattern.with_wavelength(given)
            write_pattern(pattern, target)
        except (OSError, ValueError) as error:
            failed += 1
            print(f"xrpdsim: {error}", file=sys.stderr)
        else:
            print(target)
    return 1 if failed else 0
