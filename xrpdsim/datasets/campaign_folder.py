"""A screening campaign in a folder: pattern files and their labels."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import Bunch

from .._support._csv import CsvTable, read_csv
from .._support._files import write_atomically
from .._support._progress import track
from .._support._table import Table
from ..io import missing_wavelength, parse_wavelength, read_pattern, write_pattern
from ..patterns import CU_KALPHA1, Pattern, grid_or_default, to_grid
from ._bunch import PatternBunch

_REQUIRED = ("file", "compound", "form")
_OPTIONAL = ("wavelength", "scan")
_FORMATS = ("xy", "csv", "cif")


def load_campaign(
    folder: str | os.PathLike[str],
    *,
    two_theta: ArrayLike | None = None,
    wavelength: float | str | None = None,
    override_wavelength: bool = False,
    return_X_y: bool = False,
    verbose: bool = False,
) -> Bunch | tuple[NDArray[np.float64], NDArray[np.object_]]:
    r"""Load a folder of pattern files and its `labels.csv`.

    Parameters
    ----------
    folder : path-like
        Holds `labels.csv` (UTF-8, comma-separated) with the columns `file`, `compound`, `form`
        and, where the files do not tell it, `wavelength`: in angstrom, or the name of an anode
        line such as "CuKa1". A column `scan` picks one of the scans of a file, from 0, where
        they overlap. Other columns are kept. `form` need only be unique within a
        compound. The files may be of any format that `read_pattern` knows, on any 2theta range.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta at Cu K-alpha1; by default `default_two_theta`.
    wavelength : float or str, optional
        For files that name no wavelength and have none in `labels.csv`.
    override_wavelength : bool, default=False
        Where a file names another wavelength than `labels.csv` or `wavelength`, the file is
        wrong. By default a contradiction with `labels.csv` is an error, and `wavelength` is not
        used for files that name one.
    return_X_y : bool, default=False
        Return only `(X, y)`.
    verbose : bool, default=False
        Whether to show progress on standard error.

    Returns
    -------
    Bunch
        - X : ndarray of shape (n_patterns, n_points), intensity as in the files (counts,
          where they hold counts) on the common grid, NaN where not measured
        - y : ndarray of shape (n_patterns, 2) of object, compound and form
        - compound, form : ndarray of shape (n_patterns,) of object
        - two_theta : ndarray of shape (n_points,)
        - files : list of str
        - wavelengths : ndarray of shape (n_patterns,), in angstrom, as measured
        - labels : dict of str to list, all columns of `labels.csv`
        - skipped : list of str, files of the folder that `labels.csv` does not list
        - DESCR : str
    (X, y) : tuple if `return_X_y`

    Raises
    ------
    FileNotFoundError
        If the folder or its `labels.csv` is missing, or a file that it lists.
    PatternFileError
        If a file cannot be read as a powder pattern.
    ValueError
        If `labels.csv` lacks a column or a value, or nearly has a column that is used, or the
        wavelength of a file is not known.

    See Also
    --------
    xrpdsim.datasets.save_campaign : writes such a folder.
    xrpdsim.sorting.read_screen : reads patterns without labels.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.xy").write_text("2theta counts\n5.00 120\n5.02 118\n5.04 131\n")
    >>> _ = (folder / "labels.csv").write_text(
    ...     "file,compound,form,wavelength\na.xy,paracetamol,I,CuKa1\n"
    ... )
    >>> campaign = load_campaign(folder)
    >>> campaign.X.shape, campaign.y.tolist()
    ((1, 1950), [['paracetamol', 'I']])
    """
    folder = Path(folder)
    labels = _read_labels(folder)
    grid = grid_or_default(two_theta)
    for_all = None if wavelength is None else parse_wavelength(wavelength)
    files = labels.column("file")
    X = np.empty((len(files), grid.size))
    wavelengths = np.empty(len(X))
    for row, name in enumerate(track(files, "reading", show=verbose)):
        stated = labels.rows[row].get("wavelength")
        try:
            given = parse_wavelength(stated) if stated else None
        except ValueError as error:
            raise ValueError(f"{labels.where(row)}: {error}") from error
        if given is None and override_wavelength:
            given = for_all
        pattern = read_pattern(
            folder / name,
            wavelength=given,
            scan=_scan_number(labels, row),
            default_wavelength=for_all,
            override_wavelength=override_wavelength,
        )
        if pattern.wavelength is None:
            raise ValueError(
                missing_wavelength(
                    [str(folder / name)],
                    anode=str(pattern.metadata.get("anode") or ""),
                    table=f"{labels.path} (row {labels.numbers[row]})",
                )
            )
        X[row] = to_grid(pattern, grid)
        wavelengths[row] = pattern.wavelength
    y = np.array([labels.column(name) for name in ("compound", "form")], dtype=object).T
    if return_X_y:
        return X, y
    return PatternBunch(
        X=X,
        y=y,
        compound=y[:, 0],
        form=y[:, 1],
        two_theta=grid,
        files=files,
        wavelengths=wavelengths,
        labels={name: labels.column(name) for name in labels.columns},
        skipped=_not_listed(folder, files),
        DESCR=_describe(folder, y, wavelengths),
    )


def save_campaign(
    campaign: Bunch,
    folder: str | os.PathLike[str],
    *,
    file_format: str = "xy",
    verbose: bool = False,
) -> list[str]:
    """Write a campaign as pattern files and `labels.csv`, as `load_campaign` reads them.

    Parameters
    ----------
    campaign : Bunch
        With `X`, `compound`, `form` and `two_theta`, as `make_screening_campaign` returns it. Where
        it has `parameters`, they become further columns of `labels.csv`.
    folder : path-like
        Made if it is not there; must be empty.
    file_format : {"xy", "csv", "cif"}, default="xy"
    verbose : bool, default=False
        Whether to show progress on standard error.

    Returns
    -------
    list of str
        The names of the pattern files, in the order of `campaign.X`.

    Raises
    ------
    FileExistsError
        If the folder is not empty.
    ValueError
        If a pattern has no label or fewer than two measured points, or the format is not known;
        nothing is written then.

    See Also
    --------
    xrpdsim.load_campaign : reads the folder.
    xrpdsim.datasets.make_screening_campaign : simulates a campaign.

    Notes
    -----
    Points that were not measured are left out of the files. `labels.csv` is written last, so that
    a folder that has one is complete.

    Examples
    --------
    >>> import tempfile
    >>> from xrpdsim.datasets import load_campaign, make_screening_campaign
    >>> folder = tempfile.mkdtemp()
    >>> save_campaign(make_screening_campaign(2, 2, 6, random_state=0), folder)[0]
    'compound_2_I_0000.xy'
    >>> load_campaign(folder).X.shape
    (6, 1950)
    """
    if file_format not in _FORMATS:
        raise ValueError(f"file_format={file_format!r} is not one of {', '.join(_FORMATS)}")
    X = np.asarray(campaign.X)
    if X.shape[1:] != campaign.two_theta.shape:
        raise ValueError(
            f"X has shape {X.shape}, but two_theta has shape {campaign.two_theta.shape}; give one "
            "angle a point"
        )
    _check_rows(X, campaign.compound, campaign.form)
    names = [
        f"{re.sub('[^A-Za-z0-9.-]+', '_', f'{compound}_{form}')}_{row:04d}.{file_format}"
        for row, (compound, form) in enumerate(zip(campaign.compound, campaign.form, strict=True))
    ]
    columns = {"file": names, "compound": campaign.compound, "form": campaign.form}
    columns["wavelength"] = [CU_KALPHA1] * len(names)
    table = Table(columns | campaign.get("parameters", {}))
    folder = make_empty_folder(folder)
    for name, counts in zip(names, track(X, "writing", show=verbose), strict=True):
        measured = ~np.isnan(counts)
        pattern = Pattern(campaign.two_theta[measured], counts[measured], wavelength=CU_KALPHA1)
        write_pattern(pattern, folder / name)
    with write_atomically(folder / "labels.csv") as file:
        file.write(table.to_csv())
    return names


def _check_rows(X: NDArray[Any], compound: Sequence[Any], form: Sequence[Any]) -> None:
    """Raise if a pattern could not be written, or not be read again."""
    if not len(X) == len(compound) == len(form):
        raise ValueError(
            f"the campaign has {len(X)} patterns, {len(compound)} compounds and {len(form)} forms; "
            "each pattern needs one of both"
        )
    for row, (counts, labels) in enumerate(zip(X, zip(compound, form, strict=True), strict=True)):
        for name, label in zip(("compound", "form"), labels, strict=True):
            if label is None or label == "":
                raise ValueError(
                    f"the pattern in row {row} has no {name}; label it, or save only patterns with "
                    "labels"
                )
        if np.isinf(counts).any():
            raise ValueError(f"the pattern in row {row} is infinite somewhere; leave it out")
        if (~np.isnan(counts)).sum() < 2:
            raise ValueError(
                f"the pattern in row {row} has fewer than two measured points; leave it out"
            )


def make_empty_folder(folder: str | os.PathLike[str]) -> Path:
    """Make a folder, or find it empty.

    Raises
    ------
    FileExistsError
        If something is in it.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; give a new folder")
    return folder


