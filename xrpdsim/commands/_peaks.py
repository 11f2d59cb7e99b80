"""``xrpdsim peaks``: where the peaks of a pattern are, as a table and in one line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from ._arguments import (
    is_one_of,
    positive_int,
    read_scans,
    scan_number,
    sentence,
    share_of,
)


def add_parser(commands: Any) -> None:
    """Register the command.

    Parameters
    ----------
    commands : object
        What `argparse.ArgumentParser.add_subparsers` returns.
    """
    parser = commands.add_parser(
        "peaks",
        help="list the peaks of patterns: 2theta, d and relative intensity",
        description="Find the peaks of each pattern and print them as a table and in one line, as "
        "journals print them. Lines of K-alpha2 are left out.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="pattern files of any format")
    parser.add_argument("--wavelength", help="for files that name none: in angstrom, or CuKa1")
    parser.add_argument(
        "--min-intensity",
        type=share_of(100),
        default=1.0,
        metavar="PERCENT",
        help="of the highest peak; lower ones are left out (default: %(default)s)",
    )
    parser.add_argument(
        "--min-over-noise",
        type=_not_negative,
        default=5.0,
        metavar="N",
        help="standard deviations of the noise that a peak stands out (default: %(default)s)",
    )
    parser.add_argument(
        "--strongest", type=positive_int, metavar="N", help="only the N highest peaks"
    )
    parser.add_argument(
        "--scan",
        type=scan_number,
        metavar="N|all",
        help="which scan of a file with several, from 0, or all of them",
    )
    parser.add_argument("--one-line", action="store_true", help="print no tables")
    parser.add_argument(
        "--out", metavar="FILE", help="write all peaks as a table (.csv), or the lines (.txt)"
    )
    parser.set_defaults(command=command)


def command(options: argparse.Namespace) -> int:
    """List the peaks of files.

    Parameters
    ----------
    options : argparse.Namespace

    Returns
    -------
    int
        The exit status: 0, or 1 if some files could not be read.
    """
    from .._support._files import write_atomically
    from .._support._table import Table
    from ..io import parse_wavelength, printable
    from ..preprocessing.peaks import find_peaks

    ending = "" if options.out is None else Path(options.out).suffix.lower()
    if options.out is not None and ending not in (".csv", ".txt"):
        raise ValueError(f"{options.out}: the ending {ending!r} is neither .csv nor .txt")
    if options.out is not None and is_one_of(Path(options.out), options.files):
        raise ValueError(
            f"--out {options.out} is one of the files to read and would be replaced; give another "
            "name"
        )
    wavelength = None if options.wavelength is None else parse_wavelength(options.wavelength)
    found = []
    failed = 0
    for path in options.files:
        try:
            for name, pattern in read_scans(path, scan=options.scan, wavelength=wavelength):
                peaks = find_peaks(
                    pattern,
                    min_intensity=options.min_intensity,
                    min_over_noise=options.min_over_noise,
                )
                if options.strongest:
                    peaks = peaks.strongest(options.strongest)
                found.append((name, peaks))
                print(f"{name}: {len(peaks)} peak{'s' * (len(peaks) != 1)}")
                if peaks.n_kalpha2:
                    print(f"{peaks.n_kalpha2} lines of K-alpha2 are left out")
                if len(peaks) and not options.one_line:
                    print(peaks)
                print(f"{peaks.one_line()}\n")
        except (OSError, ValueError) as error:
            failed += 1
            print(f"xrpdsim: {printable(sentence(error))}", file=sys.stderr)
    if options.out is not None and found:
        rows = [{"file": name, **row} for name, peaks in found for row in peaks.table().rows()]
        text = "".join(f"{name}: {peaks.one_line()}\n" for name, peaks in found)
        if ending == ".csv":
            columns = ("file", "two_theta", "d", "intensity", "height")
            text = Table({name: [row[name] for row in rows] for name in columns}).to_csv()
        with write_atomically(options.out) as file:
            file.write(text)
        print(f"wrote {printable(options.out)}")
    return 1 if failed else 0


def _not_negative(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number, got {text!r}") from None
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"must be at least 0, got {text}")
    return value
