"""The record of a run: from what, with what and how a screen was sorted, and what was written."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from ..._support._version import __version__
from ...embedding.weights import available_models, weights_file
from ...io.folder import files_named, files_of_folder
from ...io.reading import split_scan_name
from ...similarity.named import is_classifier_file
from ..screens import AddedFolder, ReferencePatterns, Screen, SortedScreen
from ..screens._earlier_results import RECORD_KIND, WRITTEN_EARLIER

_LIBRARIES = ("numpy", "scipy", "scikit-learn", "torch", "gemmi")
_DIGITS_OF_ID = 12
# What a run follows from; the same inputs, settings and versions have the same id.
_IDENTITY = ("inputs", "settings", "weights", "versions")


def describe_run(
    found: SortedScreen,
    record: str | os.PathLike[str],
    *,
    folder: str | os.PathLike[str] | None = None,
    corrections: str | os.PathLike[str] | None = None,
    wavelength: str | None = None,
    command: Sequence[str] = (),
) -> dict[str, Any]:
    """Return what a sorted screen was made from and with, and the id of the run.

    Parameters
    ----------
    found : SortedScreen
    record : path-like
        Where the record is going to be: all paths in it are relative to its folder.
    folder : path-like, optional
        The folder that the screen was read from; by default as the screen says.
    corrections : path-like, optional
        The file of corrections that was applied.
    wavelength : str, optional
        What was given for the files that name none.
    command : sequence of str
        How to sort again, from the folder of the record.

    Returns
    -------
    dict
        To be completed by `complete_record`. `run` is the id: the first 12 digits of the SHA-256 of
        inputs, settings, weights and versions. Paths, dates and results do not change it.

    Raises
    ------
    OSError
        If the weights or the corrections cannot be read.

    Examples
    --------
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.sorting import Screen, sort_screen
    >>> campaign = make_screening_campaign(1, 2, 20, preset="bragg-brentano", random_state=0)
    >>> screen = Screen(campaign.X, campaign.two_theta, [f"{k}.xy" for k in range(20)])
    >>> found = sort_screen(screen, similarity="pearson")
    >>> run = describe_run(found, "results/run.json")
    >>> len(run["run"])
    12
    """
    base = Path(record).parent
    inputs: dict[str, Any] = {
        "patterns": _of_screen(found.screen, folder, base),
        "added": [_of_added(found.screen, each, base) for each in found.screen.added],
        "references": None,
        "corrections": None,
        "names_kept": {
            found.screen.files[found.typical_rows[group]]: name
            for group, name in found.names_kept.items()
        },
    }
    if found.references is not None:
        inputs["references"] = _of_references(found.references, base)
    if corrections is not None:
        inputs["corrections"] = {
            "file": relative(corrections, base),
            "sha256": hash_of_file(corrections),
            **_applied(found),
        }
    run: dict[str, Any] = {
        "record": RECORD_KIND,
        "run": "",
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": list(command),
        "inputs": inputs,
        "settings": _settings(found, wavelength),
        "weights": _weights(found.clusterer.similarity_name_, base),
        "versions": versions(),
    }
    run["run"] = _run_id(run)
    return run


def complete_record(run: Mapping[str, Any], written: Mapping[str, bytes]) -> bytes:
    """Return a record as it is written, with the hash of every other file.

    Parameters
    ----------
    run : mapping
        As from `describe_run`.
    written : mapping of str to bytes
        The contents of the files by their path from the folder of the record.

    Returns
    -------
    bytes
        JSON. Its last entry is the SHA-256 of all before it, by which `verify_record` notices that
        the record itself was changed.

    Examples
    --------
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.sorting import Screen, sort_screen
    >>> campaign = make_screening_campaign(1, 2, 20, preset="bragg-brentano", random_state=0)
    >>> screen = Screen(campaign.X, campaign.two_theta, [f"{k}.xy" for k in range(20)])
    >>> found = sort_screen(screen, similarity="pearson")
    >>> run = describe_run(found, "run.json")
    >>> record = complete_record(run, {"forms.csv": b"file,group"})
    >>> b"forms.csv" in record
    True
    """
    results = [
        {"file": name, "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in written.items()
    ]
    record = {**run, "results": results}
    record["sha256_of_record"] = digest_of_record(record)
    try:
        return (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode("utf-8")
    except UnicodeEncodeError:  # the name of a folder is not UTF-8
        return (json.dumps(record, indent=1) + "\n").encode("ascii")


def digest_of_record(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a record without its own digest."""
    return _digest({key: value for key, value in record.items() if key != "sha256_of_record"})


def versions() -> dict[str, str]:
    """Return the versions of this library, of Python and of what scores depend on."""
    found = {"xrpdsim": __version__, "Python": platform.python_version()}
    return {**found, **{name: version(name) for name in _LIBRARIES}}


