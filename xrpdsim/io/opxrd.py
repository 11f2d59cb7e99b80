"""JSON as the opXRD database and the package xrdpattern write it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from xrpdsim.io._decode import decode_text
from xrpdsim.io._errors import PatternFileError
from xrpdsim.io._numbers import number
from xrpdsim.io._scan import Scan


def is_json(content: bytes) -> bool:
    """Whether the file begins as a JSON object."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def read_json(content: bytes) -> list[Scan]:
    """Read the one pattern of a file."""
    try:
        document = json.loads(decode_text(content))
        label = _object(document.get("label"))
        xray = _object(label.get("xray_info"))
        about = _object(document.get("metadata"))
        two_theta, intensity = (
            np.array([float(value) for value in document[name]])
            for name in ("two_theta_values", "intensities")
        )
    except KeyError as error:
        raise PatternFileError(f"the JSON has no {error}; it is not of opXRD") from error
    except (RecursionError, OverflowError, AttributeError, TypeError, ValueError) as error:
        if isinstance(error, PatternFileError):
            raise
        raise PatternFileError(f"the JSON is damaged or cut off ({error})") from error
    wavelength = xray.get("primary_wavelength")
    return [
        Scan(
            two_theta,
            intensity,
            wavelength=number(str(wavelength), "the wavelength") if wavelength else None,
            date=str(about.get("measurement_date") or ""),
            sample=str(about.get("filename") or ""),
            metadata={"is_simulated": label.get("is_simulated")},
        )
    ]


def _object(text: str | None) -> dict[str, Any]:
    """Return an object that is itself kept as JSON text."""
    value = json.loads(text) if text else {}
    return value if isinstance(value, dict) else {}
