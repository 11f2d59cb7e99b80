"""The Open Experimental Powder X-ray Diffraction Database."""

from __future__ import annotations

import hashlib
import json
import math
import os
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import numpy as np
from numpy.lib.format import write_array_header_1_0
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import Bunch

from ..._support._files import read_json, write_together
from ..._support._sklearn import check_whole
from ..._support._version import __version__
from ...patterns import Pattern, grid_or_default, to_grid
from .._bunch import as_labels, describe, pattern_bunch, report_skipped
from ._archive import read_members, zip_members
from .download import RemoteFile, fetch_file, get_data_home

ARCHIVE = RemoteFile(
    name="opxrd.zip",
    urls=(
        "https://zenodo.org/records/14279434/files/opxrd.zip?download=1",
        "https://zenodo.org/api/records/14279434/files/opxrd.zip/content",
    ),
    sha256="b5b6c9622f4a82031dc2185fe383fefea85181104ac5ef80edc567f516984584",
    looks_right=lambda start: start.startswith(b"PK"),
)

# A doublet's lines lie within 0.3 % for Cu and 0.8 % for Ag; a beta line is 10 % away.
_DOUBLET = 0.01
_REASON_LENGTH = 60


def fetch_opxrd(
    *,
    data_home: str | os.PathLike[str] | None = None,
    subset: str | Sequence[str] | None = None,
    n_patterns: int | None = None,
    labelled: bool = False,
    two_theta: ArrayLike | None = None,
    mmap_mode: Literal["r", "c"] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
    progress: bool = True,
) -> Bunch | tuple[Any, Any]:
    """Fetch opXRD, measured patterns of many laboratories and materials (615 MB).

    Records that cannot be brought to the grid are left out, and listed with the reason: those
    without a wavelength, with angles that do not increase, without any intensity, or outside the
    grid. The archive is read as it is; nothing is unpacked.

    Parameters
    ----------
    data_home : path-like, optional
        Where fetched data is kept; see :func:`get_data_home`.
    subset : str or sequence of str, optional
        Only the records of these folders of the archive, which bear the names of the contributing
        institutions: ``"CNRS"``, ``"USC"``. By default all.
    n_patterns : int, optional
        Take no more than this many, the first by file name.
    labelled : bool, default=False
        Only records of one phase whose composition and space group are given.
    two_theta : array-like of shape (n_points,), optional
        The grid to bring the patterns to, by default the common one.
    mmap_mode : {None, "r", "c"}, default=None
        If given, the patterns are written to `data_home` once and then mapped from there, so that
        neither making nor using them needs more memory than what is looked at. They take 7.8 kB a
        pattern on the common grid. "c" allows changes, which are not written.
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
        - X : ndarray of shape (n_patterns, n_points), float32, NaN where not measured
        - y : ndarray of shape (n_patterns, 2) of object, compound (the composition) and form (the
          number of the space group) where the record is of one phase; None where not given. Two
          structures can share both: equal labels are likely, but not certain, to be one form
        - compound, form : ndarray of shape (n_patterns,) of object
        - two_theta : ndarray of shape (n_points,)
        - wavelengths : ndarray of shape (n_patterns,), in angstrom; of K-alpha1 where a record
          states both lines of a doublet, in whatever order
        - phases : list of list of dict, what the record says of each phase
        - files, institutions : ndarray of shape (n_patterns,), the place in the archive
        - skipped : Table of the records left out, and why
        - frame : DataFrame with `as_frame`, else None
        - filename : str
        - DESCR : str, with licence and citation
    (X, y) : tuple if `return_X_y`

    Raises
    ------
    DownloadError
        If the file cannot be fetched or is not the published one.
    FileNotFoundError
        If it is not there and must not be downloaded.
    ValueError
        If a parameter is wrong or no record can be used.

    Warns
    -----
    UserWarning
        If records were left out.

    Examples
    --------
    >>> from xrpdsim.datasets import fetch_opxrd
    >>> opxrd = fetch_opxrd(subset="CNRS", labelled=True)  # doctest: +SKIP
    >>> opxrd.X.shape  # doctest: +SKIP
    """
    if mmap_mode not in (None, "r", "c"):
        raise ValueError(f'mmap_mode={mmap_mode!r} must be None, "r" or "c"')
    if n_patterns is not None:
        check_whole(n_patterns, "n_patterns")
    grid = grid_or_default(two_theta)
    path = fetch_file(
        ARCHIVE,
        get_data_home(data_home) / "opxrd",
        download_if_missing=download_if_missing,
        progress=progress,
    )
    selection = _Selection(path, subset, n_patterns, labelled, grid)
    X, kept, skipped = selection.load(mmap_mode)
    labels = [_label(record["phases"]) for record in kept]
    return pattern_bunch(
        X,
        as_labels([compound for compound, _ in labels], [form for _, form in labels]),
        grid,
        return_X_y=return_X_y,
        as_frame=as_frame,
        wavelengths=np.array([record["wavelength"] for record in kept]),
        phases=[record["phases"] for record in kept],
        files=np.array([record["file"] for record in kept]),
        institutions=np.array([_institution(record["file"]) for record in kept]),
        skipped=report_skipped(skipped, path.name),
        filename=str(path),
        DESCR=describe("opxrd"),
    )