def hash_of_file(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def relative(path: str | os.PathLike[str], base: Path) -> str:
    """Return a path from a folder, with forward slashes; on another drive of Windows the whole.

    One that begins with "-" gets "./" in front, since commands would take it for an option.
    """
    try:
        found = Path(os.path.relpath(path, base)).as_posix()
        return f"./{found}" if found.startswith("-") else found
    except ValueError:
        return Path(path).resolve().as_posix()


def hashes_of_weights(name: str) -> dict[str, str]:
    """Return the SHA-256 of the files of shipped weights, by their names: both looks, constants."""
    files = sorted(weights_file(name).parent.glob(f"{name}.*"))
    return {path.name: hash_of_file(path) for path in files}


def _of_references(references: Screen, base: Path) -> list[dict[str, Any]]:
    """Return an entry for each folder or file of references that was given."""
    if not isinstance(references, ReferencePatterns):
        return [_of_screen(references, None, base)]
    cells = iter(references.cells)
    entries = []
    for source in references.sources or [references]:
        (path,) = source.paths
        all_files = not path.is_file()
        entry = _of_screen(source, path if all_files else path.parent, base, all_files)
        entry["all_files"] = all_files
        for file, cell in zip(entry["files"], cells, strict=False):
            if cell:
                file["cell"] = cell
        entries.append(entry)
    return entries


def _of_screen(
    screen: Screen, folder: str | os.PathLike[str] | None, base: Path, all_files: bool = True
) -> dict[str, Any]:
    """Return what was read from the folder of a screen, without folders that were added."""
    folder = Path(screen.folder if folder is None else folder)
    elsewhere = tuple(f"{each.name}/" for each in screen.added)
    rows = [row for row, name in enumerate(screen.files) if not name.startswith(elsewhere)]
    skipped = [each for each in screen.skipped if not each[0].startswith(elsewhere)]
    return _of_folder(screen, rows, skipped, folder, base, screen.table, all_files=all_files)


def _of_added(screen: Screen, added: AddedFolder, base: Path) -> dict[str, Any]:
    start = f"{added.name}/"
    rows = [row for row, name in enumerate(screen.files) if name.startswith(start)]
    skipped = [each for each in screen.skipped if each[0].startswith(start)]
    found = _of_folder(
        screen, rows, skipped, Path(added.folder), base, added.table, start, added.all_files
    )
    return {"name": added.name, "all_files": added.all_files, **found}


def _of_folder(
    screen: Screen,
    rows: Sequence[int],
    skipped: Sequence[tuple[str, str]],
    folder: Path,
    base: Path,
    table: tuple[str, str] | None,
    start: str = "",
    all_files: bool = True,
) -> dict[str, Any]:
    """Return the files of a folder; `start` is what their names in the screen begin with."""
    names = {name.removeprefix(start) for name, _ in skipped}
    path_of: dict[str, Path] = {}
    if names and folder.is_dir():
        named = {*names, *(split_scan_name(name)[0] for name in names)}
        path_of = dict(
            files_of_folder(folder, subfolders=True) if all_files else files_named(folder, named)
        )
    files = []
    for row in rows:
        entry: dict[str, Any] = {
            "file": screen.file_of(row).removeprefix(start),
            "sha256": None,
            "wavelength": None,
        }
        if screen.scans and screen.scans[row] is not None:
            entry["scan"] = screen.scans[row]
        if screen.hashes:
            entry["sha256"] = screen.hashes[row]
        if screen.wavelengths is not None and np.isfinite(screen.wavelengths[row]):
            entry["wavelength"] = float(screen.wavelengths[row])
        if screen.wavelengths_from:
            entry["wavelength_from"] = screen.wavelengths_from[row]
        files.append(entry)
    left_out = []
    for name, why in skipped:
        if why == WRITTEN_EARLIER:  # no input, and about to be replaced
            continue
        name = name.removeprefix(start)
        file, scan = split_scan_name(name)
        if name in path_of or file not in path_of:
            file, scan = name, None
        entry = {"file": file, "why": why, "sha256": None}
        if scan is not None:
            entry["scan"] = scan
        if file in path_of:
            with suppress(OSError):  # why it was skipped, perhaps
                entry["sha256"] = hash_of_file(path_of[file])
        left_out.append(entry)
    return {
        "folder": relative(folder, base),
        "files": files,
        "skipped": left_out,
        "labels": None if table is None else {"file": table[0], "sha256": table[1]},
    }


def _applied(found: SortedScreen) -> dict[str, Any]:
    """Return the corrections that were applied, by the names of the files."""
    files, corrections = found.screen.files, found.corrections
    return {
        "same": [[files[a], files[b]] for a, b in corrections.same.tolist()],
        "different": [[files[a], files[b]] for a, b in corrections.different.tolist()],
        "forms": {files[row]: name for row, name in corrections.names.items()},
        "confirmed": {files[row]: name for row, name in corrections.confirmed.items()},
        "amorphous": [files[row] for row in corrections.amorphous],
        "mixtures": {files[row]: text for row, text in corrections.mixtures.items()},
        "excluded": dict(found.screen.excluded()),
        "as_sorted": [[files[a], files[b]] for a, b in corrections.tied.tolist()],
    }


def _settings(found: SortedScreen, wavelength: str | None) -> dict[str, Any]:
    clusterer, grid = found.clusterer, found.screen.two_theta
    name = clusterer.similarity_name_
    return {
        "similarity": Path(name).name if is_classifier_file(name) else name,
        "estimator": " ".join(repr(clusterer.similarity_).split()),
        "min_probability": float(clusterer.min_probability),
        "portion": int(clusterer.portion),
        "wavelength": wavelength,
        "grid": {"first": float(grid[0]), "last": float(grid[-1]), "points": len(grid)},
    }


def _weights(name: str, base: Path) -> dict[str, Any] | None:
    if is_classifier_file(name):
        of_file = {Path(name).name: hash_of_file(name)}
        return {"name": Path(name).name, "file": relative(name, base), "files": of_file}
    if name not in available_models():
        return None
    return {"name": name, "files": hashes_of_weights(name)}


def _run_id(run: Mapping[str, Any]) -> str:
    identity = {key: run[key] for key in _IDENTITY}
    return _digest(_without_places(identity))[:_DIGITS_OF_ID]


def _without_places(value: Any) -> Any:
    """Return values without the folders that they are in."""
    if isinstance(value, Mapping):
        return {
            key: Path(each).name if key == "file" else _without_places(each)
            for key, each in value.items()
            if key != "folder"
        }
    if isinstance(value, list):
        return [_without_places(each) for each in value]
    return value


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
