"""Rigaku RAS: text with the marks *RAS_INT_START and *RAS_INT_END around each profile."""

from __future__ import annotations

from ...._numbers import integer
from ...._scan import Scan
from ...._text import Content
from ....errors import PatternFileError
from ...format import Format
from ._profile import lines_used, profile, time_per_step


def _is_ras(content: Content) -> bool:
    return content.head.startswith("*RAS_DATA_START")


def _read_ras(content: Content) -> list[Scan]:
    """Read every scan: its header, then rows of angle, counts and attenuation."""
    entries: dict[str, str] = {}
    rows: list[list[str]] | None = None
    scans: list[Scan] = []
    ended = False
    for line in content.lines:
        line = line.strip()
        if line.startswith("*RAS_INT_START"):
            rows = []
        elif line.startswith("*RAS_INT_END"):
            if rows is None:
                raise PatternFileError("a profile ends that did not begin; the file is damaged")
            scans.append(_scan(entries, rows))
            rows = None
        elif line.startswith("*RAS_HEADER_START"):
            entries = {}
        elif line.startswith("*RAS_DATA_END"):
            ended = True
        elif rows is not None:
            if line:
                rows.append(line.split())
        elif line.startswith("*"):
            name, value = (line[1:].split(maxsplit=1) + ["", ""])[:2]
            entries[name] = value.removeprefix('"').removesuffix('"').strip()
    if rows and content.text.endswith("\n") and entries.get("MEAS_DATA_COUNT") == str(len(rows)):
        # Some programs leave the end marks away; the count says that nothing is missing.
        scans.append(_scan(entries, rows))
    elif not ended:
        raise PatternFileError("the end of the data is not marked; the file is cut off")
    return scans


def _scan(entries: dict[str, str], rows: list[list[str]]) -> Scan:
    count = entries.get("MEAS_DATA_COUNT", "")
    angles, intensity = profile(rows)
    wavelength, kalpha2 = lines_used(
        entries.get("MEAS_COND_XG_WAVE_TYPE", ""),
        *(entries.get(f"HW_XG_WAVE_LENGTH_{line}", "") for line in ("ALPHA1", "ALPHA2", "BETA")),
    )
    return Scan(
        angles,
        intensity,
        axis=entries.get("MEAS_SCAN_AXIS_X_INTERNAL") or entries.get("MEAS_SCAN_AXIS_X", "2theta"),
        wavelength=wavelength,
        kalpha2=kalpha2,
        time_per_step=time_per_step(
            *(
                entries.get(f"MEAS_SCAN_{name}", "")
                for name in ("STEP", "SPEED", "SPEED_UNIT", "UNIT_Y")
            )
        ),
        n_declared=integer(count, "the number of points") if count else None,
        sample=entries.get("FILE_SAMPLE", ""),
        date=entries.get("MEAS_SCAN_START_TIME", ""),
        instrument=entries.get("HW_GONIOMETER_NAME", "").rpartition("|")[2],
        metadata={"anode": entries.get("HW_XG_TARGET_NAME", "")},
    )


RAS = Format("Rigaku RAS", (".ras",), _is_ras, _read_ras)
"""Rigaku RAS."""
