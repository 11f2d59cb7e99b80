"""Rigaku RAS (text), RASX (a zip archive of text and XML) and the older ASCII format."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from xrpdsim.io._decode import decode_lines
from xrpdsim.io._errors import PatternFileError
from xrpdsim.io._markup import is_zip, parse_xml, text_of, zip_members, zip_names
from xrpdsim.io._numbers import integer, number, number_list
from xrpdsim.io._scan import Scan, even_angles

_PROFILE = re.compile(r"(?:.*/)?Data(\d{1,6})/Profile\d*\.txt", re.I)
_CONDITIONS = re.compile(r"(?:.*/)?Data(\d{1,6})/Mea?surementConditions\d*\.xml", re.I)
_ENTRY = re.compile(r'\*(\S+)\s+"?(.*?)"?\s*')
_OLD_ENTRY = re.compile(r"\*(\w+)\s*=\s*(.*?)\s*")


def is_ras(content: bytes) -> bool:
    """Whether the file is Rigaku RAS."""
    return content.startswith(b"*RAS_DATA_START")


def is_rasx(content: bytes) -> bool:
    """Whether the file is a zip archive with a profile of Rigaku in it."""
    return is_zip(content) and any(_PROFILE.fullmatch(name) for name in zip_names(content))


def is_old_rigaku(content: bytes) -> bool:
    """Whether the file is Rigaku's older ASCII format, which begins with its type."""
    return re.search(rb"^\*TYPE\s*=", content[:4096], re.M) is not None


def read_ras(content: bytes) -> list[Scan]:
    """Read every scan: its header, then rows of angle, counts and attenuation."""
    entries: dict[str, str] = {}
    rows: list[list[str]] | None = None
    scans: list[Scan] = []
    ended = False
    for line in decode_lines(content):
        line = line.strip()
        if line.startswith("*RAS_INT_START"):
            rows = []
        elif line.startswith("*RAS_INT_END"):
            if rows is None:
                raise PatternFileError("a profile ends that did not begin; the file is damaged")
            scans.append(_ras_scan(entries, rows))
            rows = None
        elif line.startswith("*RAS_HEADER_START"):
            entries = {}
        elif line.startswith("*RAS_DATA_END"):
            ended = True
        elif rows is not None:
            if line:
                rows.append(line.split())
        elif entry := _ENTRY.fullmatch(line):
            entries[entry[1]] = entry[2].strip()
    if (
        rows
        and content.endswith((b"\n", b"\r"))
        and entries.get("MEAS_DATA_COUNT") == str(len(rows))
    ):
        # Some programs leave the end marks away; the count says that nothing is missing.
        scans.append(_ras_scan(entries, rows))
    elif not ended:
        raise PatternFileError("the end of the data is not marked; the file is cut off")
    return scans


def _ras_scan(entries: dict[str, str], rows: list[list[str]]) -> Scan:
    count = entries.get("MEAS_DATA_COUNT", "")
    angles, intensity = _profile(rows)
    return Scan(
        angles,
        intensity,
        axis=entries.get("MEAS_SCAN_AXIS_X_INTERNAL") or entries.get("MEAS_SCAN_AXIS_X", "2theta"),
        wavelength=_line(
            entries.get("MEAS_COND_XG_WAVE_TYPE", ""),
            entries.get("HW_XG_WAVE_LENGTH_ALPHA1", ""),
            entries.get("HW_XG_WAVE_LENGTH_BETA", ""),
        ),
        n_declared=integer(count, "the number of points") if count else None,
        sample=entries.get("FILE_SAMPLE", ""),
        date=entries.get("MEAS_SCAN_START_TIME", ""),
        instrument=entries.get("HW_GONIOMETER_NAME", "").rpartition("|")[2],
        metadata={"anode": entries.get("HW_XG_TARGET_NAME", "")},
    )


