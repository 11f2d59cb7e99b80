"""PANalytical XRDML, versions 1.0 to 2.3."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from xrpdsim.io._errors import PatternFileError
from xrpdsim.io._markup import parse_xml, text_of
from xrpdsim.io._numbers import number, numbers
from xrpdsim.io._scan import Scan


def is_xrdml(content: bytes) -> bool:
    """Whether the file is XML with the root of XRDML."""
    # Without NUL bytes, UTF-16 looks as UTF-8 does.
    return b"<xrdMeasurements" in content[:8192].replace(b"\0", b"")


def read_xrdml(content: bytes) -> list[Scan]:
    """Read all scans of all measurements."""
    root = parse_xml(content)
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
    intensity = _intensity(points)
    return Scan(
        _angles(points, axis, intensity.size),
        intensity,
        axis=axis or "2theta",
        wavelength=_wavelength(measurement),
        time_per_step=_common_time(points),
        sample=sample,
        date=text_of(scan, "header/startTimeStamp"),
        instrument=text_of(scan, "header/source/instrumentControlSoftware"),
        metadata={
            "status": scan.get("status", ""),
            "anode": text_of(measurement, "incidentBeamPath/xRayTube/anodeMaterial"),
        },
    )


def _angles(points: Element, axis: str, n_points: int) -> NDArray[np.float64]:
    for positions in points.iter("positions"):
        if positions.get("axis") != "2Theta":
            continue
        if positions.find("listPositions") is not None:
            return numbers(text_of(positions, "listPositions"), "the list of 2Theta positions")
        if positions.find("commonPosition") is not None:
            raise PatternFileError(
                f"2theta stood still at {text_of(positions, 'commonPosition')} degrees while "
                f"{axis or 'another axis'} moved; this is not a powder pattern"
            )
        first = number(text_of(positions, "startPosition"), "the start of 2Theta")
        last = number(text_of(positions, "endPosition"), "the end of 2Theta")
        return np.linspace(first, last, n_points)
    raise PatternFileError(f"a scan of axis {axis!r} has no 2Theta positions")


def _intensity(points: Element) -> NDArray[np.float64]:
    """Return what the detector would have counted without attenuator, per second if times vary.

    "intensities" (versions before 2) are corrected for the attenuator already, "counts" are not.
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
    return values if times is None or np.ptp(times) == 0 else values / times


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
