"""The checkpoints of trainings."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from .._support._files import write_atomically


def read_checkpoint(
    path: Path, parts: Sequence[str], device: torch.device | str = "cpu"
) -> dict[str, Any]:
    """Return what a checkpoint holds.

    Parameters
    ----------
    path : Path
    parts : sequence of str
        What must be in it.
    device : torch.device or str
        Where its tensors are to be.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError
        If it is no such checkpoint, or half of one.
    """
    try:
        saved = torch.load(path, map_location=device, weights_only=True)
    except OSError:
        raise
    except Exception as error:  # torch raises what zip, pickle and its own reader do
        raise ValueError(
            f"{path} is no complete checkpoint ({[*str(error).splitlines(), repr(error)][0]}); "
            "delete it to begin again"
        ) from error
    missing = [name for name in parts if not isinstance(saved, dict) or name not in saved]
    if missing:
        raise ValueError(f"{path} is no checkpoint of this training: it lacks {missing[0]!r}")
    return dict(saved)


def keep_progress(path: Path, counted: str, done: int) -> None:
    """Drop the lines of a log that a training did not come to, whose checkpoint is older or gone.

    Parameters
    ----------
    path : Path
        A JSON object a line.
    counted : str
        The entry that counts, in each line.
    done : int
        Lines that count further are dropped.

    Raises
    ------
    ValueError
        If a line is none of such a log; one that was cut off at the end is dropped.
    """
    if not path.is_file():
        return
    text = path.read_text(encoding="utf-8")
    lines = text[: text.rfind("\n") + 1].splitlines(keepends=True)
    try:
        kept = [line for line in lines if json.loads(line)[counted] <= done]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is no log of this training ({error}); delete it") from error
    with write_atomically(path) as file:
        file.writelines(kept)


def write_checkpoint(path: Path, contents: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    """Write a checkpoint, whole or not at all.

    Parameters
    ----------
    path : Path
    contents : mapping
        Plain values.
    state : mapping
        Parts of the training that have a ``state_dict``, by the names they are read under.
    """
    buffer = io.BytesIO()
    torch.save({**contents, **{name: part.state_dict() for name, part in state.items()}}, buffer)
    with write_atomically(path, "wb") as file:
        file.write(buffer.getvalue())
