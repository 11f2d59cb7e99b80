"""Siemens and Bruker UXD: text with entries "_NAME=value", then numbers."""

from __future__ import annotations

from ...._numbers import integer, number, number_list
from ...._scan import Scan, even_angles
from ...._text import Content, check_last_line
from ....errors import PatternFileError
from ...format import Format

_DATA = ("_COUNTS", "_CPS", "_2THETACOUNTS", "_2THETACPS")
_NO_COUNT = (
    "the file does not say how many points it has (_STEPCOUNT); whether it is complete cannot be "
    "told"
)


def _is_uxd(content: Content) -> bool:
    return any(
        line.partition("=")[1] and line.partition("=")[0].rstrip() in ("_FILEVERSION", "_DRIVE")
        for line in content.head[:4096].split("\n")
    )


def _read_uxd(content: Content) -> list[Scan]:
    """Read ranges: entries "_NAME=value", then numbers behind _COUNTS or the like.

    Entries hold until a later range states them again.
    """
    doubts = check_last_line(content.text)
    entries: dict[str, str] = {}
    ranges: list[tuple[dict[str, str], str, list[str]]] = []
    data: list[str] | None = None
    for row, line in enumerate(content.lines, start=1):
        line = line.strip()
        if not line or line.startswith(";"):
            continue
        if line.startswith("_"):
            name, _, value = line.partition("=")
            name, data = name.strip().upper(), None
            if name in _DATA:
                data = []
                ranges.append((dict(entries), name, data))
            else:
                entries[name] = value.strip().strip("'")
        elif data is not None:
            data += line.replace(",", " ").split()
        else:
            raise PatternFileError(f"line {row} is no entry and no data: {line[:60]!r}")
    scans = [_scan(*one) for one in ranges]
    if scans:
        scans[-1].doubts += doubts
    return scans


def _scan(entries: dict[str, str], kind: str, data: list[str]) -> Scan:
    values = number_list(data, "the data")
    if kind.startswith("_2THETA"):
        if values.size % 2:
            raise PatternFileError("the last row of the data lacks its counts; the file is cut off")
        angles, intensity = values[::2], values[1::2]
    else:
        start = entries.get("_START") or entries.get("_2THETA", "")
        step = number(entries.get("_STEPSIZE", ""), "_STEPSIZE")
        angles, intensity = even_angles(number(start, "_START"), step, values.size), values
    count = entries.get("_STEPCOUNT", "")
    line, second = entries.get("_WL1", ""), entries.get("_WL2", "")
    unit = 10.0 if entries.get("_WL_UNIT", "").lower() == "nm" else 1.0
    time = number(entries["_STEPTIME"], "_STEPTIME") if entries.get("_STEPTIME") else None
    return Scan(
        angles,
        intensity,
        axis=entries.get("_DRIVE", "2theta"),
        wavelength=number(line, "_WL1") * unit if line else None,
        kalpha2=number(second, "_WL2") * unit if second else None,
        time_per_step=None if kind.endswith("CPS") else time,
        n_declared=integer(count, "_STEPCOUNT") if count else None,
        doubts=() if count else (_NO_COUNT,),
        sample=entries.get("_SAMPLE", ""),
        date=entries.get("_DATEMEASURED", ""),
        metadata={"anode": entries.get("_ANODE", "")},
    )


UXD = Format("Bruker UXD", (".uxd",), _is_uxd, _read_uxd)
"""Siemens and Bruker UXD."""