def _read_labels(folder: Path) -> CsvTable:
    """Return `labels.csv`, checked."""
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {str(folder)!r}")
    path = folder / "labels.csv"
    if not path.is_file():
        raise FileNotFoundError(
            f"{folder} holds no labels.csv; write one with the columns "
            f"{', '.join(_REQUIRED)} and wavelength, a row for every pattern file"
        )
    labels = read_csv(path, _REQUIRED, unique="file", known=_OPTIONAL)
    if not labels.rows:
        raise ValueError(f"{path} lists no files; write a row for every pattern file")
    for row, entry in enumerate(labels.rows):
        for name in _REQUIRED:
            if not entry[name]:
                raise ValueError(f"{labels.where(row)}: the column {name!r} is empty")
        if not (folder / entry["file"]).is_file():
            raise FileNotFoundError(
                f"{labels.where(row)}: there is no file {entry['file']!r} in {folder}"
            )
    return labels


def _scan_number(labels: CsvTable, row: int) -> int | None:
    text = labels.rows[row].get("scan", "")
    if text and not (text.isascii() and text.isdecimal()):
        raise ValueError(f"{labels.where(row)}: scan={text!r} is not a number from 0")
    return int(text) if text else None


def _not_listed(folder: Path, listed: list[str]) -> list[str]:
    known = {Path(name) for name in listed} | {Path("labels.csv")}
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.is_file() and Path(path.name) not in known and not path.name.startswith(".")
    )


def _describe(folder: Path, y: NDArray[np.object_], wavelengths: NDArray[np.float64]) -> str:
    n_forms = len({tuple(row) for row in y})
    return (
        f"Campaign {folder.resolve().name}: {len(y)} patterns of {len(set(y[:, 0]))} compounds in "
        f"{n_forms} forms, measured at "
        f"{', '.join(f'{value:g}' for value in np.unique(wavelengths))} angstrom."
    )
