"""Text formats of older instruments: UXD, UDF, CPI and CHI."""

from __future__ import annotations

import math
import re

from xrpdsim.io._decode import check_last_line, decode_text, split_lines
from xrpdsim.io._errors import PatternFileError
from xrpdsim.io._numbers import integer, number, number_list, numbers
from xrpdsim.io._scan import Scan, even_angles

_UXD_DATA = re.compile(r"(_(?:2THETA)?(?:COUNTS|CPS))(?:\s*=.*)?", re.I)
_PHILIPS_LAMBDA = ("LabdaAlpha1", "LambdaAlpha1")


def is_uxd(content: bytes) -> bool:
    """Whether the file is Siemens or Bruker UXD."""
    return re.search(rb"^_(FILEVERSION|DRIVE)\s*=", content[:4096], re.M) is not None


def is_udf(content: bytes) -> bool:
    """Whether the file is Philips UDF."""
    return content.lstrip()[:12] == b"SampleIdent," or (
        b"DataAngleRange," in content[:4096] and b"ScanStepSize," in content[:4096]
    )


def is_cpi(content: bytes) -> bool:
    """Whether the file is Sietronics CPI."""
    return content.lstrip()[:19].upper() == b"SIETRONICS XRD SCAN"


def is_chi(content: bytes) -> bool:
    """Whether the file is CHI of FIT2D: three lines of text, a count, rows of two numbers."""
    lines = split_lines(content[:4096].decode("latin-1"))
    return (
        len(lines) > 5
        and re.fullmatch(r"\s*\d+(\s+\d+)*\s*", lines[3]) is not None
        and not any(re.match(r"\s*[+-]?[\d.]+[\s,]+[+-]?[\d.]", line) for line in lines[:3])
        and re.fullmatch(r"\s*[+-]?[\d.]\S*[\s,]+\S+\s*", lines[4]) is not None
    )


def read_uxd(content: bytes) -> list[Scan]:
    """Read ranges: entries "_NAME=value", then numbers behind _COUNTS or the like.

    Entries hold until a later range states them anew.
    """
    text = decode_text(content)
    doubts = check_last_line(text)
    entries: dict[str, str] = {}
    ranges: list[tuple[dict[str, str], str, list[str]]] = []
    data: list[str] | None = None
    for row, line in enumerate(split_lines(text), start=1):
        line = line.strip()
        if not line or line.startswith(";"):
            continue
        if match := _UXD_DATA.fullmatch(line):
            data = []
            ranges.append((dict(entries), match[1].upper(), data))
        elif line.startswith("_"):
            data = None
            name, _, value = line.partition("=")
            entries[name.strip().upper()] = value.strip().strip("'")
        elif data is not None:
            data += line.replace(",", " ").split()
        else:
            raise PatternFileError(f"line {row} is no entry and no data: {line[:60]!r}")
    scans = [_uxd_scan(*one) for one in ranges]
    if scans:
        scans[-1].doubts = doubts
    return scans


def _uxd_scan(entries: dict[str, str], kind: str, data: list[str]) -> Scan:
    values = number_list(data, "the data")
    if kind.startswith("_2THETA"):
        if values.size % 2:
            raise PatternFileError("the last row of the data lacks its counts; the file is cut off")
        angles, intensity = values[::2], values[1::2]
    else:
        start = entries.get("_START") or entries.get("_2THETA", "")
        step = number(entries.get("_STEPSIZE", ""), "_STEPSIZE")
        angles, intensity = even_angles(number(start, "_START"), step, values.size), values
    count, line = entries.get("_STEPCOUNT", ""), entries.get("_WL1", "")
    unit = 10.0 if entries.get("_WL_UNIT", "").lower() == "nm" else 1.0
    time = number(entries["_STEPTIME"], "_STEPTIME") if entries.get("_STEPTIME") else None
    return Scan(
        angles,
        intensity,
        axis=entries.get("_DRIVE", "2theta"),
        wavelength=number(line, "_WL1") * unit if line else None,
        time_per_step=None if kind.endswith("CPS") else time,
        n_declared=integer(count, "_STEPCOUNT") if count else None,
        sample=entries.get("_SAMPLE", ""),
        date=entries.get("_DATEMEASURED", ""),
        metadata={"anode": entries.get("_ANODE", "")},
    )


