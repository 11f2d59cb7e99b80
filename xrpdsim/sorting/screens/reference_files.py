"""References from files: patterns and crystal structures, of one folder or several."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...io import printable
from ...io._folder_labels import LABELS, form_in_name, read_labels, unpacked_name
from ...io.folder import files_of_folder
from ...patterns import CU_KALPHA1
from ..cif_references import StructureReference, fit_structures, read_structure
from .screen import Screen, collect_screen, no_pattern_in

_OF_STRUCTURE = "structure"


@dataclass(frozen=True)
class ReferencePatterns(Screen):
    r"""Patterns of known forms, those of crystal structures among them.

    Parameters
    ----------
    structures : list of StructureReference or None
        The structure of each reference, None where it was measured.
    cells : list of str
        What was done to the cell of each structure, as in "CIF at 100 K, expanded by 1.2 % (axes
        0.4 to 1.9 %)"; empty where the reference was measured.
    log_odds : list of float
        What fitting its cell takes from the log odds that a reference and a pattern are one form.
    refused : list of (str, str)
        CIFs that are no reference, and why.
    paths : list of Path
        What was given: folders and files.
    sources : list of ReferencePatterns
        The references of each of these, where there are several.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "form I.xy").write_text("2theta counts\n5.00 120\n5.02 118\n5.04 131\n")
    >>> _ = (folder / "notes.md").write_text("none of it dissolved")
    >>> from xrpdsim.sorting import read_references
    >>> read_references(folder, wavelength="CuKa1").forms
    ['form I']
    """

    structures: list[StructureReference | None] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    log_odds: list[float] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    sources: list[ReferencePatterns] = field(default_factory=list)

    def fitted_to(self, screen: Screen, *, verbose: bool = False) -> ReferencePatterns:
        """Return the references with their structures drawn as a screen was measured.

        Parameters
        ----------
        screen : Screen
        verbose : bool, default=False
            Whether to show progress on standard error.

        Returns
        -------
        ReferencePatterns
        """
        rows = [row for row, each in enumerate(self.structures) if each is not None]
        if not rows:
            return self
        known = np.array([] if screen.wavelengths is None else screen.wavelengths, dtype=float)
        wavelength = float(np.median(known)) if known.size else CU_KALPHA1
        structures = [each.measured_at(wavelength) for each in self.structures if each is not None]
        X, cells, log_odds = self.X.copy(), list(self.cells), list(self.log_odds)
        fitted = fit_structures(structures, screen.X, self.two_theta, verbose=verbose)
        for row, each in zip(rows, fitted, strict=True):
            X[row], cells[row], log_odds[row] = each.pattern, each.note, each.log_odds
        return replace(self, X=X, cells=cells, log_odds=log_odds)


def read_references(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    wavelength: float | str | None = None,
    two_theta: ArrayLike | None = None,
    all_scans: bool = False,
    verbose: bool = False,
) -> ReferencePatterns:
    r"""Read references: measured patterns, and crystal structures of which patterns are calculated.

    Parameters
    ----------
    paths : path-like or sequence of path-like
        Folders and files. The column `form` of the `labels.csv` in a folder, or beside a file, says
        the form of each; where that is missing, it is the name of the folder in that folder, or of
        the file. Several references of one form are welcome.
    wavelength, two_theta, all_scans, verbose
        As for `read_screen`.

    Returns
    -------
    ReferencePatterns
        Structures are drawn with the cell that is expected at room temperature; `sort_screen` fits
        their cells to the screen.

    Raises
    ------
    FileNotFoundError
        If there is no such file or folder.
    ValueError
        If nothing in it is a pattern or a structure, or a file that is named itself is neither.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> cell = "".join(
    ...     f"_cell_length_{axis} 5.64 _cell_angle_{angle} 90\n"
    ...     for axis, angle in (("a", "alpha"), ("b", "beta"), ("c", "gamma"))
    ... )
    >>> _ = (folder / "salt.cif").write_text(
    ...     f"data_a {cell} _space_group_name_H-M_alt 'F m -3 m' _diffrn_ambient_temperature 100 "
    ...     "loop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z "
    ...     "Na1 0 0 0 Cl1 0.5 0.5 0.5"
    ... )
    >>> references = read_references(folder)
    >>> references.forms, references.cells
    (['salt'], ['CIF at 100 K, expanded by 1.1 % (axes 1.1 to 1.1 %), as expected'])
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    if not given:
        raise ValueError("give a folder or a file of references")
    sources: list[ReferencePatterns] = []
    seen: set[Path] = set()
    for path in map(Path, given):
        source = _read_source(path, seen, wavelength, two_theta, all_scans, verbose)
        sources.append(source)
    return sources[0] if len(sources) == 1 else _joined(sources)


