"""Bruker BRML: a zip archive of XML; which columns of a point mean what is described in it."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import numpy as np

from ...._markup import is_zip, parse_xml, text_of, zip_members, zip_names
from ...._numbers import integer, number, numbers
from ...._scan import Scan
from ...._text import Content
from ....errors import PatternFileError
from ...format import Format

_RAW_DATA = re.compile(r"(?:.*/)?RawData(\d{1,6})\.xml")


def _is_brml(content: Content) -> bool:
    return is_zip(content.raw) and any(map(_RAW_DATA.fullmatch, zip_names(content.raw)))


def _read_brml(content: Content) -> list[Scan]:
    """Read the measured data of every raw-data document in the archive."""
    members = zip_members(content.raw, lambda name: _RAW_DATA.fullmatch(name) is not None)
    scans: list[Scan] = []
    for name in sorted(members, key=lambda name: int(_RAW_DATA.fullmatch(name)[1])):  # type: ignore[index]
        document = parse_xml(members[name])
        routes = [route for route in document.iter("DataRoute") if route.find("Datum") is not None]
        measured = [route for route in routes if route.get("RouteFlag") == "Measured"]
        scans += [_scan(route, document) for route in measured or routes]
    if not scans:
        raise PatternFileError("the archive holds no measured points; was the scan carried out?")
    return scans


def _scan(route: Element, document: Element) -> Scan:
    information = route.find("ScanInformation")
    name = ""
    if information is not None:
        name = (information.get("VisibleName") or information.get("ScanName") or "").strip()
    angle, counts = _columns(route, name)
    points = [numbers(datum.text or "", "the points") for datum in route.findall("Datum")]
    if len({point.size for point in points}) != 1:
        raise PatternFileError("the points have different numbers of values; the file is damaged")
    table = np.array(points)
    if not {angle, counts} <= set(range(table.shape[1])):
        raise PatternFileError(
            f"the points have {table.shape[1]} values, fewer than their description announces"
        )
    declared = text_of(information, "MeasurementPoints")
    steps = [step.get("MeasuredSteps") for step in route.findall("SubScans/SubScanInfo")]
    n_declared = integer(declared, "the number of points") if declared else None
    if steps and all(steps):
        # A scan that was stopped has fewer points than were planned.
        n_declared = sum(integer(step or "", "the number of steps") for step in steps)
    time = text_of(information, "TimePerStepEffective") or text_of(information, "TimePerStep")
    items = {item.get("Name"): item.get("Value", "") for item in document.iter("InfoItem")}
    return Scan(
        table[:, angle],
        table[:, counts],
        wavelength=_wavelength(document, "WaveLengthAlpha1"),
        kalpha2=_wavelength(document, "WaveLengthAlpha2"),
        time_per_step=number(time, "the time per step") if time else None,
        n_declared=n_declared,
        sample=items.get("SampleName", ""),
        date=text_of(document, "TimeStampStarted"),
        metadata={
            "scan": name,
            "anode": next((e.text or "" for e in document.iter("TubeMaterial")), ""),
        },
    )


def _columns(route: Element, scan_name: str) -> tuple[int, int]:
    """Return the columns of 2theta and of counts, which are corrected for the absorber already."""
    angle = counts = None
    axes: list[str] = []
    for view in route.findall("DataViews/RawDataView"):
        start = integer(view.get("Start", ""), "the start of a column")
        varying, recording = view.find("Varying"), view.find("Recording")
        if varying is not None and varying.get("LogicName") == "ScanAxes":
            axes = [field.get("AxisId", "") for field in varying.findall("FieldDefinitions")]
            if "TwoTheta" in axes:
                angle = start + axes.index("TwoTheta")
        elif recording is not None and counts is None:
            unit = recording.find("Unit")
            if unit is None or unit.get("Base", "Counts") == "Counts":
                counts = start
    if angle is None:
        raise PatternFileError(
            f"the scan {scan_name!r} moves {', '.join(axes) or 'no axis'}, not 2theta; this is not "
            "a powder pattern"
        )
    if counts is None:
        raise PatternFileError("no column of the points is described as counts")
    return angle, counts


def _wavelength(document: Element, name: str) -> float | None:
    for element in document.iter(name):
        return number(element.get("Value", ""), name)
    return None


BRML = Format("Bruker BRML", (".brml",), _is_brml, _read_brml)
"""Bruker BRML."""