def read_udf(content: bytes) -> list[Scan]:
    """Read entries "Name, value, ... ,/", then counts by commas up to a slash."""
    head, mark, body = _cut_at_data(decode_text(content))
    entries = {}
    for line in head.splitlines():
        name, _, value = line.partition(",")
        entries[name.strip()] = value.strip().rstrip("/").strip().rstrip(",").strip()
    # A slash ends the counts, except in files of some converters.
    data, slash, _ = body.partition("/")
    if not mark or not (slash or body.endswith(("\n", "\r"))):
        raise PatternFileError("the counts do not end with a slash; the file is cut off")
    counts = numbers(data, "the counts")
    limits = numbers(entries.get("DataAngleRange", ""), "DataAngleRange")
    if limits.size != 2:
        raise PatternFileError("DataAngleRange is not the first and last angle")
    step = number(entries.get("ScanStepSize", ""), "ScanStepSize")
    line = next((entries[name] for name in _PHILIPS_LAMBDA if name in entries), "")
    return [
        Scan(
            even_angles(float(limits[0]), step, counts.size),
            counts,
            wavelength=number(line, "LabdaAlpha1") if line else None,
            n_declared=_steps(float(limits[0]), float(limits[1]), step),
            sample=entries.get("SampleIdent", ""),
            date=entries.get("FileDateTime", ""),
            instrument=entries.get("Diffractor", ""),
            metadata={"anode": entries.get("Anode", "")},
        )
    ]


def _cut_at_data(text: str) -> tuple[str, str, str]:
    match = re.search(r"^\s*(?:RawScan|ScanData)\s*$", text, re.M)
    return (text[: match.start()], match[0], text[match.end() :]) if match else (text, "", "")


def read_cpi(content: bytes) -> list[Scan]:
    """Read a header of fixed lines, then one count a line."""
    text = decode_text(content)
    doubts = check_last_line(text)
    lines = [line.strip() for line in split_lines(text)]
    marks = [position for position, line in enumerate(lines) if line.upper() == "SCANDATA"]
    if not marks or marks[0] < 6:
        raise PatternFileError("the file lacks its header or SCANDATA; it is cut off or damaged")
    start, end, step = (
        number(lines[row].replace(",", "."), what)
        for row, what in ((1, "the first angle"), (2, "the last angle"), (3, "the step"))
    )
    counts = number_list(
        [line.replace(",", ".") for line in lines[marks[0] + 1 :] if line], "the counts"
    )
    wavelength = number(lines[5].replace(",", "."), "the wavelength") if lines[5] else 0.0
    rest = dict(enumerate(lines[6 : marks[0]]))
    return [
        Scan(
            even_angles(start, step, counts.size),
            counts,
            wavelength=wavelength if wavelength > 0 else None,
            n_declared=_steps(start, end, step),
            sample=rest.get(2, ""),
            date=rest.get(0, ""),
            metadata={"anode": lines[4]},
            doubts=doubts,
        )
    ]


def read_chi(content: bytes) -> list[Scan]:
    """Read a title, the names of both axes and a count, then rows of two numbers."""
    text = decode_text(content)
    doubts = check_last_line(text)
    lines = [line.strip() for line in split_lines(text)]
    n_points = integer(lines[3].split()[0], "the number of points")
    rows = [line.replace(",", " ").split() for line in lines[4:] if line]
    if {len(row) for row in rows} != {2}:
        raise PatternFileError("a row is not two numbers; the file is cut off or damaged")
    axis = lines[1]
    angle = re.fullmatch(r"(?:2[\s-]*theta|two[\s-]*theta|2th)\b.*", axis, re.I)
    if angle and re.search("radian", axis, re.I):
        raise PatternFileError(f"the axis is {axis!r}; angles in degrees are needed")
    return [
        Scan(
            number_list([row[0] for row in rows], "the angles"),
            number_list([row[1] for row in rows], "the intensities"),
            axis="2theta" if angle else axis,
            n_declared=n_points,
            sample=lines[0],
            doubts=doubts,
        )
    ]


def _steps(start: float, end: float, step: float) -> int:
    if not (step > 0 and math.isfinite(start) and math.isfinite(end)):
        raise PatternFileError(
            f"the scan goes from {start:g} to {end:g} degrees in steps of {step:g}; it is damaged"
        )
    return round((end - start) / step) + 1
