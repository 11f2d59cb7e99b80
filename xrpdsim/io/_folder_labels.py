"""What a folder says of its files: its table `labels.csv`, and names of files and folders."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from .._support._csv import read_csv
from .errors import printable
from .reading import split_scan_name

LABELS = "labels.csv"
_COLUMNS = ("form", "wavelength", "well")
# A1 to P24, as in "plate2_A01.xy", but not the end of "sampleA1" or the start of "B12x".
_WELL = re.compile(r"(?<![A-Za-z0-9])([A-Pa-p])0?([1-9]|1[0-9]|2[0-4])(?![A-Za-z0-9])")


@dataclass(frozen=True)
class FolderLabels:
    """What the table of a folder says of the files in it; nothing where there is no table.

    Parameters
    ----------
    rows : dict of str to dict
        By the name of the file as the folder has it; of one that is not there, as the table has it.
    places : dict of str to str
        The place of each in the table, to begin an error message with.
    digest : (str, str) or None
        Name and SHA-256 of the table.
    """

    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    digest: tuple[str, str] | None = None

    def stated(self, column: str) -> dict[str, str]:
        """Return what a column says, by file, where it says something."""
        return {name: row[column] for name, row in self.rows.items() if row.get(column)}

    def not_there(self, seen: Collection[str], by_default: Collection[str]) -> list[str]:
        """Return the files that are listed but not there.

        Parameters
        ----------
        seen : collection of str
            The files of the folder, and the scans in them.
        by_default : collection of str
            The files whose wavelength is only the one that was given for all.

        Returns
        -------
        list of str

        Raises
        ------
        ValueError
            If the table states the wavelength of one of them: it may be meant for another file.
        """
        absent = sorted(name for name in self.rows if name not in seen)
        stated = self.stated("wavelength")
        for name in absent:
            file, _ = split_scan_name(name)
            # scans that were joined have what is stated of them, under the name of their file
            if name in stated and by_default and (file not in seen or file in by_default):
                (near,) = get_close_matches(name, by_default, n=1, cutoff=0.0)
                raise ValueError(
                    f"{self.places[name]} states a wavelength for {name!r}, which is not there, "
                    f"while {near!r} has none but the one that was given for all; write the name "
                    "as the file is called, or take the row out"
                )
        return absent


def read_labels(path: Path, files: Collection[str], *, all_files: bool = False) -> FolderLabels:
    r"""Return what a table says of the files of its folder.

    Parameters
    ----------
    path : Path
        Of the table; it need not be there.
    files : collection of str
        The names of the files that are read. The table may write them with backslashes, or with
        "./" in front.
    all_files : bool, default=False
        Whether the folder holds no others.

    Returns
    -------
    FolderLabels

    Raises
    ------
    ValueError
        If it is no such table, nearly has a column that is used or nearly names a file, lists a
        file twice, or lists none of all.
    """
    if not path.is_file():
        return FolderLabels()
    table = read_csv(path, ["file"], unique="file", known=_COLUMNS)
    there = {*files}
    names = _as_in_folder(table.column("file"), there)
    absent = [k for k, name in enumerate(names) if there.isdisjoint(_files_meant(name))]
    if all_files and names and len(absent) == len(names):
        raise ValueError(
            f"{path} lists no file of its folder, but {names[0]!r}; write names with their "
            "endings, and the folders in front of them"
        )
    without_row = sorted(there.difference(*map(_files_meant, names)))
    nearly = {short.casefold(): name for name in without_row for short in _shorter(name)}
    for place in absent:
        for file in _files_meant(names[place]):
            near = nearly.get(plain_name(file).casefold())
            if near is not None:
                raise ValueError(
                    f"{table.where(place)}: there is no file {names[place]!r}; if {near!r} is "
                    "meant, write its name as the folder has it"
                )
    labels = FolderLabels(digest=(LABELS, hashlib.sha256(path.read_bytes()).hexdigest()))
    for place, name in enumerate(names):
        if name in labels.rows:
            raise ValueError(
                f"{table.where(place)}: {table.column('file')[place]!r} is {name!r}, which "
                f"{labels.places[name]} lists already; leave one of them out"
            )
        labels.rows[name], labels.places[name] = table.rows[place], table.where(place)
    return labels


def why_not_used(name: str, path: Path) -> str:
    """Return what to say of the table of a folder within a folder.

    Parameters
    ----------
    name : str
        Of the table, within the outer folder.
    path : Path
        Of the table that is used.

    Returns
    -------
    str
    """
    return (
        f"only the {LABELS} of the folder itself is used; write these rows into {printable(path)}, "
        f"with {name.removesuffix(LABELS)} in front of the names"
    )


def composed(name: str) -> str:
    """Return a name with each letter and its accent as one character; macOS stores them as two."""
    return unicodedata.normalize("NFC", name)


def plain_name(written: str) -> str:
    r"""Return the path of a file, as a person wrote it, as `composed` has the names of files.

    Examples
    --------
    >>> plain_name("plate1\\A01.xy"), plain_name("./plate1/A01.xy")
    ('plate1/A01.xy', 'plate1/A01.xy')
    """
    return composed(written.replace("\\", "/")).removeprefix("./")


def _as_in_folder(written: Iterable[str], files: Collection[str]) -> list[str]:
    """Return names as the folder has them, where they mean one of its files."""
    alike = defaultdict(list)
    for name in files:
        alike[composed(name)].append(name)

    def found(name: str) -> str:
        for file in _files_meant(name):
            same = [file] if file in files else alike.get(plain_name(file), [])
            if len(same) == 1:
                return same[0] + name.removeprefix(file)
        return name

    return list(map(found, written))


def _files_meant(name: str) -> tuple[str, str]:
    """Return what the file may be called that a name means: so, or without the number of a scan."""
    return name, split_scan_name(name)[0]


def _shorter(name: str) -> tuple[str, str]:
    """Return a name with and without its ending."""
    path = PurePosixPath(composed(name))
    return path.as_posix(), PurePosixPath(unpacked_name(str(path))).with_suffix("").as_posix()


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
