"""Numbers from text, strictly: nothing that Python or NumPy would forgive."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from xrpdsim.io._errors import PatternFileError

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


def number(text: str, what: str) -> float:
    """Return one number; `what` names it in the message."""
    if not NUMBER.fullmatch(text.strip()):
        raise PatternFileError(f"{what} is {text.strip()[:40]!r}, which is not a number")
    return float(text)


def integer(text: str, what: str) -> int:
    """Return one whole number; `what` names it in the message."""
    value = number(text, what)
    if value != int(value):
        raise PatternFileError(f"{what} is {text.strip()[:40]!r}, which is not a whole number")
    return int(value)


def numbers(text: str, what: str) -> NDArray[np.float64]:
    """Return numbers separated by blanks, commas or both."""
    return number_list(text.replace(",", " ").split(), what)


def number_list(fields: list[str], what: str) -> NDArray[np.float64]:
    """Return numbers, one a field."""
    for field in fields:
        if not NUMBER.fullmatch(field):
            raise PatternFileError(f"{what} hold {field[:40]!r}, which is not a number")
    return np.array(fields, dtype=np.float64)
