"""All folds of a run in one small file, to go on from on another machine."""

from __future__ import annotations

import json
import lzma
import os
from pathlib import Path
from typing import Any

from ..._support._files import write_atomically
from ..._support._lock import hold
from ._fold_files import FoldFiles
from ._provenance import differences_between, read_run, with_methods_of, write_run
from .methods import METHODS


def pack(out: str | os.PathLike[str], path: str | os.PathLike[str]) -> None:
    """Write the folds of a run, and what they were made with, into one file.

    It is xz-compressed text: run.json in the first line, then a line for each fold, as its file in
    ``folds`` has it, with the digest that says that nobody changed it.

    Parameters
    ----------
    out : path-like
        The folder of the run.
    path : path-like
        An existing file is replaced.

    Examples
    --------
    >>> import tempfile
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.evaluation.benchmark import Benchmark
    >>> folder = Path(tempfile.mkdtemp())
    >>> campaign = make_screening_campaign(3, 6, 24, random_state=0)
    >>> run = Benchmark(campaign, folder / "here", ["naive"], n_jobs=1)
    >>> _ = run.run(report=lambda line: None)
    >>> pack(folder / "here", folder / "folds.xz")
    >>> unpack(folder / "folds.xz", folder / "there")
    3
    """
    out = Path(out)
    run = read_run(out / "run.json")
    files = FoldFiles(out / "folds", run["settings"])
    done, _ = files.read()
    paths = [files.path(method, row["fold"]) for method, rows in done.items() for row in rows]
    lines = [json.dumps(run), *(file.read_text(encoding="utf-8") for file in paths)]
    with write_atomically(path, "wb") as packed:
        packed.write(lzma.compress("\n".join(lines).encode()))


def unpack(path: str | os.PathLike[str], out: str | os.PathLike[str]) -> int:
    """Put the folds of a packed run into a folder, where the run then goes on.

    Folds that are there already stay as they are.

    Parameters
    ----------
    path : path-like
        What `pack` wrote.
    out : path-like
        Made if it is not there.

    Returns
    -------
    int
        How many folds were added.

    Raises
    ------
    ValueError
        If the file is damaged or something else, or the folder holds another run.
    """
    out = Path(out)
    run, folds = _read(Path(path))
    (out / "folds").mkdir(parents=True, exist_ok=True)
    with hold(out):
        record = out / "run.json"
        if record.exists():
            here = read_run(record)
            differences = list(differences_between(run["settings"], here["settings"]))
            if differences:
                raise ValueError(
                    f"{path} holds folds of another run than {out}: {'; '.join(differences)}"
                )
            run = with_methods_of(here, run)
        write_run(record, run)
        files = FoldFiles(out / "folds", run["settings"])
        places = {files.path(each["fold"]["method"], each["fold"]["fold"]): each for each in folds}
        new = {place: content for place, content in places.items() if not place.exists()}
        for place, content in new.items():
            with write_atomically(place) as file:
                json.dump(content, file)
    return len(new)


def _read(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return run and folds; what the folds hold is checked when they are read from their files."""
    try:
        run, *folds = map(json.loads, lzma.decompress(path.read_bytes()).splitlines())
        settings = run["settings"]
        if not {"methods", "versions", "seed", "data"} <= settings.keys():
            raise ValueError("its first line is no description of a run")
        for each in folds:
            method, fold = each["fold"]["method"], each["fold"]["fold"]
            if method not in METHODS or not isinstance(fold, int):
                raise ValueError(f"there is no method {method!r} with a fold {fold!r}")
    except (lzma.LZMAError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} holds no packed folds, or was cut off: {error}") from error
    return run, folds
