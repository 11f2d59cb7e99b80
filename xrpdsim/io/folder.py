"""All patterns of a folder, and what else lies in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from xrpdsim.io._errors import PatternFileError
from xrpdsim.io._registry import read_pattern
from xrpdsim.io.wavelengths import parse_wavelength
from xrpdsim.patterns import Pattern


class FolderContents(NamedTuple):
    """What `read_folder` found.

    Parameters
    ----------
    patterns : dict of str to Pattern
        By file name, in alphabetical order.
    skipped : dict of str to str
        Why a file was not read, by its name.
    """

    patterns: dict[str, Pattern]
    skipped: dict[str, str]


def read_folder(
    folder: str | os.PathLike[str],
    *,
    wavelength: float | str | None = None,
    override_wavelength: bool = False,
) -> FolderContents:
    r"""Read every file of a folder that holds a pattern, and say of the others why not.

    Subfolders and hidden files are passed over.

    Parameters
    ----------
    folder : path-like
    wavelength : float or str, optional
        For the files that name none: in angstrom, or an anode line such as "CuKa1".
    override_wavelength : bool, default=False
        Use `wavelength` for the files that name another, too.

    Returns
    -------
    FolderContents
        `patterns` and `skipped`.

    Raises
    ------
    NotADirectoryError
        If there is no such folder.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.xy").write_text("5.00 120\n5.02 118\n5.04 131\n")
    >>> _ = (folder / "notes.txt").write_text("measured on Friday\n")
    >>> contents = read_folder(folder)
    >>> list(contents.patterns)
    ['a.xy']
    >>> contents.skipped
    {'notes.txt': 'the text holds no rows of two numbers, and no format known here'}
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NotADirectoryError(f"there is no folder {str(folder)!r}")
    given = None if wavelength is None else parse_wavelength(wavelength)
    contents = FolderContents({}, {})
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.startswith("."):
            continue
        try:
            pattern = read_pattern(
                path,
                wavelength=given if override_wavelength else None,
                override_wavelength=override_wavelength,
            )
        except PatternFileError as error:
            contents.skipped[path.name] = error.reason
        except OSError as error:
            contents.skipped[path.name] = error.strerror or str(error)
        else:
            if pattern.wavelength is None and given is not None:
                pattern = pattern.with_wavelength(given)
            contents.patterns[path.name] = pattern
    return contents