def read_rasx(content: bytes) -> list[Scan]:
    """Read every profile of the archive with the conditions beside it."""
    profiles = zip_members(content, lambda name: _PROFILE.fullmatch(name) is not None)
    conditions = {
        _CONDITIONS.fullmatch(name)[1]: parse_xml(document)  # type: ignore[index]
        for name, document in zip_members(
            content, lambda name: _CONDITIONS.fullmatch(name) is not None
        ).items()
    }
    scans = []
    for name in sorted(profiles, key=lambda name: int(_PROFILE.fullmatch(name)[1])):  # type: ignore[index]
        number_of = _PROFILE.fullmatch(name)[1]  # type: ignore[index]
        if number_of not in conditions:
            raise PatternFileError(f"the archive lacks the conditions of measurement {number_of}")
        lines = decode_lines(profiles[name])
        rows = [line.split() for line in lines if line.strip()]
        scans.append(_rasx_scan(conditions[number_of], rows))
    return scans


def _rasx_scan(conditions: Element, rows: list[list[str]]) -> Scan:
    def first(name: str) -> str:
        return next((text_of(element) for element in conditions.iter(name)), "")

    scan = conditions.find("ScanInformation")
    angles, intensity = _profile(rows)
    return Scan(
        angles,
        intensity,
        axis=text_of(scan, "AxisName") or "2theta",
        wavelength=_line(first("WaveType"), first("WavelengthKalpha1"), first("WavelengthKbeta")),
        sample=first("SampleName"),
        date=text_of(scan, "StartTime"),
        metadata={"anode": first("TargetName")},
    )


def _profile(rows: list[list[str]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return angles and intensities; the third column is the factor of the attenuator."""
    if {len(row) for row in rows} != {3}:
        raise PatternFileError("a profile has rows that are not angle, intensity and attenuation")
    angles, counts, factors = (
        number_list([row[position] for row in rows], "the profile") for position in range(3)
    )
    return angles, counts * factors


def _line(kind: str, alpha1: str, beta: str) -> float | None:
    text = beta if kind.lower().startswith("kb") else alpha1
    value = number(text, "the wavelength") if text else 0.0
    return value if value > 0 else None


def read_old_rigaku(content: bytes) -> list[Scan]:
    """Read the groups of the older format: entries "*NAME = value", then counts by commas."""
    common: dict[str, str] = {}
    entries: dict[str, str] | None = None
    values: list[str] = []
    scans: list[Scan] = []
    for line in decode_lines(content):
        line = line.strip()
        if entry := _OLD_ENTRY.fullmatch(line):
            (common if entries is None else entries)[entry[1]] = entry[2]
        elif line == "*BEGIN":
            entries, values = {}, []
        elif line == "*END" and entries is not None:
            scans.append(_old_scan({**common, **entries}, values))
            entries = None
        elif line and not line.startswith(("#", "*")) and entries is not None:
            values += line.replace(",", " ").split()
    if entries is not None or not scans:
        raise PatternFileError("no group of data is complete; the file is cut off")
    return scans


def _old_scan(entries: dict[str, str], values: list[str]) -> Scan:
    missing = [name for name in ("START", "STEP", "COUNT") if name not in entries]
    if missing:
        raise PatternFileError(f"a group lacks {', '.join(missing)}")
    n_points = integer(entries["COUNT"], "the number of points")
    values = [value for value in values if value != "..."]
    if len(values) != n_points:
        raise PatternFileError(
            f"the file announces {n_points} points but holds {len(values)}; it is cut off or an "
            "excerpt"
        )
    text = entries.get("WAVE_LENGTH1", "")
    return Scan(
        even_angles(number(entries["START"], "START"), number(entries["STEP"], "STEP"), n_points),
        number_list(values, "the counts"),
        axis=entries.get("SCAN_AXIS", "") or "2theta",
        wavelength=number(text, "the wavelength") if text else None,
        sample=entries.get("SAMPLE", ""),
        date=entries.get("DATE", ""),
        metadata={"anode": entries.get("TARGET", "")},
    )
