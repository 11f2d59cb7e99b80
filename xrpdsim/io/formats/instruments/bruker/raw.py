"""Bruker and Siemens RAW, versions 1 to 4.

Layouts as described in the user manual of DIFFRACplus XCH (appendix A) for versions 1 to 3 and
as found by the authors of xylib for version 4; all were checked on real files. Offsets are in
bytes, numbers little-endian.
"""

from __future__ import annotations

from collections.abc import Callable

from ...._binary import check_rest, column, text_field, unpack
from ...._scan import Scan, check_count, even_angles
from ....errors import PatternFileError
from ...format import Format

MAX_RANGES = 10_000

# Version 3 writes the kind of a scan as a number.
_SCAN_TYPES = {
    0: "locked coupled", 1: "unlocked coupled", 2: "detector scan", 3: "rocking curve",
    4: "chi", 5: "phi", 6: "x", 7: "y", 8: "z", 9: "aux1", 10: "aux2", 11: "aux3", 12: "psi",
    13: "hkl", 14: "reciprocal space", 20: "unlocked coupled", 129: "psd fixed scan",
    130: "psd fast scan",
}  # fmt: skip


def _read_raw1(content: bytes) -> list[Scan]:
    """Read version 1: headers of 156 bytes, each followed by its counts."""
    scans: list[Scan] = []
    start, following = 0, 1
    while following:
        if len(scans) == MAX_RANGES:
            raise PatternFileError(
                f"the file announces more than {MAX_RANGES} ranges; it is damaged"
            )
        # Early files do not repeat the mark before further ranges.
        if content[start : start + 4] != b"RAW ":
            start -= 4
        n_points, time, step = unpack("Iff", content, start + 4)
        (two_theta,) = unpack("f", content, start + 24)
        alpha1, alpha2 = unpack("ff", content, start + 72)
        (following,) = unpack("I", content, start + 152)
        counts = column(content, start + 156, n_points, "<f4")
        scans.append(
            Scan(
                even_angles(_decimal(two_theta), _decimal(step), n_points),
                counts,
                wavelength=_wavelength(_decimal(alpha1)),
                kalpha2=alpha2,
                time_per_step=_decimal(time) if time > 0 else None,
                sample=text_field(content, start + 40, 32),
            )
        )
        start += 156 + 4 * n_points
    check_rest(content, start)
    return scans


def _read_raw2(content: bytes) -> list[Scan]:
    """Read version 2: a header of 256 bytes, then ranges whose headers tell their length."""
    (n_ranges,) = unpack("H", content, 4)
    alpha1, alpha2 = unpack("ff", content, 190)
    _check_ranges(n_ranges)
    scans, start = [], 256
    for _ in range(n_ranges):
        header, n_points = unpack("HH", content, start)
        time, step, two_theta = unpack("fff", content, start + 8)
        if header < 48:
            raise PatternFileError(
                f"a range header of {header} bytes is too short; the file is damaged"
            )
        scans.append(
            Scan(
                even_angles(_decimal(two_theta), _decimal(step), n_points),
                column(content, start + header, n_points, "<f4"),
                wavelength=_wavelength(_decimal(alpha1)),
                kalpha2=alpha2,
                time_per_step=_decimal(time) if time > 0 else None,
                sample=text_field(content, 8, 32),
                date=f"{text_field(content, 168, 10)} {text_field(content, 178, 10)}".strip(),
                metadata={"anode": text_field(content, 188, 2)},
            )
        )
        start += header + 4 * n_points
    check_rest(content, start)
    return scans


def _read_raw3(content: bytes) -> list[Scan]:
    """Read version 3 ("1.01"): a header of 712 bytes, then ranges that may store angles."""
    (n_ranges,) = unpack("i", content, 12)
    _check_ranges(n_ranges)
    lines = unpack("dddd", content, 616)
    scans, start = [], 712
    for _ in range(n_ranges):
        header, n_points = unpack("ii", content, start)
        (two_theta,) = unpack("d", content, start + 16)
        (step,) = unpack("d", content, start + 176)
        time, code = unpack("fi", content, start + 192)
        (used,) = unpack("d", content, start + 240)
        varying, record, extra = unpack("IiI", content, start + 248)
        if header < 260 or record != 4 + 8 * varying.bit_count():
            raise PatternFileError(
                f"a range header of {header} bytes and records of {record} bytes do not fit "
                "together; the file is damaged"
            )
        first = start + header + extra
        check_count(n_points)
        counts = column(content, first, n_points, "<f4", record)
        # Bit 0: the angle was stored with every point, right behind its count.
        angles = (
            column(content, first + 4, n_points, "<f8", record)
            if varying & 1
            else even_angles(two_theta, step, n_points)
        )
        scans.append(
            Scan(
                angles,
                counts,
                axis=_SCAN_TYPES.get(code, f"scan type {code}"),
                wavelength=_used_wavelength(used, lines),
                kalpha2=_kalpha2(used, lines),
                time_per_step=_decimal(time) if time > 0 else None,
                sample=text_field(content, 326, 60),
                date=f"{text_field(content, 16, 10)} {text_field(content, 26, 10)}".strip(),
                metadata={"anode": text_field(content, 608, 4)},
            )
        )
        start = first + record * n_points
    check_rest(content, start)
    return scans


