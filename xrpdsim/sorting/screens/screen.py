"""A folder of measurements, read."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...io import check_folder, missing_wavelength, name_of_scan, printable
from ...io._folder_labels import LABELS, form_in_name, read_labels, well_in_name, why_not_used
from ...io.folder import files_named, files_of_folder, iterate_files
from ...patterns import convert_two_theta, grid_or_default, to_grid
from ._earlier_results import WRITTEN_EARLIER, earlier_results

_EXCLUDED = "excluded by a correction"
_REFERENCE = "a reference, no sample"
LISTS_OF_PATTERNS = ("files", "hashes", "wells", "forms", "wavelengths_from", "scans", "steps")
"""Fields that hold an entry a pattern, beside `wavelengths`; all but `files` may be empty."""


class AddedFolder(NamedTuple):
    """A folder whose patterns were added to those of a screen.

    Parameters
    ----------
    name : str
        What the names of its files begin with, before a slash.
    folder : str
    all_files : bool
        Whether all its files were added.
    table : (str, str) or None
        Name and SHA-256 of its `labels.csv`.
    """

    name: str
    folder: str
    all_files: bool
    table: tuple[str, str] | None


@dataclass(frozen=True)
class Screen:
    r"""The patterns of a folder, on one grid.

    Parameters
    ----------
    X : ndarray of shape (n_patterns, n_points)
        Intensities as in the files, NaN where not measured.
    two_theta : ndarray of shape (n_points,)
        Degrees 2theta at Cu K-alpha1.
    files : list of str
        Paths within the folder; bytes of a name that are not UTF-8 are written as in "caf\xe9.xy".
    folder : str
    hashes : list of str
        SHA-256 of each file.
    wavelengths : ndarray of shape (n_patterns,)
        In angstrom, as measured.
    wells : list of str
        Position on a plate, empty where it is not known.
    forms : list of str
        The column `form` of `labels.csv`; where that is missing, the name of the folder that a
        file is in, or of the file. Known forms, if this is a folder of references.
    skipped : list of (str, str)
        Files that were not read, and why.
    remarks : list of (str, str)
        Files that were read, and what is doubtful about them.
    wavelengths_from : list of str
        Who tells the wavelength of each file: "file", "labels.csv", "given", or "axis" for an axis
        in q or d; "structure" for a CIF that is a reference, which has none.
    table : (str, str) or None
        Name and SHA-256 of the `labels.csv` that was used.
    scans : list of int or None
        Which scan of its file each pattern is, from 0; None where the file is one pattern. The name
        of such a pattern is that of the file, "#" and the number.
    added : list of AddedFolder
        Folders whose patterns were added.
    steps : list of float
        The step of each scan in degrees 2theta, the middle one at Cu K-alpha1.

    Raises
    ------
    ValueError
        If something is given for another number of patterns than there are, or two have one name.

    Examples
    --------
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> campaign = make_screening_campaign(1, 2, 4, random_state=0)
    >>> screen = Screen(campaign.X, campaign.two_theta, [f"{k}.xy" for k in range(4)])
    >>> screen.files[0], screen.X.shape
    ('0.xy', (4, 1950))
    """

    X: NDArray[np.float64]
    two_theta: NDArray[np.float64]
    files: list[str]
    folder: str = ""
    hashes: list[str] = field(default_factory=list)
    wavelengths: NDArray[np.float64] | None = None
    wells: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    wavelengths_from: list[str] = field(default_factory=list)
    table: tuple[str, str] | None = None
    scans: list[int | None] = field(default_factory=list)
    added: list[AddedFolder] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in (*LISTS_OF_PATTERNS, "wavelengths"):
            given = getattr(self, name)
            if given is not None and len(given) not in {len(self.X)} | (
                set() if name == "files" else {0}
            ):
                raise ValueError(f"there are {len(self.X)} patterns, but {len(given)} {name}")
        twice = [name for name, n in Counter(self.files).items() if n > 1]
        if twice:
            raise ValueError(
                f"two patterns are called {twice[0]!r}; give each a name of its own in files"
            )

    def duplicates(self) -> list[list[int]]:
        """Return the rows of files that are byte for byte the same, by file.

        Scans of one file are no copies of each other.
        """
        scans = self.scans or [None] * len(self.hashes)
        rows = defaultdict(list)
        for row, copied in enumerate(zip(self.hashes, scans, strict=True)):
            rows[copied].append(row)
        return [same for same in rows.values() if len(same) > 1]

    def without(self, reasons: Mapping[int, str]) -> Screen:
        """Return the screen without patterns that a person excludes; they are listed as skipped.

        Parameters
        ----------
        reasons : mapping of int to str
            By row; may be empty.

        Returns
        -------
        Screen
        """
        if not reasons:
            return self
        kept = [row for row in range(len(self.X)) if row not in reasons]
        left_out = [
            (self.files[row], f"{_EXCLUDED}: {reasons[row]}" if reasons[row] else _EXCLUDED)
            for row in sorted(reasons)
        ]
        lists: dict[str, Any] = {
            name: [getattr(self, name)[row] for row in kept] if getattr(self, name) else []
            for name in LISTS_OF_PATTERNS
        }
        return replace(
            self,
            X=self.X[kept],
            wavelengths=None if self.wavelengths is None else self.wavelengths[kept],
            skipped=[*self.skipped, *left_out],
            **lists,
        )

    def excluded(self) -> list[tuple[str, str]]:
        """Return the files that a person excluded, and why."""
        return [
            (name, why.removeprefix(_EXCLUDED).removeprefix(": "))
            for name, why in self.skipped
            if why.startswith(_EXCLUDED)
        ]

    def file_of(self, row: int) -> str:
        """Return the file that a pattern was read from, without the number of its scan."""
        scan = self.scans[row] if self.scans else None
        name = self.files[row]
        return name if scan is None else name.removesuffix(name_of_scan("", scan))


def read_screen(
    folder: str | os.PathLike[str],
    *,
    wavelength: float | str | None = None,
    two_theta: ArrayLike | None = None,
    all_scans: bool = False,
    only: Collection[str] | None = None,
    without: Collection[str | os.PathLike[str]] = (),
    verbose: bool = False,
) -> Screen:
    r"""Read every pattern file of a folder, and of the folders in it.

    Parameters
    ----------
    folder : path-like
        May hold other files: what is no pattern is skipped, and listed with the reason. A
        `labels.csv` in it is used where it is there, but none in the folders in it: of its columns,
        `file` is needed, `wavelength`, `well` and `form` are used.
    wavelength : float or str, optional
        In angstrom, or an anode line such as "CuKa1", for files that name none.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta at Cu K-alpha1; by default 3, 3.02, ... up to 42.
    all_scans : bool, default=False
        Whether each scan of a file with several is a pattern of its own. `labels.csv` may name
        them ("plate.ras#0") or the whole file.
    only : collection of str, optional
        The names of the files to read, hidden ones too; by default all that are not hidden.
    without : collection of path-like
        Files, and folders with all in them, that are no part of the screen: its references, if they
        lie in the folder. They are listed as skipped.
    verbose : bool, default=False
        Whether to show progress on standard error.

    Returns
    -------
    Screen

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is no such folder.
    ValueError
        If no file in it is a pattern, the wavelength of some is not known, or `labels.csv` states
        it under a name that no file has while `wavelength` is used for another.

    See Also
    --------
    xrpdsim.sorting.sort_screen : sorts what was read.
    xrpdsim.load_campaign : reads labelled patterns.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> text = "2theta counts\n5.00 120\n5.02 118\n5.04 131\n"
    >>> for well in ("A1", "A2"):
    ...     _ = (folder / f"screen_{well}.xy").write_text(text)
    >>> _ = (folder / "notes.md").write_text("none of it dissolved")
    >>> screen = read_screen(folder, wavelength="CuKa1")
    >>> screen.files, screen.wells, [name for name, _ in screen.skipped]
    (['screen_A1.xy', 'screen_A2.xy'], ['A1', 'A2'], ['notes.md'])
    """
    folder = check_folder(folder)
    left_out = {Path(path).resolve() for path in without}
    screen = collect_screen(
        folder,
        files=None if only is None else files_named(folder, only),
        wavelength=wavelength,
        two_theta=two_theta,
        all_scans=all_scans,
        left_out=left_out,
        verbose=verbose,
    )
    if not len(screen.X):
        raise ValueError(no_pattern_in(screen))
    return screen


def collect_screen(
    folder: Path,
    *,
    files: Sequence[tuple[str, Path]] | None = None,
    wavelength: float | str | None = None,
    two_theta: ArrayLike | None = None,
    all_scans: bool = False,
    left_out: Collection[Path] = (),
    verbose: bool = False,
) -> Screen:
    """Read files of a folder as `read_screen` does, even if none of them is a pattern.

    Parameters
    ----------
    folder : Path
    files : sequence of (str, Path), optional
        The files of it to read, hidden ones too; by default as from `files_of_folder`.
    wavelength, two_theta, all_scans, verbose
        As for `read_screen`.
    left_out : collection of Path
        Resolved paths of files and folders that are references, no samples.

    Returns
    -------
    Screen

    Raises
    ------
    ValueError
        If the wavelength of some files is not known.
    """
    grid = grid_or_default(two_theta)
    path = folder / LABELS
    rows: list[NDArray[np.float64]] = []
    wavelengths: list[float] = []
    sources: list[str] = []
    scans: list[int | None] = []
    wholes: list[str] = []
    names: list[str] = []
    hashes: list[str] = []
    wells: list[str] = []
    forms: list[str] = []
    steps: list[float] = []
    skipped: list[tuple[str, str]] = []
    remarks: list[tuple[str, str]] = []
    unknown: list[str] = []
    every = files_of_folder(folder, subfolders=True) if files is None else files
    labels = read_labels(path, [name for name, _ in every], all_files=files is None)
    earlier = earlier_results(every)
    wanted = [each for each in every if not _is_among(each[1], left_out)] if left_out else every
    samples = {name for name, _ in wanted}
    skipped += [(name, _REFERENCE) for name, _ in every if name not in samples]
    tables = {name for name, place in wanted if place.name == LABELS}
    skipped += [(name, why_not_used(name, path)) for name in sorted(tables - {LABELS})]
    for file in iterate_files(
        [each for each in wanted if each[0] not in tables],
        wavelength=wavelength,
        wavelengths=labels.stated("wavelength"),
        all_scans=all_scans,
        verbose=verbose,
    ):
        name = file.name
        if name in earlier:
            skipped.append((name, WRITTEN_EARLIER))
            continue
        remarks += [(name, remark) for remark in file.remarks]
        if file.pattern is None:
            skipped.append((name, file.reason))
            continue
        if file.pattern.wavelength is None:
            unknown.append(name)
            continue
        try:
            rows.append(to_grid(file.pattern, grid))
        except ValueError as error:
            skipped.append((name, str(error)))
            continue
        whole = name if file.scan is None else name.removesuffix(name_of_scan("", file.scan))
        entry = labels.rows.get(name, labels.rows.get(whole, {}))
        names.append(name)
        wholes.append(whole)
        scans.append(file.scan)
        hashes.append(file.sha256)
        in_name = well_in_name(str(file.pattern.metadata["scan"])) if all_scans else ""
        wells.append(entry.get("well", "") or in_name or well_in_name(whole))
        forms.append(entry.get("form", "") or form_in_name(whole))
        wavelengths.append(file.pattern.wavelength)
        angles = convert_two_theta(file.pattern.two_theta, file.pattern.wavelength)
        steps.append(float(np.nanmedian(np.diff(angles))))
        source = str(file.pattern.metadata["wavelength_from"])
        sources.append({"given": LABELS, "default": "given"}.get(source, source))
    where = printable(folder)
    if unknown:
        raise ValueError(f"{where}: {missing_wavelength(unknown, table=printable(path))}")
    twice = [name for name, n in Counter(names).items() if n > 1]
    if twice:
        raise ValueError(
            f"{where}: two files are both written as {twice[0]!r}, as the name of one is not "
            "UTF-8; rename one"
        )
    if files is None:
        seen = {*names, *wholes, *(name for name, _ in skipped)}
        by_default = {
            whole for whole, source in zip(wholes, sources, strict=True) if source == "given"
        }
        not_there = labels.not_there(seen, by_default)
        skipped += [(name, f"listed in {LABELS}, but not there") for name in not_there]
    return Screen(
        np.array(rows).reshape(-1, grid.size), grid, names, where, hashes, np.array(wavelengths),
        wells, forms, skipped, remarks, sources, labels.digest, scans, steps=steps,
    )  # fmt: skip


def no_pattern_in(screen: Screen) -> str:
    """Return what to say of a folder without a pattern: why its first files were not read."""
    if not screen.skipped:
        return f"{screen.folder} holds no file; give the folder that holds the patterns"
    files_of: dict[str, list[str]] = defaultdict(list)
    for name, why in screen.skipped:
        files_of[why].append(name)
    reasons = [
        f"{names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''}: {why}"
        for why, names in list(files_of.items())[:3]
    ]
    return (
        f"{screen.folder} holds no powder pattern that can be read ({'; '.join(reasons)}); give "
        "the folder of the files that the instrument wrote"
    )


def _is_among(path: Path, places: Collection[Path]) -> bool:
    """Return whether a file is one of some files, or lies in one of some folders."""
    place = path.resolve()
    return any(each in places for each in (place, *place.parents))
