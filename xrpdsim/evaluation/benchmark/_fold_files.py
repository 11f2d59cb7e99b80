"""The folds of a run, one file each, which says what it holds and what it belongs to."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ..._support._files import read_json, write_atomically
from .methods import METHODS

Results = dict[str, list[dict[str, Any]]]


class FoldFiles:
    """The files of one run.

    Parameters
    ----------
    folder : Path
        Made when the first fold is written.
    settings : dict
        What the folds depend on, as in run.json. A fold of other settings is not this run's.
    """

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        self.folder = folder
        shared = {name: value for name, value in settings.items() if name != "methods"}
        self._runs = {
            method: _digest({**shared, "method": description})
            for method, description in settings["methods"].items()
        }

    def path(self, method: str, fold: int) -> Path:
        """Return where a fold is kept."""
        return self.folder / f"{method}-{fold:03d}.json"

    def write(self, result: dict[str, Any]) -> None:
        """Keep a fold that is done."""
        content = {"run": self._runs[result["method"]], "fold": result}
        self.folder.mkdir(exist_ok=True)
        with write_atomically(self.path(result["method"], result["fold"])) as file:
            json.dump({"sha256": _digest(content), **content}, file)

    def read(self) -> tuple[Results, dict[Path, str]]:
        """Return the folds that are there.

        Returns
        -------
        results : dict of str to list of dict
            For each method its folds in order.
        refused : dict of Path to str
            Files that are no folds of this run as it wrote them, and why.
        """
        results: Results = {}
        refused: dict[Path, str] = {}
        for fold, method, path in self._found():
            try:
                results.setdefault(method, []).append(self._read(path, method, fold))
            except ValueError as error:
                refused[path] = str(error)
        return {method: results[method] for method in METHODS if results.get(method)}, refused

    def _found(self) -> list[tuple[int, str, Path]]:
        found = []
        for path in self.folder.glob("*.json"):
            method, _, number = path.stem.rpartition("-")
            if method in METHODS and number.isascii() and number.isdecimal():
                fold = int(number)
                if path == self.path(method, fold):
                    found.append((fold, method, path))
        return sorted(found)

    def _read(self, path: Path, method: str, fold: int) -> dict[str, Any]:
        content = read_json(path)
        if not isinstance(content, dict) or content.keys() != {"sha256", "run", "fold"}:
            raise ValueError(f"{path} is no fold as a run writes it")
        if _digest({"run": content["run"], "fold": content["fold"]}) != content["sha256"]:
            raise ValueError(f"{path} was changed after it was written")
        result: dict[str, Any] = content["fold"]
        if content["run"] != self._runs.get(method):
            raise ValueError(f"{path} belongs to another run")
        if (result["method"], result["fold"]) != (method, fold):
            raise ValueError(f"{path} is another fold under this name")
        return result


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
