"""Rigaku RASX: a zip archive of text and XML."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from ...._markup import is_zip, parse_xml, text_of, zip_members, zip_names
from ...._scan import Scan
from ...._text import Content
from ....errors import PatternFileError
from ...format import Format
from ._profile import lines_used, profile, time_per_step

_PROFILE = re.compile(r"(?:.*/)?Data(\d{1,6})/Profile\d*\.txt", re.I)
_CONDITIONS = re.compile(r"(?:.*/)?Data(\d{1,6})/Mea?surementConditions\d*\.xml", re.I)


def _is_rasx(content: Content) -> bool:
    return is_zip(content.raw) and any(map(_PROFILE.fullmatch, zip_names(content.raw)))


def _read_rasx(content: Content) -> list[Scan]:
    """Read every profile of the archive with the conditions beside it."""
    profiles = _numbered(content.raw, _PROFILE)
    conditions = _numbered(content.raw, _CONDITIONS)
    scans = []
    for number in sorted(profiles, key=int):
        if number not in conditions:
            raise PatternFileError(f"the archive lacks the conditions of measurement {number}")
        lines = Content(profiles[number]).lines
        rows = [line.split() for line in lines if line.strip()]
        scans.append(_scan(parse_xml(conditions[number]), rows))
    return scans


def _numbered(content: bytes, names: re.Pattern[str]) -> dict[str, bytes]:
    """Return the members of these names by the number of their measurement."""
    members = zip_members(content, lambda name: names.fullmatch(name) is not None)
    found: dict[str, bytes] = {}
    for name, member in members.items():
        match = names.fullmatch(name)
        number = match[1] if match else ""
        if number in found:
            raise PatternFileError(f"the archive holds measurement {number} twice")
        found[number] = member
    return found


def _scan(conditions: Element, rows: list[list[str]]) -> Scan:
    def first(name: str) -> str:
        return next((text_of(element) for element in conditions.iter(name)), "")

    scan = conditions.find("ScanInformation")
    angles, intensity = profile(rows)
    names = ("WaveType", "WavelengthKalpha1", "WavelengthKalpha2", "WavelengthKbeta")
    wavelength, kalpha2 = lines_used(*map(first, names))
    return Scan(
        angles,
        intensity,
        axis=text_of(scan, "AxisName") or "2theta",
        wavelength=wavelength,
        kalpha2=kalpha2,
        time_per_step=time_per_step(
            *(text_of(scan, name) for name in ("Step", "Speed", "SpeedUnit", "IntensityUnit"))
        ),
        sample=first("SampleName"),
        date=text_of(scan, "StartTime"),
        metadata={"anode": first("TargetName")},
    )


RASX = Format("Rigaku RASX", (".rasx",), _is_rasx, _read_rasx)
"""Rigaku RASX."""
