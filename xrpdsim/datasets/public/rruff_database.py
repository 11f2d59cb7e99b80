"""Powder patterns of the RRUFF project: measured minerals with their chemistry."""

from __future__ import annotations

import html
import os
import re
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import Bunch

from ..._support._sklearn import check_whole
from ...io import parse_wavelength
from ...patterns import Pattern, grid_or_default, to_grid
from .._bunch import as_labels, describe, pattern_bunch, report_skipped
from ._archive import read_members, zip_members
from .download import RemoteFile, fetch_file, get_data_home


def _archive(name: str) -> RemoteFile:
    # RRUFF publishes no checksums, and replaces the archives as it grows.
    return RemoteFile(
        name=name,
        urls=(
            f"https://rruff.info/zipped_data_files/powder/{name}",
            f"https://www.rruff.net/zipped_data_files/powder/{name}",
        ),
        looks_right=lambda start: start.startswith(b"PK"),
    )


ARCHIVES = {"processed": _archive("XY_Processed.zip"), "raw": _archive("XY_RAW.zip")}


def fetch_rruff(
    *,
    data_home: str | os.PathLike[str] | None = None,
    subset: str = "processed",
    wavelength: float | str | None = None,
    n_patterns: int | None = None,
    two_theta: ArrayLike | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
    progress: bool = True,
) -> Bunch | tuple[Any, Any]:
    """Fetch the powder patterns of the RRUFF project.

    Parameters
    ----------
    data_home : path-like, optional
        Where fetched data is kept; see :func:`get_data_home`.
    subset : {"processed", "raw"}, default="processed"
        The archive ``XY_Processed.zip`` or ``XY_RAW.zip``.
    wavelength : float or str, optional
        In angstrom, or the name of an anode line such as "CuKa", for the files that state none. It
        is never guessed: without it those files are left out. RRUFF measures most of its patterns
        with Cu K-alpha.
    n_patterns : int, optional
        Take no more than this many, the first by file name.
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
        - y : ndarray of shape (n_patterns, 2) of object, compound (the ideal chemistry as RRUFF
          writes it, or the mineral's name where there is none) and form (the mineral's name)
        - compound, form : ndarray of shape (n_patterns,) of object
        - two_theta : ndarray of shape (n_points,)
        - wavelengths : ndarray of shape (n_patterns,), in angstrom
        - rruff_ids : ndarray of shape (n_patterns,)
        - files : ndarray of shape (n_patterns,), the names in the archive
        - skipped : Table of the files left out, and why
        - frame : DataFrame with `as_frame`, else None
        - filename : str
        - DESCR : str, with terms and citation
    (X, y) : tuple if `return_X_y`

    Raises
    ------
    DownloadError
        If the file cannot be fetched or is not what it was.
    FileNotFoundError
        If it is not there and must not be downloaded.
    ValueError
        If a parameter makes no sense, or no file of the archive can be used.

    Warns
    -----
    UserWarning
        If files were left out.

    Examples
    --------
    >>> from xrpdsim.datasets import fetch_rruff
    >>> minerals = fetch_rruff(wavelength=1.541838)  # doctest: +SKIP
    >>> minerals.y[0]  # doctest: +SKIP
    """
    if subset not in ARCHIVES:
        raise ValueError(f'subset={subset!r} must be "processed" or "raw"')
    if n_patterns is not None:
        check_whole(n_patterns, "n_patterns")
    for_all = None if wavelength is None else parse_wavelength(wavelength)
    grid = grid_or_default(two_theta)
    path = fetch_file(
        ARCHIVES[subset],
        get_data_home(data_home) / "rruff",
        download_if_missing=download_if_missing,
        progress=progress,
    )
    rows: list[NDArray[np.float64]] = []
    patterns: list[tuple[str, dict[str, str], Pattern]] = []
    skipped: list[dict[str, str]] = []
    for name, content in read_members(path, zip_members(path, ".txt")):
        if n_patterns is not None and len(rows) >= n_patterns:
            break
        try:
            header, pattern = parse_rruff(name, content)
            if pattern.wavelength is None:
                if for_all is None:
                    detail = f"{name} states no wavelength; give it: fetch_rruff(wavelength=...)"
                    reason = "no wavelength stated"
                    skipped.append({"file": name, "reason": reason, "detail": detail})
                    continue
                pattern = pattern.with_wavelength(for_all)
            rows.append(to_grid(pattern, grid))
            patterns.append((name, header, pattern))
        except ValueError as error:
            skipped.append({"file": name, "reason": "not usable", "detail": str(error)})
    if not rows:
        raise ValueError(
            f"none of the {len(skipped)} files in {path} can be used; the first: "
            + (skipped[0]["detail"] if skipped else "there is none")
        )
    minerals = [header.get("NAMES", "") for _, header, _ in patterns]
    chemistry = [html.unescape(header.get("IDEAL CHEMISTRY", "")) for _, header, _ in patterns]
    return pattern_bunch(
        np.stack(rows),
        as_labels([c or m for c, m in zip(chemistry, minerals, strict=True)], minerals),
        grid,
        return_X_y=return_X_y,
        as_frame=as_frame,
        rruff_ids=np.array([header.get("RRUFFID", "") for _, header, _ in patterns]),
        wavelengths=np.array([pattern.wavelength for _, _, pattern in patterns]),
        files=np.array([name for name, _, _ in patterns]),
        skipped=report_skipped(skipped, path.name),
        filename=str(path),
        DESCR=describe("rruff"),
    )


def parse_rruff(name: str, content: bytes) -> tuple[dict[str, str], Pattern]:
    """Read one RRUFF file: ``##KEY=value`` lines, then ``angle, intensity`` lines up to ``##END``.

    The mineral's name and RRUFF's number are taken from the file's name where the header has none:
    ``Quartz__R040031-1__Powder__Xray_Data_XY_Processed__3027.txt``.
    """
    header: dict[str, str] = {}
    points = []
    for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), 1):
        line = line.strip()
        if line.startswith("##"):
            key, _, value = line[2:].partition("=")
            if key.strip().upper() == "END":
                break
            header[key.strip().upper()] = value.strip()
        elif line:
            cells = line.split(",")
            try:
                points.append((float(cells[0]), float(cells[1])))
            except (ValueError, IndexError):
                raise ValueError(
                    f"{name}: line {number} is not `angle, intensity`: {line[:40]!r}"
                ) from None
    mineral, _, rest = PurePosixPath(name).stem.partition("__")
    header.setdefault("NAMES", mineral.replace("_", " "))
    found = re.match(r"[A-Z]\d{5,7}", rest)
    header.setdefault("RRUFFID", found.group() if found else "")
    if not points:
        raise ValueError(f"{name} has no points")
    angles, intensity = np.array(points).T
    return header, Pattern(angles, intensity, wavelength=_stated_wavelength(header), source=name)


def _stated_wavelength(header: dict[str, str]) -> float | None:
    found = re.search(r"\d+\.\d+", header.get("X-RAY WAVELENGTH", ""))
    return float(found.group()) if found else None
