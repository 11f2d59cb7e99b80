"""All patterns of a folder, and what else lies in it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from .._support._progress import track
from ..patterns import Pattern
from .errors import PatternFileError, printable
from .reading import name_of_scan, read_with_digest, split_scan_name
from .wavelengths import parse_wavelength


class FolderContents(NamedTuple):
    r"""What `read_folder` found.

    Parameters
    ----------
    patterns : dict of str to Pattern
        By file name, in alphabetical order.
    skipped : dict of str to str
        Why a file was not read, by its name.
    remarks : dict of str to list of str
        What is doubtful about a file that was read, by its name.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.xy").write_text("2theta counts\n5.00 120\n5.02 118\n5.04 131\n")
    >>> _ = (folder / "notes.md").write_text("none of it dissolved")
    >>> from xrpdsim.io import read_folder
    >>> found = read_folder(folder, wavelength="CuKa1")
    >>> list(found.patterns), list(found.skipped)
    (['a.xy'], ['notes.md'])
    """

    patterns: dict[str, Pattern]
    skipped: dict[str, str]
    remarks: dict[str, list[str]]


class FolderFile(NamedTuple):
    r"""One file of a folder, as `iterate_folder` yields it.

    Parameters
    ----------
    name : str
        Path within the folder, as `printable` writes it; of one scan of several with its number, as
        `name_of_scan` writes it.
    path : Path
    pattern : Pattern or None
        None if it was not read.
    reason : str
        Why it was not read.
    remarks : list of str
        What is doubtful about it.
    sha256 : str
        Of the bytes that the pattern was read from; empty if it was not read.
    scan : int or None
        The number of the scan, from 0, where the file holds several and all were asked for.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.xy").write_text("2theta counts\n5.00 120\n5.02 118\n5.04 131\n")
    >>> _ = (folder / "notes.md").write_text("none of it dissolved")
    >>> from xrpdsim.io import iterate_folder
    >>> [(file.name, file.pattern is None) for file in iterate_folder(folder, wavelength="CuKa1")]
    [('a.xy', False), ('notes.md', True)]
    """

    name: str
    path: Path
    pattern: Pattern | None
    reason: str
    remarks: list[str]
    sha256: str = ""
    scan: int | None = None


def read_folder(
    folder: str | os.PathLike[str],
    *,
    wavelength: float | str | None = None,
    override_wavelength: bool = False,
    subfolders: bool = False,
    all_scans: bool = False,
    verbose: bool = False,
) -> FolderContents:
    r"""Read every file of a folder that holds a pattern, and say of the others why not.

    Hidden files are passed over.

    Parameters
    ----------
    folder : path-like
    wavelength : float or str, optional
        For the files that name none: in angstrom, or an anode line such as "CuKa1".
    override_wavelength : bool, default=False
        Use `wavelength` for the files that name another, too.
    subfolders : bool, default=False
        Whether to read the folders in it, too; names are then paths within the folder.
    all_scans : bool, default=False
        Whether each scan of a file with several is a pattern of its own, named as by
        `name_of_scan`. By default scans are joined where they follow each other, and a file whose
        scans overlap is skipped.
    verbose : bool, default=False
        Whether to show progress on standard error.

    Returns
    -------
    FolderContents
        `patterns`, `skipped` and `remarks`.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    NotADirectoryError
        If it is a file.

    See Also
    --------
    xrpdsim.io.iterate_folder : file by file.
    xrpdsim.load_campaign : with a table of labels.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.xy").write_text("2theta counts\n5.00 120\n5.02 118\n5.04 131\n")
    >>> _ = (folder / "notes.txt").write_text("measured on Friday\n")
    >>> contents = read_folder(folder)
    >>> list(contents.patterns)
    ['a.xy']
    >>> contents.skipped
    {'notes.txt': 'columns of text: the text holds no rows of two numbers, and no format known
    here'}
    """
    contents = FolderContents({}, {}, {})
    for file in iterate_folder(
        folder,
        wavelength=wavelength,
        override_wavelength=override_wavelength,
        subfolders=subfolders,
        all_scans=all_scans,
        verbose=verbose,
    ):
        if file.pattern is None:
            contents.skipped[file.name] = file.reason
        else:
            contents.patterns[file.name] = file.pattern
        if file.remarks:
            contents.remarks[file.name] = file.remarks
    return contents


def iterate_folder(
    folder: str | os.PathLike[str],
    *,
    wavelength: float | str | None = None,
    override_wavelength: bool = False,
    wavelengths: Mapping[str, str] | None = None,
    subfolders: bool = False,
    all_scans: bool = False,
    only: Collection[str] | None = None,
    verbose: bool = False,
) -> Iterator[FolderFile]:
    r"""Read the files of a folder one by one, so that not all need to be held.

    Parameters
    ----------
    folder, wavelength, override_wavelength, subfolders, all_scans, verbose
        As in `read_folder`.
    wavelengths : mapping of str to str, optional
        What is known of single files, by name, and of single scans, as `name_of_scan` names them;
        a file that contradicts it is not read.
    only : collection of str, optional
        The names of the files to read; all by default.

    Yields
    ------
    FolderFile

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.xy").write_text("2theta counts\n5.00 120\n5.02 118\n5.04 131\n")
    >>> _ = (folder / "notes.md").write_text("none of it dissolved")
    >>> for file in iterate_folder(folder, wavelength="CuKa1"):
    ...     print(file.name, "not read" if file.pattern is None else len(file.pattern.two_theta))
    a.xy 3
    notes.md not read
    """
    files = files_of_folder(folder, subfolders=subfolders)
    if only is not None:
        files = [(name, path) for name, path in files if name in only]
    yield from iterate_files(
        files,
        wavelength=wavelength,
        override_wavelength=override_wavelength,
        wavelengths=wavelengths,
        all_scans=all_scans,
        verbose=verbose,
    )


def iterate_files(
    files: Sequence[tuple[str, Path]],
    *,
    wavelength: float | str | None = None,
    override_wavelength: bool = False,
    wavelengths: Mapping[str, str] | None = None,
    all_scans: bool = False,
    verbose: bool = False,
) -> Iterator[FolderFile]:
    """Read files one by one, wherever they lie.

    Parameters
    ----------
    files : sequence of (str, Path)
        Names and paths, as from `files_of_folder`.
    wavelength, override_wavelength, wavelengths, all_scans, verbose
        As in `iterate_folder`.

    Yields
    ------
    FolderFile
    """
    for_all = None if wavelength is None else parse_wavelength(wavelength)
    known = wavelengths or {}
    known_of_scans = _by_scan(known)
    for name, path in track(files, "reading", show=verbose):
        given = known.get(name) or (for_all if override_wavelength else None)
        patterns: list[Pattern] = []
        reason, digest = "", ""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                patterns, digest = read_with_digest(
                    path,
                    wavelength=given,
                    default_wavelength=for_all,
                    override_wavelength=override_wavelength,
                    all_scans=all_scans,
                    of_scans=known_of_scans.get(name),
                )
            except PatternFileError as error:
                reason = f"{error.format}: {error.reason}".removeprefix(": ")
            except OSError as error:
                reason = error.strerror or printable(str(error))
            except ValueError as error:
                reason = str(error)
        remarks = [str(each.message).removeprefix(f"{printable(path)}: ") for each in caught]
        if not patterns:
            yield FolderFile(name, path, None, reason, remarks, digest)
        for number, pattern in enumerate(patterns):
            several = len(patterns) > 1
            yield FolderFile(
                name_of_scan(name, number) if several else name,
                path,
                pattern,
                reason,
                remarks if number == 0 else [],
                digest,
                number if several else None,
            )


def _by_scan(wavelengths: Mapping[str, str]) -> dict[str, dict[int, str]]:
    """Return what is known of single scans, by file and number."""
    found: dict[str, dict[int, str]] = {}
    for name, wavelength in wavelengths.items():
        file, number = split_scan_name(name)
        if number is not None and wavelength:
            found.setdefault(file, {})[number] = wavelength
    return found


def files_of_folder(
    folder: str | os.PathLike[str], *, subfolders: bool = False
) -> list[tuple[str, Path]]:
    """Return the files of a folder that are not hidden, in alphabetical order.

    Parameters
    ----------
    folder : path-like
    subfolders : bool, default=False
        Whether those of the folders in it, too.

    Returns
    -------
    list of (str, Path)
        The path within the folder, as `printable` writes it, and the whole path.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is no such folder.
    """
    folder = check_folder(folder)
    found = folder.rglob("*") if subfolders else folder.iterdir()
    paths = sorted(path for path in found if path.is_file() and not _is_hidden(path, folder))
    return [(printable(path.relative_to(folder).as_posix()), path) for path in paths]


def files_named(folder: Path, names: Collection[str]) -> list[tuple[str, Path]]:
    """Return files of a folder by their names, hidden ones too, without looking at the others.

    Parameters
    ----------
    folder : Path
    names : collection of str
        As `files_of_folder` writes them; one that is not there is left out.

    Returns
    -------
    list of (str, Path)
        As from `files_of_folder`.
    """
    escaped = {name for name in names if "\\" in name}
    found = {name: folder / name for name in {*names} - escaped}
    files = [(name, path) for name, path in found.items() if path.is_file()]
    if escaped:  # perhaps a name that is not UTF-8
        files += [each for each in files_of_folder(folder, subfolders=True) if each[0] in escaped]
    return sorted(files, key=lambda each: each[1])


def check_folder(folder: str | os.PathLike[str]) -> Path:
    """Return the path of a folder, or raise FileNotFoundError or NotADirectoryError.

    Examples
    --------
    >>> check_folder("no_such_folder")
    Traceback (most recent call last):
    ...
    FileNotFoundError: there is no folder 'no_such_folder'
    """
    path = Path(folder)
    if not path.exists():
        hint = "; give the folder itself, without *" if "*" in str(path) else ""
        raise FileNotFoundError(f"there is no folder {str(path)!r}{hint}")
    if not path.is_dir():
        raise NotADirectoryError(f"{str(path)!r} is a file; give the folder that it lies in")
    return path


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)
