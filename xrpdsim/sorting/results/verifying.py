"""Whether the inputs, weights and results of a run are still those of its record."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ..._support._files import read_json
from ...embedding.weights import available_models
from ...io.folder import files_named, files_of_folder
from ..screens._earlier_results import RECORD_KIND, earlier_results
from .record import digest_of_record, hash_of_file, hashes_of_weights, versions


class RecordCheck(NamedTuple):
    """What `verify_record` found.

    Parameters
    ----------
    run : str
        The id of the run.
    changes : list of str
        What is no longer as recorded, a sentence each; empty if all is.
    checked : list of str
        What was compared, a line each.
    remarks : list of str
        What differs without being wrong: versions.

    Examples
    --------
    >>> from xrpdsim.sorting.results import RecordCheck
    >>> check = RecordCheck("2a8595656c8c", ["result changed: forms.csv"], ["9 results"], [])
    >>> "as recorded" if not check.changes else check.changes[0]
    'result changed: forms.csv'
    """

    run: str
    changes: list[str]
    checked: list[str]
    remarks: list[str]


def verify_record(path: str | os.PathLike[str]) -> RecordCheck:
    """Compare a record with the files that it names, as they are now.

    Parameters
    ----------
    path : path-like
        `run.json` as `xrpdsim sort` writes it, in its place among the results.

    Returns
    -------
    RecordCheck

    Raises
    ------
    OSError
        If the record cannot be read.
    ValueError
        If it is no such record.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from xrpdsim.datasets import make_screening_campaign, save_campaign
    >>> from xrpdsim.sorting import read_screen, sort_screen
    >>> from xrpdsim.sorting.results import describe_run, file_results, result_files
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> campaign = make_screening_campaign(1, 2, 8, preset="bragg-brentano", random_state=0)
    >>> files = save_campaign(campaign, folder / "screen")
    >>> found = sort_screen(read_screen(folder / "screen"), similarity="pearson")
    >>> run = describe_run(found, folder / "run.json")
    >>> written = file_results(folder, result_files(found), run)
    >>> verify_record(folder / "run.json").changes
    []
    >>> (folder / "screen" / files[0]).unlink()
    >>> verify_record(folder / "run.json").changes
    ['input missing: compound_1_II_0000.xy']
    """
    path = Path(path)
    record = _read(path)
    changes: list[str] = []
    checked: list[str] = []
    if record["sha256_of_record"] != digest_of_record(record):
        changes.append(f"record: {path.name} was changed after it was written")
    inputs = record["inputs"]
    samples = [inputs["patterns"], *inputs.get("added", [])]
    for kind, screen in [
        *(("input", each) for each in samples),
        *(("reference", each) for each in inputs["references"] or []),
    ]:
        changes += _changes_in_folder(kind, path.parent / screen["folder"], screen)
        n_files = len({each["file"] for each in _listed(screen)})
        files = "file" if n_files == 1 else "files"
        checked.append(f"{n_files} {kind} {files} of {screen['folder']}")
    if inputs["corrections"] is not None:
        changes += _changes_of_file("corrections", path.parent, inputs["corrections"])
        checked.append("corrections")
    if record["weights"] is not None:
        changes += _changes_of_weights(record["weights"], path.parent)
        checked.append(f"weights {record['weights']['name']}")
    for result in record["results"]:
        changes += _changes_of_file("result", path.parent, result)
    checked.append(f"{len(record['results'])} results")
    then, now = record["versions"], versions()
    remarks = [
        f"{name} was {then.get(name, 'not there')}, is {now.get(name, 'not there')}"
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]
    return RecordCheck(record["run"], changes, checked, remarks)


def _read(path: Path) -> dict[str, Any]:
    record = read_json(path)
    if not isinstance(record, dict) or record.get("record") != RECORD_KIND:
        raise ValueError(f"{path} is no record that xrpdsim sort wrote; give the run.json of a run")
    try:
        # what is looked up below
        inputs = record["inputs"]
        references = inputs["references"] or []
        for screen in (inputs["patterns"], *references, *inputs.get("added", [])):
            _ = screen["folder"], [(each["file"], each["sha256"]) for each in _listed(screen)]
        _ = [(each["file"], each["sha256"]) for each in record["results"]]
        _ = record["weights"] and (record["weights"]["name"], dict(record["weights"]["files"]))
        _ = record["inputs"]["corrections"] and record["inputs"]["corrections"]["file"]
        _ = record["run"], dict(record["versions"]), record["sha256_of_record"]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} lacks a part of the record ({error}); it was changed") from error
    return record


def _listed(screen: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what a record lists of a folder."""
    labels = [screen["labels"]] if screen["labels"] is not None else []
    return [*screen["files"], *screen["skipped"], *labels]


def _changes_in_folder(kind: str, folder: Path, screen: Mapping[str, Any]) -> Iterator[str]:
    """Say which files of a folder changed, have gone, or are new."""
    if not folder.is_dir():
        yield f"{kind} missing: the folder {screen['folder']}"
        return
    all_files = screen.get("all_files", True)
    if all_files:
        files = files_of_folder(folder, subfolders=True)
    else:
        files = files_named(folder, {each["file"] for each in _listed(screen)})
    path_of = dict(files)
    known = set()
    for each in _listed(screen):
        name, digest = each["file"], each["sha256"]
        if name in known or digest is None:  # scans of one file are one file
            known.add(name)
            continue
        known.add(name)
        yield from _change_of(kind, name, path_of.get(name), digest)
    if not all_files:
        return
    # what sorting itself wrote there is no input
    written = earlier_results(files)
    for name, _ in files:
        if name not in known and name not in written:
            yield f"{kind} new: {name}"


def _changes_of_file(kind: str, base: Path, entry: Mapping[str, Any]) -> Iterator[str]:
    path = base / entry["file"]
    yield from _change_of(kind, entry["file"], path if path.is_file() else None, entry["sha256"])


def _change_of(kind: str, name: str, path: Path | None, digest: str | None) -> Iterator[str]:
    if path is None:
        yield f"{kind} missing: {name}"
        return
    try:
        if hash_of_file(path) != digest:
            yield f"{kind} changed: {name}"
    except OSError as error:
        yield f"{kind} cannot be read: {name} ({error.strerror or error})"


def _changes_of_weights(weights: Mapping[str, Any], base: Path) -> Iterator[str]:
    name = weights["name"]
    if "file" in weights:
        entry = {"file": weights["file"], "sha256": weights["files"].get(name)}
        yield from _changes_of_file("weights", base, entry)
        return
    if name not in available_models():
        yield f"weights missing: {name} is not shipped with this version"
        return
    now = hashes_of_weights(name)
    for file in sorted({*weights["files"], *now}):
        then = weights["files"].get(file)
        if then != now.get(file):
            kind = "new" if then is None else "changed" if file in now else "missing"
            yield f"weights {kind}: {file}"
