"""What a folder says of its files: its table `labels.csv`, and names of files and folders."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from pathlib import Path

from .._support._csv import read_csv

LABELS = "labels.csv"
_COLUMNS = ("form", "wavelength", "well")
# A1 to P24, as in "plate2_A01.xy", but not the end of "sampleA1" or the start of "B12x".
_WELL = re.compile(r"(?<![A-Za-z0-9])([A-Pa-p])0?([1-9]|1[0-9]|2[0-4])(?![A-Za-z0-9])")


def read_labels(path: Path) -> tuple[dict[str, dict[str, str]], tuple[str, str] | None]:
    """Return what a table says of each file, and its name and SHA-256; nothing if it is not there.

    Parameters
    ----------
    path : Path

    Returns
    -------
    rows : dict of str to dict
        By the name of the file.
    digest : (str, str) or None

    Raises
    ------
    ValueError
        If it is no such table, or nearly has a column that is used.
    """
    if not path.is_file():
        return {}, None
    table = read_csv(path, ["file"], unique="file", known=_COLUMNS)
    digest = (LABELS, hashlib.sha256(path.read_bytes()).hexdigest())
    return {row["file"]: row for row in table.rows}, digest


def check_listed(path: Path, table: Collection[str], files: Collection[str] | None) -> None:
    """Refuse a table that lists none of the files of its folder: their names must be wrong.

    Parameters
    ----------
    path : Path
        Of the table.
    table : collection of str
        The names that it lists.
    files : collection of str or None
        Those in the folder; None where only some of them are read.

    Raises
    ------
    ValueError
    """
    if files is not None and table and not any(name.partition("#")[0] in files for name in table):
        raise ValueError(
            f"{path} lists no file of its folder, but {next(iter(table))!r}; write names with "
            "their endings, and the folders in front of them"
        )


def well_in_name(name: str) -> str:
    """Return the position on a plate that a name holds, such as "A1", or nothing."""
    found = _WELL.findall(Path(name).stem)
    return f"{found[-1][0].upper()}{int(found[-1][1])}" if found else ""


def form_in_name(name: str) -> str:
    """Return the form that the place of a file says: its folder, or else its own name."""
    path = Path(name)
    return path.parts[-2] if len(path.parts) > 1 else Path(unpacked_name(name)).stem


def unpacked_name(name: str) -> str:
    """Return the name of a file as it is called when it is not compressed.

    Examples
    --------
    >>> unpacked_name("form I.cif.gz"), unpacked_name("form I.cif")
    ('form I.cif', 'form I.cif')
    """
    ending = Path(name).suffix
    return name.removesuffix(ending) if ending.lower() in (".gz", ".bz2") else name
