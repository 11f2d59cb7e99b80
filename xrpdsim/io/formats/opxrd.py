"""JSON as the opXRD database and the package xrdpattern write it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._numbers import number
from .._scan import Scan
from .._text import Content
from ..errors import PatternFileError
from .format import Format


def _is_json(content: Content) -> bool:
    return content.head.lstrip()[:1] == "{"


def _read_json(content: Content) -> list[Scan]:
    """Read the one pattern of a file."""
    document = _parse(content.text)
    label = _object(document.get("label"), "label")
    xray = _object(label.get("xray_info"), "xray_info")
    about = _object(document.get("metadata"), "metadata")
    wavelength = xray.get("primary_wavelength")
    return [
        Scan(
            _values(document, "two_theta_values"),
            _values(document, "intensities"),
            wavelength=None if wavelength in (None, "") else _wavelength(wavelength),
            date=str(about.get("measurement_date") or ""),
            sample=str(about.get("filename") or ""),
            metadata={"is_simulated": label.get("is_simulated")},
        )
    ]


def _parse(text: str) -> dict[str, Any]:
    """Return a JSON object; numbers are floats, and nothing beside them is a number."""
    try:
        value = json.loads(text, parse_int=float, parse_constant=_refuse_constant)
    except (RecursionError, ValueError) as error:
        if isinstance(error, PatternFileError):
            raise
        raise PatternFileError(f"the JSON is damaged or cut off ({error})") from error
    if not isinstance(value, dict):
        raise PatternFileError("the JSON is no object; it is not of opXRD")
    return value


def _refuse_constant(name: str) -> float:
    raise PatternFileError(f"the JSON holds {name}, which is not a number")


def _object(value: object, name: str) -> dict[str, Any]:
    """Return an object that is itself kept as JSON text."""
    if value in (None, ""):
        return {}
    if isinstance(value, dict):
        return value
    if not isinstance(value, str):
        raise PatternFileError(f"the JSON has {name} of type {type(value).__name__}, not text")
    return _parse(value)


def _values(document: dict[str, Any], name: str) -> NDArray[np.float64]:
    values = document.get(name)
    if not isinstance(values, list):
        raise PatternFileError(f"the JSON has no list {name!r}; it is not of opXRD")
    for row, value in enumerate(values):
        # True is no count, and "1_000" is text, though Python's float takes both.
        if type(value) is not float:
            raise PatternFileError(
                f"value {row + 1} of {name} is {str(value)[:40]!r} of type "
                f"{type(value).__name__}, not a number"
            )
    return np.array(values, dtype=np.float64)


def _wavelength(value: object) -> float:
    if not isinstance(value, float | str):
        raise PatternFileError(f"the wavelength is {str(value)[:40]!r}, which is not a number")
    return number(str(value), "the wavelength")


OPXRD = Format("opXRD JSON", (".json",), _is_json, _read_json)
"""JSON of opXRD."""
