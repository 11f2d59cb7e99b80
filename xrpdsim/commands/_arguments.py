"""What several commands ask for."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from ..patterns import Pattern

PRESET_HELP = (
    "how it is measured: transmission (as in the paper), bragg-brentano, synchrotron, "
    "well-plate or film (default: %(default)s)"
)


class OneSentenceParser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, not in a list of all options."""

    def error(self, message: str) -> NoReturn:
        """Print the message and where help is; exit with status 2."""
        self.exit(2, f"xrpdsim: {message}; see {self.prog} --help\n")


def positive_int(text: str) -> int:
    """Return a whole number from 1 on; for ``type=``."""
    return _whole_number(text, 1)


def positive_int_or_all(text: str) -> int | None:
    """Return a whole number from 1 on, or None for "all"; for ``type=``."""
    return None if text == "all" else _whole_number(text, 1, or_else=", or all")


def seed(text: str) -> int:
    """Return what random generators take for a seed; for ``type=``."""
    return _whole_number(text, 0, 2**32 - 1)


def _whole_number(text: str, lowest: int, highest: int | None = None, or_else: str = "") -> int:
    number = int(text) if re.fullmatch("[+-]?[0-9]+", text) else None
    if number is None or number < lowest or (highest is not None and number > highest):
        end = "on" if highest is None else f"to {highest}"
        raise argparse.ArgumentTypeError(
            f"must be a whole number from {lowest} {end}{or_else}, got {text!r}"
        )
    return number


def share_of(whole: int) -> Callable[[str], float]:
    """Return what reads a number from 0 to `whole`; for ``type=``."""

    def share(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(
                f"must be a number from 0 to {whole}, got {text!r}"
            ) from None
        if not 0 <= value <= whole:
            raise argparse.ArgumentTypeError(f"must be between 0 and {whole}, got {text}")
        return value

    return share


def scan_number(text: str) -> int | str:
    """Return the number of a scan, or "all"; for ``type=``."""
    if text == "all":
        return text
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(
            f"must be the number of a scan, from 0, or all, got {text!r}"
        )
    return int(text)


def check_place(out: Path, option: str = "--out") -> None:
    """Raise before the work is done if there is no folder to write `out` into.

    Parameters
    ----------
    out : Path
    option : str
        That it was given by.

    Raises
    ------
    FileNotFoundError
        If the folder is not there. It is not made: a misspelt one would hold the results.
    """
    folder = str(out.parent)
    if not out.parent.is_dir():
        raise FileNotFoundError(
            f"there is no folder {folder!r} to write {out.name} into; make it first (mkdir), or "
            f"give {option} in one that is there"
        )


def read_scans(
    path: str, *, scan: int | str | None, wavelength: float | None
) -> list[tuple[str, Pattern]]:
    """Return the patterns that are wanted of a file, each with a name for messages.

    Parameters
    ----------
    path : str
        "plate.ras#2", the name that messages give a scan, stands for scan 2 of that file.
    scan : int, "all" or None
        None for the one pattern that all scans make, if they make one.
    wavelength : float or None
        For files that name none.
    """
    from ..io import name_of_scan, printable, read_pattern, read_patterns

    if scan is None:
        path, scan = file_and_scan(path)
    name = printable(path)
    if scan == "all":
        patterns = read_patterns(path, default_wavelength=wavelength)
        if len(patterns) > 1:
            return [(name_of_scan(name, number), each) for number, each in enumerate(patterns)]
        return [(name, each) for each in patterns]
    number = None if scan is None else int(scan)
    pattern = read_pattern(path, default_wavelength=wavelength, scan=number)
    return [(name if number is None else name_of_scan(name, number), pattern)]


def file_and_scan(path: str) -> tuple[str, int | None]:
    """Return the file that is meant and, of "plate.ras#2", the number of the scan."""
    from ..io.reading import split_scan_name

    return (path, None) if Path(path).exists() else split_scan_name(path)


def is_one_of(target: Path, sources: Iterable[str]) -> bool:
    """Whether writing a file would replace one that is read, under whatever name."""
    files = (Path(file_and_scan(source)[0]) for source in sources)
    return target.exists() and any(file.exists() and file.samefile(target) for file in files)


def sentence(error: Exception) -> str:
    """Return an error in one line, without what only the operating system knows."""
    if isinstance(error, IsADirectoryError) and error.filename is not None:
        return f"{str(error.filename)!r} is a folder; give a file in it"
    if isinstance(error, FileNotFoundError) and error.filename is not None:
        return f"there is no file {str(error.filename)!r}"
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split("\n"))
