"""Patterns of further folders and files, put into one screen."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ...io import printable
from .screen import LISTS_OF_PATTERNS, AddedFolder, Screen, read_screen


def add_to_screen(screen: Screen, paths: Sequence[str | os.PathLike[str]], **how: Any) -> Screen:
    r"""Return a screen with the patterns of more folders or files.

    Parameters
    ----------
    screen : Screen
        As from `read_screen`.
    paths : sequence of path-like
        Folders, which are read with the folders in them, or files. What lies in the folder of the
        screen is part of it already.
    **how
        As in `read_screen`.

    Returns
    -------
    Screen
        The names of added files begin with the name of their folder.

    Raises
    ------
    FileNotFoundError
        If there is no such file or folder.
    ValueError
        If a folder holds that of the screen, or no pattern that can be read.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.xy").write_text("2theta counts\n5.00 120\n5.02 118\n5.04 131\n")
    >>> _ = (folder / "notes.md").write_text("none of it dissolved")
    >>> from xrpdsim.sorting import read_screen
    >>> later = pathlib.Path(tempfile.mkdtemp()) / "b.xy"
    >>> _ = later.write_text("2theta counts\n5.00 90\n5.02 98\n5.04 91\n")
    >>> screen = read_screen(folder, wavelength="CuKa1")
    >>> len(add_to_screen(screen, [later], wavelength="CuKa1").files)
    2
    """
    read = [Path(screen.folder).resolve()]
    wanted: dict[Path, tuple[Path, set[str] | None]] = {}
    # folders first: files that are given beside them may lie in one
    for path in sorted(map(Path, paths), key=lambda each: each.is_file()):
        if not path.exists():
            raise FileNotFoundError(f"there is no file or folder {str(path)!r} to add")
        place = path.resolve()
        if any(place.is_relative_to(folder) for folder in read):
            continue
        if path.is_dir():
            inside = [folder for folder in read if folder.is_relative_to(place)]
            if inside:
                raise ValueError(
                    f"{str(path)!r} holds the folder {str(inside[0])!r}, which is sorted already; "
                    "add the folders in it that are new"
                )
            read.append(place)
            wanted[place] = (path, None)
        else:
            _, files = wanted.setdefault(place.parent, (path.parent, set()))
            if files is not None:
                files.add(printable(path.name))
    for folder, only in wanted.values():
        more = read_screen(folder, two_theta=screen.two_theta, only=only, **how)
        screen = _joined(screen, more, folder, only is None)
    return screen


def _joined(screen: Screen, more: Screen, folder: Path, all_files: bool) -> Screen:
    """Return both as one; names of the second begin with that of its folder."""
    name = _name_for(folder, screen)

    def named(file: str) -> str:
        return f"{name}/{file}"

    more = replace(
        more,
        files=[named(file) for file in more.files],
        skipped=[(named(file), why) for file, why in more.skipped],
        remarks=[(named(file), remark) for file, remark in more.remarks],
    )
    wavelengths = None
    if screen.wavelengths is not None and more.wavelengths is not None:
        wavelengths = np.concatenate([screen.wavelengths, more.wavelengths])
    # what is not known of one of them is not known of both
    lists: dict[str, Any] = {
        each: getattr(screen, each) + getattr(more, each) if getattr(screen, each) else []
        for each in LISTS_OF_PATTERNS
    }
    return replace(
        screen,
        X=np.concatenate([screen.X, more.X]),
        wavelengths=wavelengths,
        skipped=[*screen.skipped, *more.skipped],
        remarks=[*screen.remarks, *more.remarks],
        added=[*screen.added, AddedFolder(name, str(folder), all_files, more.table)],
        **lists,
    )


def _name_for(folder: Path, screen: Screen) -> str:
    """Return the shortest end of a path that no name of the screen begins with."""
    parts = [printable(part) for part in folder.resolve().parts[1:]] or ["folder"]
    taken: Collection[str] = [*screen.files, *(name for name, _ in screen.skipped)]
    for n_parts in range(1, len(parts) + 1):
        name = "/".join(parts[-n_parts:])
        if not any(file.startswith(f"{name}/") for file in taken):
            return name
    raise ValueError(f"{str(folder)!r} was added twice")
