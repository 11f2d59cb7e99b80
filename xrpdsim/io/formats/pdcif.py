"""Powder CIF (pdCIF), read with gemmi."""

from __future__ import annotations

import math

import gemmi
import numpy as np
from gemmi import cif
from numpy.typing import NDArray

from .._numbers import integer, last_digit, number
from .._scan import Scan, stepped_angles
from .._text import Content
from ..errors import PatternFileError
from .format import Format

# What was measured comes before what was made of it.
_INTENSITY = (
    "_pd_meas_counts_total", "_pd_meas_intensity_total", "_pd_meas_intensity_net",
    "_pd_proc_intensity_total", "_pd_proc_intensity_net",
)  # fmt: skip
_ANGLES = ("_pd_meas_2theta_scan", "_pd_meas_angle_2theta", "_pd_proc_2theta_corrected")
_RANGES = ("_pd_meas_2theta_range_", "_pd_proc_2theta_range_")


def _is_cif(content: Content) -> bool:
    """Whether the first line that is no comment begins a data block."""
    for line in content.head.split("\n"):
        if line.strip() and not line.lstrip().startswith("#"):
            return line.lower().startswith("data_")
    return False


def _read_cif(content: Content) -> list[Scan]:
    """Read every data block with a powder profile."""
    text = content.text
    try:
        document = cif.read_string(text)
    except (ValueError, RuntimeError) as error:
        if isinstance(error, PatternFileError):
            raise
        raise PatternFileError(f"the CIF is damaged or cut off ({error})") from error
    scans = [scan for block in document if (scan := _scan(block)) is not None]
    if not scans:
        raise PatternFileError(
            "the CIF holds no measured powder profile (_pd_meas_... or _pd_proc_...); a structure "
            "is no pattern"
        )
    ended = text.endswith("\n")
    if not ended and any(_may_be_cut(block, text) for block in document):
        raise PatternFileError(
            "the last number of the file is shorter than all others; it is cut off"
        )
    wavelengths = {value for block in document if (value := _wavelength(block)) is not None}
    for scan in scans:
        if scan.wavelength is None and len(wavelengths) == 1:
            scan.wavelength = next(iter(wavelengths))
    return scans


def _scan(block: cif.Block) -> Scan | None:
    tag = next((name for name in _INTENSITY if len(_values(block, name)) > 1), None)
    if tag is None:
        return None
    raw = _values(block, tag)
    values = [_value(text, tag) for text in raw]
    intensity = np.array([value for value, _ in values])
    esd = np.array([deviation for _, deviation in values])
    deviations = _values(block, tag + "_su")
    if len(deviations) == len(values):
        esd = np.array([_value(text, tag + "_su")[0] for text in deviations])
    doubts: tuple[str, ...] = ()
    if _text(block, "_diffrn_radiation_probe").lower() == "neutron":
        doubts = ("it was measured with neutrons; its intensities are not those of X-rays",)
    declared = next(
        (text for name in ("_pd_meas_number_of_points", "_pd_proc_number_of_points")
         if (text := _text(block, name)) and tag.startswith(name[:8])),
        "",
    )  # fmt: skip
    return Scan(
        _angles(block, tag, intensity.size),
        intensity,
        esd if (esd >= 0).all() and esd.any() else None,
        wavelength=_wavelength(block),
        n_declared=integer(declared, "the number of points") if declared else None,
        sample=_text(block, "_pd_phase_name") or _text(block, "_chemical_name_common"),
        date=_text(block, "_pd_meas_datetime_initiated") or _text(block, "_pd_proc_info_datetime"),
        instrument=_text(block, "_diffrn_measurement_device_type"),
        name=block.name,
        metadata={"block": block.name, "intensity": tag},
        doubts=doubts,
    )


def _may_be_cut(block: cif.Block, text: str) -> bool:
    """Whether the text ends with an intensity that is shorter than all others."""
    for tag in _INTENSITY:
        values = _values(block, tag)
        if len(values) > 5 and text.endswith(values[-1]):
            return len(values[-1]) < min(map(len, values[:-1]))
    return False


def _angles(block: cif.Block, tag: str, n_points: int) -> NDArray[np.float64]:
    for name in _ANGLES:
        column = _values(block, name)
        if len(column) == n_points:
            return np.array([_value(text, name)[0] for text in column])
    # Angles given as a range belong to the intensities of the same kind, else to the other.
    for prefix in sorted(_RANGES, key=lambda name: name[:8] != tag[:8]):
        texts = [_text(block, prefix + part) for part in ("min", "max", "inc")]
        if not all(texts):
            continue
        first, last, step = (_value(text, prefix + "min, max or inc")[0] for text in texts)
        digit = last_digit(texts[1].partition("(")[0])
        return stepped_angles(first, step, n_points, last, digit)
    raise PatternFileError(
        f"data block {block.name} has {tag} but no 2theta ({', '.join(_ANGLES)} or a range)"
    )


def _value(text: str, what: str) -> tuple[float, float]:
    """Return a number and its deviation, which CIF writes in brackets; NaN where there is none."""
    if text in (".", "?"):
        raise PatternFileError(f"{what} is not given at every point")
    value, bracket, _ = text.partition("(")
    number(value, what)
    if not bracket:
        return float(value), math.nan
    digits = text[len(value) + 1 : -1]
    if not digits.isdigit() or not text.endswith(")"):
        raise PatternFileError(f"{what} is {text[:40]!r}, which is not a number")
    mantissa, _, exponent = value.lower().partition("e")
    decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return float(value), float(f"{digits}e{-decimals}")


def _wavelength(block: cif.Block) -> float | None:
    """Return the wavelength; of several, the one of most weight: K-alpha1."""
    texts = _values(block, "_diffrn_radiation_wavelength")
    texts = [text for text in texts if text not in (".", "?")]
    if not texts:
        return None
    weights = [
        gemmi.cif.as_number(text) for text in _values(block, "_diffrn_radiation_wavelength_wt")
    ]
    if len(weights) == len(texts) and not any(map(math.isnan, weights)):
        return _value(texts[int(np.argmax(weights))], "the wavelength")[0]
    return _value(texts[0], "the wavelength")[0] if len(set(texts)) == 1 else None


def _values(block: cif.Block, tag: str) -> list[str]:
    """Return the values of a tag, spelt as in CIF 1 or as in CIF 2 (`_pd_meas.counts_total`)."""
    category = next((name for name in ("_pd_meas_", "_pd_proc_") if tag.startswith(name)), "")
    modern = tag.replace(category, category[:-1] + ".", 1) if category else tag
    return list(block.find_values(tag)) or list(block.find_values(modern))


def _text(block: cif.Block, tag: str) -> str:
    value = next(iter(_values(block, tag)), "?")
    return "" if value in (".", "?") else cif.as_string(value).strip()


PDCIF = Format("pdCIF", (".cif",), _is_cif, _read_cif)
"""Powder CIF."""
