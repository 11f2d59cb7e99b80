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
        "several, counted from 0. A CIF of a structure is drawn as a pattern, with its cell fitted "
        "to the other pattern within what temperature explains.",
    )
    parser.add_argument("first", metavar="A", help="a pattern file of any format")
    parser.add_argument("second", metavar="B", help="another one")
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
    from .._support._table import Table
    from ..inspection import compare_patterns, draw_comparison
    from ..io import parse_wavelength

    ending = Path(options.out).suffix.lower() if options.out is not None else ""
    if options.out is not None and ending not in (".svg", ".html"):
        raise ValueError(f"{options.out}: the ending {ending!r} is neither .svg nor .html")
    given = None if options.wavelength is None else parse_wavelength(options.wavelength)
    both = _Both([_read(name, given) for name in (options.first, options.second)])
    _check_overlap(both.X, options.first, options.second)
    X, names = both.X, (Path(options.first).name, Path(options.second).name)
    table, shift = compare_patterns(X, similarity=options.method, log_odds=both.log_odds)
    cells = {f"cell of {side}": cell for side, cell in zip("AB", both.cells, strict=True) if cell}
    table = Table(
        {
            "measure": [*table["measure"], *cells],
            "value": [*table["value"], *cells.values()],
        }
    )
    print(table)
    if options.out is not None:
        with write_atomically(options.out) as file:
            file.write(draw_comparison(X, names, shift, table=table if ending == ".html" else None))
        print(f"wrote {options.out}")
    return 0


def _check_overlap(X: Any, first: str, second: str) -> None:
    """Say which files they are that have too little in common, as every measure needs it."""
    from ..patterns import default_two_theta
    from ..similarity import CorrelationSimilarity

    grid = default_two_theta()
    needed = CorrelationSimilarity().min_overlap
    in_common = np.isfinite(X).all(axis=0).sum() * (grid[1] - grid[0])
    if in_common < needed - 1e-6:
        ranges = [grid[np.isfinite(row)] for row in X]
        (a, b), (c, d) = ((each[0], each[-1]) for each in ranges)
        raise ValueError(
            f"{first} ({a:g} to {b:g} degrees at Cu K-alpha1) and {second} ({c:g} to {d:g}) have "
            f"{in_common:.2f} degrees 2theta in common, and {needed:g} are needed; compare "
            "patterns of one range"
        )


class _Both:
    """Two patterns on the grid; the cells of structures fitted to the other one."""

    def __init__(self, read: list[Any]) -> None:
        from ..patterns import default_two_theta, to_grid
        from ..sorting.cif_references import StructureReference, fit_structures

        grid = default_two_theta()
        self.cells, self.log_odds = ["", ""], 0.0
        rows: list[Any] = [None, None]
        structures = [isinstance(each, StructureReference) for each in read]
        for side, each in enumerate(read):
            if not structures[side]:
                rows[side] = to_grid(each)
        for side, each in enumerate(read):
            if structures[side] and all(structures):
                rows[side], self.cells[side] = each.expected(grid)
            elif structures[side]:
                other = read[1 - side]
                (fitted,) = fit_structures(
                    [each.measured_at(other.wavelength)], rows[1 - side][None], grid
                )
                rows[side], self.cells[side] = fitted.pattern, fitted.note
                self.log_odds = fitted.log_odds
        self.X = np.array(rows)


def _read(name: str, wavelength: float | None) -> Any:
    """Return a pattern, or the structure of a CIF that holds none."""
    from ..io import PatternFileError, missing_wavelength
    from ..io._folder_labels import unpacked_name
    from ..patterns import default_two_theta
    from ..sorting.cif_references import read_structure

    try:
        ((_, pattern),) = read_scans(name, scan=None, wavelength=wavelength)
    except PatternFileError:
        if Path(unpacked_name(name)).suffix.lower() != ".cif":
            raise
        return read_structure(name, default_two_theta())
    if pattern.wavelength is None:
        raise ValueError(missing_wavelength([name]))
    return pattern
