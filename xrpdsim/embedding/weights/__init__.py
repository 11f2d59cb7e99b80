"""The weights that are shipped, with the constants read off for them; values and paths only.

How they are made and judged stands in `xrpdsim.recipes`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = [
    "available_models",
    "weights_file",
    "second_look_file",
    "constants",
    "probabilities",
    "shipped_files",
]

FOLDER = Path(__file__).parent


def available_models() -> list[str]:
    """Return the names of the shipped similarities.

    Examples
    --------
    >>> "organic-1" in available_models()
    True
    """
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def weights_file(name: str) -> Path:
    """Return the path of shipped weights.

    Raises
    ------
    ValueError
        If nothing is shipped under that name.

    Examples
    --------
    >>> weights_file("organic-1").name
    'organic-1.safetensors'
    """
    return _path(name, ".safetensors")


def second_look_file(name: str) -> Path:
    """Return the path of a shipped second look.

    Raises
    ------
    ValueError
        If nothing is shipped under that name, or it has no second look.
    """
    return _path(name, ".second-look.safetensors")


def constants(name: str) -> dict[str, Any]:
    """Return what stands beside shipped weights: their SHA-256, thresholds and probabilities.

    Raises
    ------
    ValueError
        If nothing is shipped under that name.

    Examples
    --------
    >>> "organic" in constants("organic-1")["crystals"]
    True
    """
    values: dict[str, Any] = json.loads(_path(name, ".json").read_text(encoding="utf-8"))
    return values


def probabilities(name: str, crystals: str | None, *, second_look: bool) -> dict[str, Any]:
    """Return threshold and probabilities of a shipped similarity.

    Parameters
    ----------
    name : str
    crystals : str or None
        What they are for, where the weights tell kinds of crystals apart; by default "organic".
    second_look : bool
        Whether they are of scores by both looks, where there are two.

    Returns
    -------
    dict
        With threshold and calibrator.

    Raises
    ------
    ValueError
        If nothing is shipped under that name, or `crystals` is no kind that it tells apart.

    Examples
    --------
    >>> {"calibrator", "threshold"} <= set(probabilities("organic-2", None, second_look=True))
    True
    """
    known = constants(name)
    if "second_look" not in known:
        kinds: dict[str, Any] = known["crystals"]
        kind = "organic" if crystals is None else crystals
        if kind not in kinds:
            raise ValueError(f"crystals={crystals!r} must be one of {', '.join(kinds)}")
        return dict(kinds[kind])
    if crystals is not None:
        raise ValueError(
            f"crystals={crystals!r}: the probabilities of {name} are for crystals of any kind; "
            "leave crystals out"
        )
    return dict(known["second_look" if second_look else "first_look"])


def shipped_files(name: str) -> list[Path]:
    """Return all files of a shipped similarity: weights, second look, constants.

    Raises
    ------
    ValueError
        If nothing is shipped under that name.

    Examples
    --------
    >>> [path.name for path in shipped_files("organic-1")]
    ['organic-1.json', 'organic-1.safetensors']
    """
    _path(name, ".json")
    return sorted(FOLDER.glob(f"{name}.*"))


def _path(name: str, suffix: str) -> Path:
    path = FOLDER / f"{name}{suffix}"
    if name not in available_models() or not path.is_file():
        raise ValueError(
            f"no pretrained model is named {name!r}; there is {', '.join(available_models())}"
        )
    return path
