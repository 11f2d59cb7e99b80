"""What a benchmark run was made from and with, so that it can be made again and is not mixed."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import config_context

from ..._support._files import read_json, write_atomically
from ...embedding.weights import shipped_files
from .methods import METHODS, make_estimator


def describe_run(
    X: NDArray[np.float32],
    y: NDArray[np.object_],
    *,
    methods: Sequence[str],
    device: str,
    seed: int,
    description: str,
    two_theta: NDArray[np.float64] | None = None,
) -> dict[str, Any]:
    """Return what a reader needs to make the run again; `settings` is what must not change.

    `two_theta` is given where it is not the common grid.
    """
    data: dict[str, Any] = {
        "description": description,
        "n_patterns": len(X),
        "n_points": X.shape[1],
        "n_compounds": len(np.unique(y[:, 0])),
        "digest": digest(X, y),
    }
    if two_theta is not None:
        data["grid"] = f"{two_theta[0]:g} to {two_theta[-1]:g} degrees 2theta"
        data["grid_digest"] = hashlib.sha256(two_theta.tobytes()).hexdigest()
    names = ["xrpdsim", "scikit-learn", "numpy", "scipy", "torch", "skorch"]
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": sys.version.split()[0],
        "settings": {
            "versions": {name: version(name) for name in names},
            "seed": seed,
            "methods": {name: _describe_method(name, device) for name in methods},
            "data": data,
        },
    }


def read_run(path: Path) -> dict[str, Any]:
    """Return the contents of run.json.

    Raises
    ------
    ValueError
        If it is not what `describe_run` gave. The error names the path.
    """
    try:
        run = read_json(path)
        reason = "is no description of a benchmark run"
    except ValueError as error:
        run, reason = None, str(error).removeprefix(f"{path} ")
    settings = run.get("settings") if isinstance(run, dict) else None
    if not isinstance(settings, dict) or not isinstance(settings.get("methods"), dict):
        raise ValueError(
            f"{path} {reason}; delete it and run the same command again: folds of the same data, "
            "methods and versions are kept"
        )
    return dict(run)


def write_run(path: Path, run: dict[str, Any]) -> None:
    """Write run.json."""
    with write_atomically(path) as file:
        json.dump(run, file, indent=2)
        file.write("\n")


def with_methods_of(run: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return a run with the methods of another one added."""
    methods = other["settings"]["methods"] | run["settings"]["methods"]
    return run | {"settings": run["settings"] | {"methods": methods}}


def _describe_method(name: str, device: str) -> dict[str, Any]:
    method = METHODS[name]
    estimator = make_estimator(name, device=device)
    with config_context(print_changed_only=False):
        # all values, of which none is cut out of the middle
        shown = estimator.__repr__(N_CHAR_MAX=100_000)
    description: dict[str, Any] = {
        "estimator": shown,
        "device": _name_device(device) if method.trained else "cpu",
    }
    if method.slow:
        description["trained_with"] = _trained_with(estimator[-1].embedder)
    if method.weights:
        # others may be shipped under the same name; folds of both must not mix
        shipped = hashlib.sha256()
        for path in shipped_files(method.weights):
            shipped.update(path.read_bytes())
        description["weights"] = shipped.hexdigest()
    if method.n_labelled:
        description["labels_per_compound"] = method.n_labelled
    return description


def _trained_with(embedder: Any) -> dict[str, Any]:
    """Return what "auto" stands for in an embedder."""
    from ...embedding.storage import plain
    from ...embedding.training import FINE_TUNING, FROM_SCRATCH, TrainingSettings

    if embedder.init is not None:
        found = {name: getattr(embedder, name) for name in FINE_TUNING}
        return {name: FINE_TUNING[name] if v == "auto" else v for name, v in found.items()}
    parameters = embedder.get_params(deep=False)
    settings = TrainingSettings.from_parameters(parameters, FROM_SCRATCH).in_force()
    return {name: plain(value) for name, value in settings.items()}


def _name_device(device: str) -> str:
    import torch

    from ...embedding.training import resolve_device

    resolved = resolve_device(device)
    return torch.cuda.get_device_name(resolved) if resolved.type == "cuda" else "cpu"


def digest(X: NDArray[np.float32], y: NDArray[np.object_]) -> str:
    """Return the SHA-256 of patterns and labels.

    Examples
    --------
    >>> digest(np.zeros((1, 2), np.float32), np.array([["a", "I"]], object))[:12]
    '554e9dbcda78'
    """
    sha = hashlib.sha256()
    sha.update(np.where(np.isnan(X), np.float32(np.nan), X).tobytes())
    sha.update(json.dumps(y.tolist()).encode())
    return sha.hexdigest()


def differences_between(before: Any, now: Any, name: str = "") -> Iterator[str]:
    """Say in what the settings of two runs into one folder differ.

    Examples
    --------
    >>> list(differences_between({"seed": 0}, {"seed": 1}))
    ['seed was 0, is now 1']
    """
    if isinstance(before, dict) and isinstance(now, dict):
        # methods that only one of the two runs knows are an addition, not a difference
        keys = before.keys() & now.keys() if name == "methods" else before.keys() | now.keys()
        for key in sorted(keys):
            yield from differences_between(before.get(key), now.get(key), f"{name} {key}".strip())
    elif before != now:
        was, is_now = _where_different(repr(before), repr(now))
        yield f"{name} was {was}, is now {is_now}"


def _where_different(before: str, now: str, n_around: int = 40) -> tuple[str, str]:
    """Cut two long texts to where they begin to differ, and a little around."""
    pairs = enumerate(zip(before, now, strict=False))
    n_alike = next((i for i, (a, b) in pairs if a != b), min(len(before), len(now)))
    start = max(n_alike - n_around, 0)
    texts = [(text[start:], len(text) > start + 2 * n_around) for text in (before, now)]
    first, second = (
        f"{'...' * (start > 0)}{text[: 2 * n_around]}{'...' * cut}" for text, cut in texts
    )
    return first, second