class _Selection:
    """Some records of the archive on some grid."""

    def __init__(
        self,
        path: Path,
        subset: str | Sequence[str] | None,
        n_patterns: int | None,
        labelled: bool,
        grid: NDArray[np.float64],
    ) -> None:
        members = zip_members(path, ".json")
        if subset is not None:
            wanted = {subset} if isinstance(subset, str) else set(subset)
            there = {_institution(member.filename) for member in members}
            if not wanted <= there:
                raise ValueError(
                    f"subset={sorted(wanted - there)} is not in {path}; it has {sorted(there)}"
                )
            members = [m for m in members if _institution(m.filename) in wanted]
        self.path, self.members, self.grid = path, members, grid
        self.n_patterns = len(members) if n_patterns is None else n_patterns
        self.labelled = labelled
        stamp = path.stat()
        what = [subset if subset is None else sorted(wanted), n_patterns, labelled]
        key = json.dumps([__version__, what, stamp.st_size, stamp.st_mtime_ns, grid.tolist()])
        self.stem = f"patterns_{hashlib.sha256(key.encode()).hexdigest()[:16]}"

    def load(
        self, mmap_mode: Literal["r", "c"] | None
    ) -> tuple[NDArray[np.float32], list[dict[str, Any]], list[dict[str, str]]]:
        if mmap_mode is None:
            rows: list[NDArray[np.float32]] = []
            kept, skipped = self._read(rows.append)
            return np.stack(rows), kept, skipped
        matrix = self.path.with_name(f"{self.stem}.npy")
        records = self.path.with_name(f"{self.stem}.json")
        if matrix.exists() and records.exists():
            try:
                return self._map(matrix, records, mmap_mode)
            except ValueError as error:
                warnings.warn(f"{error}: it is made again", UserWarning, stacklevel=4)
        self._write(matrix, records)
        return self._map(matrix, records, mmap_mode)

    def _map(
        self, matrix: Path, records: Path, mmap_mode: Literal["r", "c"]
    ) -> tuple[NDArray[np.float32], list[dict[str, Any]], list[dict[str, str]]]:
        content = read_json(records)
        if not _are_records(content):
            raise ValueError(f"{records} does not list the records of {matrix.name}")
        try:
            X = np.load(matrix, mmap_mode=mmap_mode, allow_pickle=False)
        except (ValueError, EOFError) as error:
            raise ValueError(f"{matrix} is not complete ({error})") from error
        kept = content["kept"]
        if X.dtype != np.float32 or X.ndim != 2 or X.shape[1] != self.grid.size:
            raise ValueError(f"{matrix} holds no patterns on this grid")
        if len(X) < len(kept):
            raise ValueError(f"{matrix} holds {len(X)} patterns, {records.name} lists {len(kept)}")
        return X[: len(kept)], kept, content["skipped"]

    def _write(self, matrix: Path, records: Path) -> None:
        n_rows = min(self.n_patterns, len(self.members))
        with write_together() as open_file:
            file = open_file(matrix, "wb")
            header = {"descr": "<f4", "fortran_order": False, "shape": (n_rows, self.grid.size)}
            write_array_header_1_0(file, header)
            size = file.tell() + 4 * n_rows * self.grid.size
            kept, skipped = self._read(lambda values: file.write(values.astype("<f4").tobytes()))
            # rows of records left out stay unwritten at the end of the file
            file.truncate(size)
            json.dump({"kept": kept, "skipped": skipped}, open_file(records))

    def _read(
        self, put: Callable[[NDArray[np.float32]], Any]
    ) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
        kept: list[dict[str, Any]] = []
        skipped: list[dict[str, str]] = []
        for name, content in read_members(self.path, self.members):
            if len(kept) == self.n_patterns:
                break
            try:
                pattern, phases = parse_opxrd(name, content)
                if self.labelled and None in _label(phases):
                    continue
                values = to_grid(pattern, self.grid).astype(np.float32)
            except _Unusable as error:
                skipped.append({"file": name, "reason": error.reason, "detail": str(error)})
                continue
            except ValueError as error:
                skipped.append({"file": name, "reason": "outside the grid", "detail": str(error)})
                continue
            put(values)
            kept.append({"file": name, "wavelength": pattern.wavelength, "phases": phases})
        if not kept:
            first = f"; the first: {skipped[0]['detail']}" if skipped else ""
            raise ValueError(f"no record of the selection in {self.path} can be used{first}")
        return kept, skipped


