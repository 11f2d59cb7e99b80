"""The reference patterns of RockJock: measured minerals, labelled by compound and form."""

from __future__ import annotations

import os
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import Bunch

from ..._support._csv import read_csv
from ...patterns import CU_KALPHA1, Pattern, grid_or_default, to_grid
from .._bunch import as_labels, describe, pattern_bunch
from ._archive import read_tar_member
from ._rdata import read_rda
from .download import RemoteFile, fetch_file, get_data_home

# powdR 1.3.0 as CRAN keeps it. CRAN publishes no SHA-256 of it.
ARCHIVE = RemoteFile(
    name="powdR_1.3.0.tar.gz",
    urls=(
        "https://cran.r-project.org/src/contrib/Archive/powdR/powdR_1.3.0.tar.gz",
        "https://cran.r-project.org/src/contrib/powdR_1.3.0.tar.gz",
    ),
    looks_right=lambda start: start.startswith(b"\x1f\x8b"),
)
MEMBER = "powdR/data/rockjock.rda"


def fetch_rockjock(
    *,
    data_home: str | os.PathLike[str] | None = None,
    subset: str = "labelled",
    two_theta: ArrayLike | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
    progress: bool = True,
) -> Bunch | tuple[Any, Any]:
    """Fetch the reference patterns of RockJock, as packaged in the R package powdR (2 MB).

    168 measured patterns of single minerals and amorphous phases, 5 to 65 degrees 2theta in steps
    of 0.02 at Cu K-alpha, one laboratory, scaled to 10 000 at their maximum. For 75 of them this
    package knows compound (the family of chemistry) and form: 16 compounds, 42 forms.

    Parameters
    ----------
    data_home : path-like, optional
        Where fetched data is kept; see :func:`get_data_home`.
    subset : {"labelled", "all"}, default="labelled"
        The 75 labelled patterns, in the order of the label table, or all of them in the order of
        the library, with None for labels that are not known.
    two_theta : array-like of shape (n_points,), optional
        The grid to bring the patterns to, by default the common one.
    download_if_missing : bool, default=True
        If False, raise an error where the file is not there rather than download it.
    return_X_y : bool, default=False
        Return ``(X, y)`` only.
    as_frame : bool, default=False
        Return pandas DataFrames; needs pandas.
    progress : bool, default=True
        Report the progress of a download on the standard error stream.

    Returns
    -------
    Bunch
        - X : ndarray of shape (n_patterns, n_points), NaN where not measured
        - y : ndarray of shape (n_patterns, 2) of object, compound and form
        - compound, form : ndarray of shape (n_patterns,) of object
        - two_theta : ndarray of shape (n_points,)
        - wavelengths : ndarray of shape (n_patterns,), in angstrom
        - specimens, phase_names : ndarray of shape (n_patterns,), as powdR names them
        - rir : ndarray of shape (n_patterns,), reference intensity ratio to corundum
        - frame : DataFrame with `as_frame`, else None
        - filename : str
        - DESCR : str, with licence and citation
    (X, y) : tuple if `return_X_y`

    Raises
    ------
    DownloadError
        If the file cannot be fetched or is not what it was.
    FileNotFoundError
        If it is not there and must not be downloaded.
    ValueError
        If the file does not hold the library.

    Examples
    --------
    >>> from xrpdsim.datasets import fetch_rockjock
    >>> X, y = fetch_rockjock(return_X_y=True)  # doctest: +SKIP
    >>> X.shape, y.shape  # doctest: +SKIP
    ((75, 1950), (75, 2))
    """
    if subset not in ("labelled", "all"):
        raise ValueError(f'subset={subset!r} must be "labelled" or "all"')
    grid = grid_or_default(two_theta)
    path = fetch_file(
        ARCHIVE,
        get_data_home(data_home) / "rockjock",
        download_if_missing=download_if_missing,
        progress=progress,
    )
    library = _read_library(path)
    labels = rockjock_labels()
    specimens = list(labels) if subset == "labelled" else list(library["xrd"])
    absent = [name for name in specimens if name not in library["xrd"]]
    if absent:
        raise ValueError(f"{path}: {MEMBER} has no pattern of {', '.join(absent)}")

    X = np.empty((len(specimens), grid.size))
    for row, name in enumerate(specimens):
        pattern = Pattern(
            library["tth"], library["xrd"][name], wavelength=CU_KALPHA1, source=f"{MEMBER}, {name}"
        )
        X[row] = to_grid(pattern, grid)
    known = [labels.get(name, (None, None)) for name in specimens]
    phase_rows = {name: row for row, name in enumerate(library["phases"]["phase_id"])}
    rows = [phase_rows[name] for name in specimens]
    return pattern_bunch(
        X,
        as_labels([compound for compound, _ in known], [form for _, form in known]),
        grid,
        return_X_y=return_X_y,
        as_frame=as_frame,
        specimens=np.array(specimens),
        phase_names=np.array([library["phases"]["phase_name"][row] for row in rows]),
        rir=np.asarray(library["phases"]["rir"], dtype=float)[rows],
        wavelengths=np.full(len(specimens), CU_KALPHA1),
        filename=str(path),
        DESCR=describe("rockjock"),
    )


def rockjock_labels() -> dict[str, tuple[str, str]]:
    """Return compound and form of the labelled specimens, in the order of the benchmark table."""
    with as_file(files("xrpdsim.datasets").joinpath("data/rockjock_labels.csv")) as path:
        labels = read_csv(path, ["specimen", "compound", "form"], unique="specimen")
    return {row["specimen"]: (row["compound"], row["form"]) for row in labels.rows}


def _read_library(path: Path) -> dict[str, Any]:
    objects = read_rda(read_tar_member(path, MEMBER), source=f"{path}: {MEMBER}")
    try:
        library = objects["rockjock"]
        two_theta, patterns, phases = library["tth"], library["xrd"], library["phases"]
        sizes = {len(column) for column in patterns.values()} | {len(two_theta)}
        complete = len(sizes) == 1 and set(patterns) <= set(phases["phase_id"])
        complete &= len(phases["phase_id"]) == len(phases["phase_name"]) == len(phases["rir"])
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{path}: {MEMBER} is not a powdR library: {error!r}") from error
    if not complete:
        raise ValueError(f"{path}: the patterns, angles and phases of {MEMBER} do not fit together")
    return {"tth": two_theta, "xrd": patterns, "phases": phases}
