"""Numbers from text, strictly: nothing that Python or NumPy would forgive."""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

from xrpdsim.io._errors import PatternFileError

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


MAX_CHARACTERS = 16 * 2**20
_CHARACTERS = frozenset("0123456789.+-eE")


def number(text: str, what: str) -> float:
    """Return one number; `what` names it in the message."""
    if not NUMBER.fullmatch(text.strip()):
        raise PatternFileError(f"{what} is {text.strip()[:40]!r}, which is not a number")
    value = float(text)
    if not math.isfinite(value):
        raise PatternFileError(f"{what} is {text.strip()[:40]!r}, which is beyond all numbers")
    return value


def integer(text: str, what: str) -> int:
    """Return one whole number; `what` names it in the message."""
    value = number(text, what)
    if not value.is_integer():
        raise PatternFileError(f"{what} is {text.strip()[:40]!r}, which is not a whole number")
    return int(value)


def numbers(text: str, what: str) -> NDArray[np.float64]:
    """Return numbers separated by blanks, commas or both."""
    if len(text) > MAX_CHARACTERS:
        raise PatternFileError(f"{what} fill {len(text)} characters; no pattern is so long")
    return number_list(text.replace(",", " ").split(), what)


def number_list(fields: list[str], what: str) -> NDArray[np.float64]:
    """Return numbers, one a field."""
    values, bad = floats(fields)
    if bad is not None:
        raise PatternFileError(f"{what} hold {fields[bad][:40]!r}, which is not a number")
    return values


def floats(fields: list[str]) -> tuple[NDArray[np.float64], int | None]:
    """Return the fields as numbers, and the position of the first that is none."""
    # Python's float takes "nan", "1_0" and other digits than ours; the characters rule them out.
    if _CHARACTERS.issuperset("".join(fields)):
        try:
            return np.array(list(map(float, fields)), dtype=np.float64), None
        except ValueError:
            pass
    bad = next((k for k, field in enumerate(fields) if not NUMBER.fullmatch(field)), None)
    return np.empty(0), bad