def _read_raw4(content: bytes) -> list[Scan]:
    """Read version 4: segments of many kinds, and ranges wherever one begins with 0 or 160."""
    scans: list[Scan] = []
    entries: dict[str, str] = {}
    lines: tuple[float, ...] = ()
    anode = ""
    date = f"{text_field(content, 12, 12)} {text_field(content, 24, 10)}".strip()
    start, n_segments = 61, 0
    # Zeros may follow the last range.
    end = len(content.rstrip(b"\0"))
    while start < end:
        (kind,) = unpack("I", content, start)
        if kind in (0, 160):
            scan, start = _raw4_range(content, start, lines)
            scans.append(scan)
            if len(scans) > MAX_RANGES:
                raise PatternFileError(
                    f"the file holds more than {MAX_RANGES} ranges; it is damaged"
                )
            continue
        n_segments += 1
        (length,) = unpack("I", content, start + 4)
        if length < 8 or start + length > len(content) or n_segments > MAX_RANGES:
            raise PatternFileError(
                f"a segment of {length} bytes at byte {start} does not fit into the file; it is "
                "cut off or damaged"
            )
        if kind == 10 and length >= 36:
            entries[text_field(content, start + 12, 24)] = text_field(
                content, start + 36, length - 36
            )
        elif kind == 30 and length >= 120:
            lines = unpack("dddd", content, start + 72)
            anode = text_field(content, start + 116, 4)
        start += length
    for scan in scans:
        scan.sample = entries.get("SAMPLEID", "")
        scan.date = date
        scan.metadata = {**scan.metadata, "anode": anode} if anode else scan.metadata
    return scans


def _raw4_range(content: bytes, start: int, lines: tuple[float, ...]) -> tuple[Scan, int]:
    two_theta, step, n_points, time = unpack("ddIf", content, start + 72)
    (used,) = unpack("d", content, start + 112)
    size, header = unpack("II", content, start + 136)
    first = start + 160 + header
    if size < 4 or size > 4096:
        raise PatternFileError(f"points of {size} bytes are implausible; the file is damaged")
    scan = Scan(
        even_angles(two_theta, step, n_points),
        column(content, first, n_points, "<f4", size),
        axis=text_field(content, start + 32, 24),
        wavelength=_used_wavelength(used, lines),
        kalpha2=_kalpha2(used, lines),
        time_per_step=_decimal(time) if time > 0 else None,
    )
    return scan, first + size * n_points


def _check_ranges(n_ranges: int) -> None:
    if not 1 <= n_ranges <= MAX_RANGES:
        raise PatternFileError(f"the header announces {n_ranges} ranges; the file is damaged")


def _decimal(value: float) -> float:
    """Undo the binary rounding of a four-byte number: 0.02 was written, not 0.0199999995."""
    return float(f"{value:.7g}")


def _wavelength(value: float) -> float | None:
    return value if value > 0 else None


def _used_wavelength(used: float, lines: tuple[float, ...]) -> float | None:
    """Return K-alpha1 where the scan was made with the K-alpha doublet, else what was used.

    `lines` holds the mean of the doublet, K-alpha1, K-alpha2 and K-beta, zero if not known.
    """
    if len(lines) == 4 and lines[1] > 0 and abs(used - lines[1]) < 2e-3 * lines[1]:
        return _decimal(lines[1])
    if used > 0:
        return _decimal(used)
    return _decimal(lines[1]) if len(lines) == 4 and lines[1] > 0 else None


def _kalpha2(used: float, lines: tuple[float, ...]) -> float | None:
    """Return K-alpha2 where `_used_wavelength` returns K-alpha1."""
    is_alpha1 = len(lines) == 4 and _used_wavelength(used, lines) == _decimal(lines[1])
    return lines[2] if is_alpha1 else None


def _format(name: str, mark: bytes, read: Callable[[bytes], list[Scan]]) -> Format:
    return Format(
        name,
        (".raw",),
        lambda content: content.raw.startswith(mark),
        lambda content: read(content.raw),
    )


RAW1 = _format("Bruker RAW1", b"RAW ", _read_raw1)
"""Version 1."""
RAW2 = _format("Bruker RAW2", b"RAW2", _read_raw2)
"""Version 2."""
RAW3 = _format("Bruker RAW1.01", b"RAW1.01", _read_raw3)
"""Version 3, which calls itself 1.01."""
RAW4 = _format("Bruker RAW4", b"RAW4.00", _read_raw4)
"""Version 4."""