def _are_records(content: Any) -> bool:
    """Tell whether content is what `_Selection` notes down beside its patterns."""
    wanted = {"kept": {"file", "wavelength", "phases"}, "skipped": {"file", "reason", "detail"}}
    return isinstance(content, dict) and all(
        isinstance(content.get(name), list)
        and all(isinstance(row, dict) and row.keys() == keys for row in content[name])
        for name, keys in wanted.items()
    )


class _Unusable(ValueError):
    def __init__(self, name: str, reason: str, detail: str = "") -> None:
        super().__init__(f"{name}: {reason}{': ' * bool(detail)}{detail}")
        self.reason = reason


def parse_opxrd(name: str, content: bytes) -> tuple[Pattern, list[dict[str, Any]]]:
    """Read one opXRD record, a JSON object whose `label` is JSON text once more.

    Returns
    -------
    pattern : Pattern
    phases : list of dict
        What the record says of the phases in it, in its own keys.

    Raises
    ------
    ValueError
        If it is no such record, or has no wavelength, increasing angles or intensity.
    """
    try:
        record = json.loads(content)
        angles = np.array(record["two_theta_values"], dtype=np.float64)
        intensity = np.array(record["intensities"], dtype=np.float64)
        label = _nested(record.get("label")) or {}
        radiation = _nested(label.get("xray_info")) or {}
        phases = [_nested(phase) for phase in _nested(label.get("phases")) or []]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _Unusable(name, "not an opXRD record", str(error)[:_REASON_LENGTH]) from error
    wavelength = _wavelength(radiation)
    if wavelength is None:
        raise _Unusable(name, "no wavelength stated")
    if not np.any(intensity):
        raise _Unusable(name, "no intensity")
    if angles.ndim == 1 and np.any(np.diff(angles) <= 0):
        raise _Unusable(name, "angles do not increase")
    try:
        pattern = Pattern(angles, intensity, wavelength=wavelength, source=name)
    except ValueError as error:
        raise _Unusable(name, "not a pattern", str(error)) from error
    return pattern, [phase for phase in phases if isinstance(phase, dict)]


def _nested(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _number(value: Any) -> float | None:
    """Read a positive number, which opXRD writes as number, text, null or "nan"."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and number > 0 else None


def _wavelength(radiation: dict[str, Any]) -> float | None:
    primary = _number(radiation.get("primary_wavelength"))
    secondary = _number(radiation.get("secondary_wavelength"))
    if primary is not None and secondary is not None and abs(primary / secondary - 1) < _DOUBLET:
        # Some contributors wrote the doublet in reverse; K-alpha1 is the shorter of the two.
        return min(primary, secondary)
    return primary


def _label(phases: list[dict[str, Any]]) -> tuple[str | None, str | None]:
    """Composition and space group of a record of one phase."""
    if len(phases) != 1:
        return None, None
    composition = phases[0].get("chemical_composition")
    group = _number(phases[0].get("spacegroup"))
    return composition or None, None if group is None else str(int(group))


def _institution(name: str) -> str:
    """First folder below what the archive may wrap all others in."""
    folders = [part for part in PurePosixPath(name).parts[:-1] if part.lower() != "opxrd"]
    return folders[0] if folders else ""