def _read_source(
    path: Path,
    seen: set[Path],
    wavelength: float | str | None,
    two_theta: ArrayLike | None,
    all_scans: bool,
    verbose: bool,
) -> ReferencePatterns:
    """Read one folder or file; what was read before is passed over."""
    if not path.exists():
        raise FileNotFoundError(f"there is no folder or file {str(path)!r} of references")
    folder = path.parent if path.is_file() else path
    if path.is_file():  # its folder may be a whole disk: the others in it are not looked at
        every = [(printable(path.name), path)]
    else:
        every = files_of_folder(folder, subfolders=True)
    files = {name: each for name, each in every if each.resolve() not in seen}
    screen = collect_screen(
        folder,
        files=None if path.is_dir() and len(files) == len(every) else list(files.items()),
        wavelength=wavelength,
        two_theta=two_theta,
        all_scans=all_scans,
        verbose=verbose,
    )
    if not every:
        raise ValueError(no_pattern_in(screen))
    source = _with_structures(screen, folder, files)
    seen.update(each.resolve() for each in files.values())
    if not len(source.X) and files:
        # refused ones are skipped, too; they tell more than notes beside them
        skipped = list(dict.fromkeys([*source.refused, *source.skipped]))[:3]
        reasons = "; ".join(f"{name}: {reason}" for name, reason in skipped)
        raise ValueError(f"{printable(path)} holds no reference. {reasons}".rstrip())
    return replace(source, paths=[path])


def _with_structures(screen: Screen, folder: Path, path_of: dict[str, Path]) -> ReferencePatterns:
    """Read the CIFs among what is no pattern as structures."""
    stated = read_labels(folder / LABELS, path_of).stated("form")
    X: list[NDArray[np.float64]] = []
    names: list[str] = []
    structures: list[StructureReference] = []
    cells: list[str] = []
    refused: list[tuple[str, str]] = []
    skipped: list[tuple[str, str]] = []
    for name, why in screen.skipped:
        path = path_of.get(name)
        if path is None or Path(unpacked_name(path.name)).suffix.lower() != ".cif":
            skipped.append((name, why))
            continue
        try:
            structure = read_structure(path, screen.two_theta)
        except ValueError as error:
            refused.append((name, str(error).removeprefix(f"{path}: ")))
            continue
        pattern, cell = structure.expected(screen.two_theta)
        X.append(pattern)
        names.append(name)
        structures.append(structure)
        cells.append(cell)
    n_measured, n_calculated = len(screen.X), len(names)
    wavelengths = np.empty(0) if screen.wavelengths is None else screen.wavelengths
    return ReferencePatterns(
        X=np.concatenate([screen.X, np.reshape(X, (n_calculated, screen.two_theta.size))]),
        two_theta=screen.two_theta,
        files=[*screen.files, *names],
        folder=screen.folder,
        hashes=[*screen.hashes, *(_digest(path_of[name]) for name in names)],
        wavelengths=np.concatenate([wavelengths, np.full(n_calculated, np.nan)]),
        forms=[*screen.forms, *(stated.get(name, form_in_name(name)) for name in names)],
        skipped=[*skipped, *refused],
        remarks=screen.remarks,
        wavelengths_from=[*screen.wavelengths_from, *[_OF_STRUCTURE] * n_calculated],
        table=screen.table,
        scans=[*screen.scans, *[None] * n_calculated],
        structures=[*[None] * n_measured, *structures],
        cells=[*[""] * n_measured, *cells],
        log_odds=[0.0] * (n_measured + n_calculated),
        refused=refused,
    )


def _joined(sources: Sequence[ReferencePatterns]) -> ReferencePatterns:
    """Return the references of several sources; files of one name get that of their folder."""
    names = Counter(
        name
        for source in sources
        for name in [*source.files, *(name for name, _ in source.refused)]
    )

    def named(source: ReferencePatterns, name: str) -> str:
        return f"{source.folder}/{name}" if names[name] > 1 else name

    files = [named(source, name) for source in sources for name in source.files]
    return ReferencePatterns(
        X=np.concatenate([source.X for source in sources]),
        two_theta=sources[0].two_theta,
        files=files,
        folder=", ".join(printable(path) for source in sources for path in source.paths),
        hashes=[each for source in sources for each in source.hashes],
        wavelengths=np.concatenate(
            [source.wavelengths for source in sources if source.wavelengths is not None]
        ),
        forms=[each for source in sources for each in source.forms],
        skipped=[each for source in sources for each in source.skipped],
        remarks=[each for source in sources for each in source.remarks],
        wavelengths_from=[each for source in sources for each in source.wavelengths_from],
        scans=[each for source in sources for each in source.scans],
        structures=[each for source in sources for each in source.structures],
        cells=[each for source in sources for each in source.cells],
        log_odds=[each for source in sources for each in source.log_odds],
        refused=[(named(source, name), why) for source in sources for name, why in source.refused],
        paths=[each for source in sources for each in source.paths],
        sources=list(sources),
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
