"""Numbers from text, strictly: nothing that Python or NumPy would forgive.

Every reader takes its numbers from here.
"""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

from .errors import PatternFileError

# The possessive quantifiers keep the time linear in the length, whatever follows the digits.
NUMBER = r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?"
_NUMBER = re.compile(NUMBER)

MAX_CHARACTERS = 16 * 2**20
MAX_DIGITS = 400
_CHARACTERS = frozenset("0123456789.+-eE")


# "1,5406", but neither "1,2" nor a list of longer numbers.
_DECIMAL_COMMA = re.compile(r"(?<![\w.,])([0-9]),([0-9]{3,9})(?![0-9.]|,[0-9])")


def with_decimal_points(text: str) -> str:
    """Return headings with a point where a figure below ten has a decimal comma."""
    return _DECIMAL_COMMA.sub(r"\1.\2", text) if "," in text else text


def is_number(text: str) -> bool:
    """Whether a field is a number, with a decimal point if with any."""
    return len(text) <= MAX_DIGITS and _NUMBER.fullmatch(text) is not None


def number(text: str, what: str) -> float:
    """Return one number; `what` names it in the message."""
    text = text.strip()
    if not is_number(text):
        raise PatternFileError(f"{what} is {text[:40]!r}, which is not a number")
    value = float(text)
    if not math.isfinite(value):
        raise PatternFileError(f"{what} is {text[:40]!r}, which is beyond all numbers")
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
    longest = max(map(len, fields), default=0)
    if longest <= MAX_DIGITS and _CHARACTERS.issuperset("".join(fields)):
        try:
            return np.array(list(map(float, fields)), dtype=np.float64), None
        except ValueError:
            pass
    bad = next((k for k, field in enumerate(fields) if not is_number(field)), None)
    return np.empty(0), bad


def last_digit(text: str) -> float:
    """Return what one unit of the last written digit of a number is worth.

    Examples
    --------
    >>> last_digit("41.750"), last_digit("8"), last_digit("1.5e-1")
    (0.001, 1.0, 0.01)
    """
    mantissa, _, exponent = text.strip().lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return float(f"1e{int(exponent or 0) - decimals}")
