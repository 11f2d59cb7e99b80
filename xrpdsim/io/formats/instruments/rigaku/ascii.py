"""The older ASCII format of Rigaku: entries "*NAME = value", then counts by commas."""

from __future__ import annotations

from ...._numbers import integer, last_digit, number, number_list
from ...._scan import Scan, stepped_angles
from ...._text import Content
from ....errors import PatternFileError
from ...format import Format


def _is_ascii(content: Content) -> bool:
    """Whether an early line states the type, as the first entry of the format does."""
    return any(
        line.startswith("*TYPE") and line.removeprefix("*TYPE").lstrip().startswith("=")
        for line in content.head[:4096].split("\n")
    )


def _read_ascii(content: Content) -> list[Scan]:
    """Read the groups."""
    common: dict[str, str] = {}
    entries: dict[str, str] | None = None
    values: list[str] = []
    scans: list[Scan] = []
    for line in content.lines:
        line = line.strip()
        name, equals, value = line.partition("=")
        if equals and name.startswith("*"):
            (common if entries is None else entries)[name[1:].strip()] = value.strip()
        elif line == "*BEGIN":
            entries, values = {}, []
        elif line == "*END" and entries is not None:
            scans.append(_scan({**common, **entries}, values))
            entries = None
        elif line and not line.startswith(("#", "*")) and entries is not None:
            values += line.replace(",", " ").split()
    if entries is not None or not scans:
        raise PatternFileError("no group of data is complete; the file is cut off")
    return scans


def _scan(entries: dict[str, str], values: list[str]) -> Scan:
    missing = [name for name in ("START", "STOP", "STEP", "COUNT") if name not in entries]
    if missing:
        raise PatternFileError(f"a group lacks {', '.join(missing)}")
    n_points = integer(entries["COUNT"], "the number of points")
    values = [value for value in values if value != "..."]
    if len(values) != n_points:
        raise PatternFileError(
            f"the file announces {n_points} points but holds {len(values)}; it is cut off or an "
            "excerpt"
        )
    start, step, stop = (number(entries[name], name) for name in ("START", "STEP", "STOP"))
    text, second = entries.get("WAVE_LENGTH1", ""), entries.get("WAVE_LENGTH2", "")
    return Scan(
        stepped_angles(start, step, n_points, stop, last_digit(entries["STOP"])),
        number_list(values, "the counts"),
        axis=entries.get("SCAN_AXIS", "") or "2theta",
        wavelength=number(text, "the wavelength") if text else None,
        kalpha2=number(second, "WAVE_LENGTH2") if second else None,
        sample=entries.get("SAMPLE", ""),
        date=entries.get("DATE", ""),
        metadata={"anode": entries.get("TARGET", "")},
    )


RIGAKU_ASCII = Format("Rigaku ASCII", (".asc", ".dat"), _is_ascii, _read_ascii)
"""Rigaku's older ASCII format."""
