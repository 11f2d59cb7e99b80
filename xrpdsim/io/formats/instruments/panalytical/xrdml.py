"""PANalytical XRDML, versions 1.0 to 2.3."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from ...._markup import parse_xml, text_of
from ...._numbers import last_digit, number, numbers
from ...._scan import Scan, check_count
from ...._text import Content
from ....errors import PatternFileError
from ...format import Format

_COUPLED = ("Gonio", "2Theta-Omega", "Omega-2Theta")


def _is_xrdml(content: Content) -> bool:
    """Whether the file is XML with the root of XRDML; without a mark, UTF-16 has NUL bytes."""
    return "<xrdMeasurements" in content.head[:16384].replace("\0", "")


def _read_xrdml(content: Content) -> list[Scan]:
    """Read all scans of all measurements."""
    root = parse_xml(content.raw)
    sample = text_of(root, "sample/name") or text_of(root, "sample/id")
    return [
        _scan(scan, measurement, sample)
        for measurement in root.iter("xrdMeasurement")
        for scan in measurement.iter("scan")
    ]


def _scan(scan: Element, measurement: Element, sample: str) -> Scan:
    axis = scan.get("scanAxis", "")
    points = scan.find("dataPoints")
    if points is None:
        raise PatternFileError("a scan has no data points; the measurement was not carried out")
    intensity, time = _intensity(points)
    angles, doubts = _angles(points, axis, intensity.size)
    return Scan(
        angles,
        intensity,
        axis=axis or "2theta",
        wavelength=_wavelength(measurement),
        kalpha2=_kalpha2(measurement),
        time_per_step=time,
        sample=sample,
        date=text_of(scan, "header/startTimeStamp"),
        instrument=text_of(scan, "header/source/instrumentControlSoftware"),
        metadata={
            "status": scan.get("status", ""),
            "anode": text_of(measurement, "incidentBeamPath/xRayTube/anodeMaterial"),
        },
        doubts=doubts,
    )


def _angles(
    points: Element, axis: str, n_points: int
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return the angles, and what is doubtful about them."""
    for positions in points.iter("positions"):
        if positions.get("axis") != "2Theta":
            continue
        if positions.find("listPositions") is not None:
            return numbers(text_of(positions, "listPositions"), "the 2Theta positions"), ()
        if positions.find("commonPosition") is not None:
            raise PatternFileError(
                f"2theta stood still at {text_of(positions, 'commonPosition')} degrees while "
                f"{axis or 'another axis'} moved; this is not a powder pattern"
            )
        start, end = (text_of(positions, name) for name in ("startPosition", "endPosition"))
        first, last = number(start, "the start of 2Theta"), number(end, "the end of 2Theta")
        check_count(n_points)
        if not (abs(first) <= 180 and abs(last) <= 180):
            raise PatternFileError(
                f"2Theta goes from {first:g} to {last:g} degrees; it lies within 180 degrees"
            )
        if axis in _COUPLED:
            _check_omega(points, first, last)
        digit = float(np.clip(max(last_digit(start), last_digit(end)), 1e-9, 1e-4))
        return np.linspace(first, last, n_points), _doubts(first, last, n_points, digit)
    raise PatternFileError(f"a scan of axis {axis!r} has no 2Theta positions")


def _check_omega(points: Element, first: float, last: float) -> None:
    """Compare 2theta with omega, which goes half as far in a coupled scan."""
    for positions in points.iter("positions"):
        texts = [text_of(positions, name) for name in ("startPosition", "endPosition")]
        if positions.get("axis") != "Omega" or not all(texts):
            continue
        start, end = (number(text, "a position of Omega") for text in texts)
        if abs((last - first) - 2 * (end - start)) > 1e-3:
            raise PatternFileError(
                f"2Theta goes from {first:g} to {last:g} degrees, but Omega, which is coupled to "
                f"it, from {start:g} to {end:g}; the file is damaged"
            )


def _doubts(first: float, last: float, n_points: int, digit: float) -> tuple[str, ...]:
    """Warn of a step that no instrument makes: counts may be lost, and nothing says how many.

    XRDML states start and end, never the step or the number of points. Steps are whole multiples
    of 0.0001 degrees, or a scan begins half a step behind a round angle, or the step is exact in
    the digits of the positions.
    """
    step = (last - first) / (n_points - 1)
    off_grid = abs(step - round(step, 4)) * (n_points - 1)
    begin = first - step / 2
    round_to = 0.001 if digit < 1e-6 else 0.005
    off_begin = abs(begin - round_to * round(begin / round_to))
    off_digits = abs(step / digit - round(step / digit)) * (n_points - 1)
    if off_grid <= digit or off_begin <= digit or off_digits <= 1:
        return ()
    return (
        f"{n_points} counts from {first:g} to {last:g} degrees make steps of {step:.8g}, which is "
        "unusual; if counts are missing, all angles are wrong",
    )


def _intensity(points: Element) -> tuple[NDArray[np.float64], float | None]:
    """Return what the detector would have counted without attenuator, and for how many seconds.

    Where the times of the points vary, that is one second for each. "intensities" (versions before
    2) are corrected for the attenuator already, "counts" are not.
    """
    if points.find("counts") is not None:
        values = numbers(text_of(points, "counts"), "the counts")
        factors = _same_length(points, "beamAttenuationFactors", values.size)
        values = values if factors is None else values * factors
    elif points.find("intensities") is not None:
        values = numbers(text_of(points, "intensities"), "the intensities")
    else:
        raise PatternFileError("a scan has neither counts nor intensities")
    times = _same_length(points, "countingTimes", values.size)
    if times is not None and (times <= 0).any():
        raise PatternFileError("a counting time is not positive; the file is damaged")
    if times is None:
        return values, _common_time(points)
    if np.ptp(times) == 0:
        return values, float(times[0])
    return values / times, 1.0


def _same_length(points: Element, name: str, n_points: int) -> NDArray[np.float64] | None:
    if points.find(name) is None:
        return None
    values = numbers(text_of(points, name), name)
    if values.size != n_points:
        raise PatternFileError(
            f"there are {n_points} intensities but {values.size} {name}; the file is damaged"
        )
    return values


def _common_time(points: Element) -> float | None:
    text = text_of(points, "commonCountingTime")
    return number(text, "the counting time") if text else None


def _wavelength(measurement: Element) -> float | None:
    used = measurement.find("usedWavelength")
    if used is None:
        return None
    beta = "beta" in used.get("intended", "").lower()
    text = text_of(used, "kBeta" if beta else "kAlpha1")
    value = number(text, "the wavelength") if text else 0.0
    return value if value > 0 else None


def _kalpha2(measurement: Element) -> float | None:
    used = measurement.find("usedWavelength")
    text = text_of(used, "kAlpha2")
    is_beta = used is not None and "beta" in used.get("intended", "").lower()
    return number(text, "K-alpha2") if text and not is_beta else None


XRDML = Format("PANalytical XRDML", (".xrdml",), _is_xrdml, _read_xrdml)
"""PANalytical XRDML."""
