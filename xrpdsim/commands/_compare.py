"""``xrpdsim compare``: whether two patterns are the same solid form."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from ._arguments import read_scans


def add_parser(commands: Any) -> None:
    """Register the command.

    Parameters
    ----------
    commands : object
        What `argparse.ArgumentParser.add_subparsers` returns.
    """
    parser = commands.add_parser(
        "compare",
        help="say whether two patterns are the same solid form",
        description="Print the probability that two patterns are the same form, the classical "
        "measures beside it, and draw both with their difference. A.ras#2 is scan 2 of a file with "
        "several, counted from 0.",
    )
    parser.add_argument("first", metavar="A")
    parser.add_argument("second", metavar="B")
    parser.add_argument(
        "--method",
        metavar="NAME",
        help="the name of a pretrained similarity, screening or pearson, or a file that xrpdsim "
        "train wrote (default: organic-2)",
    )
    parser.add_argument(
        "--out", metavar="FILE", help="a picture (.svg or .html) of both and their difference"
    )
    parser.add_argument("--wavelength", help="for files that name none: in angstrom, or CuKa1")
    parser.set_defaults(command=command)


def command(options: argparse.Namespace) -> int:
    """Compare two files.

    Parameters
    ----------
    options : argparse.Namespace

    Returns
    -------
    int
        The exit status, 0.
    """
    from .._support._files import write_atomically
    from ..inspection import compare_patterns, draw_comparison
    from ..io import missing_wavelength, parse_wavelength
    from ..patterns import to_grid

    given = None if options.wavelength is None else parse_wavelength(options.wavelength)
    rows = []
    for name in (options.first, options.second):
        ((_, pattern),) = read_scans(name, scan=None, wavelength=given)
        if pattern.wavelength is None:
            raise ValueError(missing_wavelength([name]))
        rows.append(to_grid(pattern))
    X = np.array(rows)
    names = (Path(options.first).name, Path(options.second).name)
    table, shift = compare_patterns(X, similarity=options.method)
    print(table)
    if options.out is not None:
        ending = Path(options.out).suffix.lower()
        if ending not in (".svg", ".html"):
            raise ValueError(f"{options.out}: the ending {ending!r} is neither .svg nor .html")
        with write_atomically(options.out) as file:
            file.write(draw_comparison(X, names, shift, table=table if ending == ".html" else None))
        print(f"wrote {options.out}")
    return 0
