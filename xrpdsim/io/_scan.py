"""What a reader hands over, the gates it must pass, and how ranges become one pattern."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xrpdsim.io._errors import PatternFileError
from xrpdsim.patterns import Pattern

MIN_POINTS = 3
MAX_POINTS = 1_000_000
MAX_INTENSITY = 1e15

# Names of scans that move 2theta, stripped to letters and digits, as instruments write them.
_TWO_THETA_AXES = {
    "2theta", "twotheta", "2th", "tth", "2thetascan", "twothetascan", "detectorscan", "gonio",
    "2thetatheta", "twothetatheta", "theta2theta", "thetatwotheta", "thth", "tththeta",
    "2thetaomega", "twothetaomega", "omega2theta", "omegatwotheta",
    "coupledtwothetatheta", "coupled2thetatheta", "coupledthetatwotheta", "coupledtheta2theta",
    "coupled", "lockedcoupled", "unlockedcoupled", "psdfixedscan", "psdfastscan",
    "psdfixed", "psdfast",
}  # fmt: skip


@dataclass
class Scan:
    """One range of a file, as its reader found it and before the gates.

    `wavelength` is in angstrom and None where the file does not say; `time_per_step` is in
    seconds; `n_declared` is the number of points that the file announces, where it does; `name`
    tells the scans of a file apart; `doubts` are what its reader wants to warn of.
    """

    two_theta: ArrayLike
    intensity: ArrayLike
    esd: ArrayLike | None = None
    axis: str = "2theta"
    name: str = ""
    wavelength: float | None = None
    time_per_step: float | None = None
    n_declared: int | None = None
    sample: str = ""
    date: str = ""
    instrument: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()


def moves_two_theta(axis: str) -> bool:
    """Say whether a scan axis, as files name it, is 2theta or 2theta coupled with theta."""
    name = axis.lower().replace("θ", "theta").replace("ω", "omega")
    return re.sub(r"[^0-9a-z]", "", name) in _TWO_THETA_AXES


def even_angles(start: float, step: float, n_points: int) -> NDArray[np.float64]:
    """Return `n_points` angles from `start` in equal steps; refuse counts beyond reason."""
    check_count(n_points)
    if not (np.isfinite(start) and np.isfinite(step) and step > 0):
        raise PatternFileError(
            f"the scan starts at {start} in steps of {step}; both must be "
            "numbers and the step positive"
        )
    return start + step * np.arange(n_points, dtype=np.float64)


def check_count(n_points: int) -> None:
    """Refuse a number of points that no powder pattern has."""
    if not MIN_POINTS <= n_points <= MAX_POINTS:
        raise PatternFileError(
            f"{n_points} points are not a powder pattern; between {MIN_POINTS} and {MAX_POINTS} "
            "are plausible"
        )


def check_scan(scan: Scan) -> None:
    """Let only a plausible scan pass.

    Raises
    ------
    PatternFileError
        If the scan axis is not 2theta, the declared number of points is not the number read, or
        numbers are not finite, not increasing or beyond reason.
    """
    if not moves_two_theta(scan.axis):
        raise PatternFileError(
            f"the scan axis is {scan.axis!r}, not 2theta or a coupled theta/2theta; this is not a "
            "powder pattern"
        )
    two_theta = np.asarray(scan.two_theta, dtype=np.float64)
    columns = {"2theta": two_theta, "intensity": np.asarray(scan.intensity, dtype=np.float64)}
    if scan.esd is not None:
        columns["esd"] = np.asarray(scan.esd, dtype=np.float64)
    if scan.n_declared is not None and scan.n_declared != two_theta.size:
        raise PatternFileError(
            f"the file announces {scan.n_declared} points but holds {two_theta.size}; it may be "
            "cut off"
        )
    for name, values in columns.items():
        if values.shape != two_theta.shape:
            raise PatternFileError(
                f"there are {two_theta.size} angles but {values.size} values of {name}; the file "
                "may be cut off"
            )
        bad = ~(np.abs(values) <= MAX_INTENSITY)
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise PatternFileError(
                f"{name} of point {row + 1} is {values[row]}; the file is damaged"
            )
    check_count(two_theta.size)
    if not (np.abs(two_theta) <= 180).all():
        raise PatternFileError(
            f"the angles run from {two_theta.min():g} to {two_theta.max():g}; 2theta lies within "
            "180 degrees"
        )
    steps = np.diff(two_theta)
    if not (steps > 0).all():
        row = int(np.flatnonzero(steps <= 0)[0])
        raise PatternFileError(
            f"2theta must increase, but goes from {two_theta[row]:g} to {two_theta[row + 1]:g} "
            f"degrees at point {row + 2}"
        )
    _check_displaced_point(two_theta, steps)


def _check_displaced_point(two_theta: NDArray[np.float64], steps: NDArray[np.float64]) -> None:
    """Refuse an evenly stepped scan in which a single point lies elsewhere: a damaged number."""
    step = float(np.median(steps))
    even = np.abs(steps - step) < 0.02 * step
    if even.size < 20 or even.sum() < even.size - 2 or even.all():
        return
    pairs = np.flatnonzero(~even[:-1] & ~even[1:])
    for first in pairs:
        if abs(steps[first] + steps[first + 1] - 2 * step) < 0.04 * step:
            raise PatternFileError(
                f"2theta of point {first + 2} is {two_theta[first + 1]:g}, out of line in a scan "
                f"with steps of {step:.4g} degrees; the file is damaged"
            )


def describe_scans(scans: Sequence[Scan]) -> str:
    """List scans by number, angles and points, for a message."""
    return "; ".join(
        f"{' '.join(filter(None, [str(number), scan.name]))}: {np.min(scan.two_theta):g} to "
        f"{np.max(scan.two_theta):g} degrees, "
        f"{np.size(scan.two_theta)} points"
        for number, scan in enumerate(scans[:20])
    ) + ("; ..." if len(scans) > 20 else "")


def to_pattern(scan: Scan, source: str, format: str) -> Pattern:
    """Turn one checked scan into a pattern."""
    return Pattern(
        np.asarray(scan.two_theta, dtype=np.float64),
        np.asarray(scan.intensity, dtype=np.float64),
        wavelength=scan.wavelength,
        esd=None if scan.esd is None else np.asarray(scan.esd, dtype=np.float64),
        scan_axis=scan.axis,
        sample=scan.sample,
        date=scan.date,
        instrument=scan.instrument,
        source=source,
        metadata={"format": format, **scan.metadata},
    )


def measured_ranges(two_theta: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    """Return first and last angle of every stretch between gaps.

    A gap is a step more than five times as wide as the median and as both its neighbours.
    """
    steps = np.diff(two_theta)
    around = np.concatenate([[0.0], steps, [0.0]])
    widest = np.maximum(np.maximum(around[:-2], around[2:]), np.median(steps))
    gaps = np.flatnonzero(steps > 5 * widest)
    firsts = two_theta[np.concatenate([[0], gaps + 1])]
    lasts = two_theta[np.concatenate([gaps, [len(two_theta) - 1]])]
    return tuple(zip(firsts.tolist(), lasts.tolist(), strict=True))


def join_scans(scans: Sequence[Scan]) -> tuple[Scan, tuple[tuple[float, float], ...]]:
    """Join ranges that follow each other into one scan.

    Ranges counted for different times are brought to counts per second.

    Returns
    -------
    scan : Scan
    ranges : tuple of (float, float)
        First and last angle of each.

    Raises
    ------
    PatternFileError
        If ranges overlap by more than the point they share, or differ in wavelength.
    """
    if len(scans) == 1:
        return scans[0], measured_ranges(np.asarray(scans[0].two_theta, dtype=np.float64))
    ordered = sorted(scans, key=lambda scan: float(np.asarray(scan.two_theta)[0]))
    if len({scan.wavelength for scan in ordered}) > 1:
        raise PatternFileError(
            f"the file holds {len(scans)} scans at different wavelengths "
            f"({describe_scans(scans)}); pick one with scan="
        )
    times = {scan.time_per_step for scan in ordered}
    per_second = len(times) > 1 and all(times)
    angles: list[NDArray[np.float64]] = []
    counts: list[NDArray[np.float64]] = []
    esds: list[NDArray[np.float64]] = []
    ranges: list[tuple[float, float]] = []
    last = -np.inf
    for scan in ordered:
        angle = np.asarray(scan.two_theta, dtype=np.float64)
        scale = 1.0 if not per_second else 1.0 / float(scan.time_per_step or 1.0)
        ranges += measured_ranges(angle)
        # Neighbouring ranges often share the point where one ends and the next begins.
        shared = int(abs(angle[0] - last) < 1e-6)
        if angle[shared] <= last:
            raise PatternFileError(
                f"the file holds {len(scans)} scans that overlap ({describe_scans(scans)}); pick "
                "one with scan="
            )
        angles.append(angle[shared:])
        counts.append(np.asarray(scan.intensity, dtype=np.float64)[shared:] * scale)
        if scan.esd is not None:
            esds.append(np.asarray(scan.esd, dtype=np.float64)[shared:] * scale)
        last = float(angle[-1])
    first = ordered[0]
    metadata = dict(first.metadata)
    if per_second:
        metadata["intensity_unit"] = "counts per second"
    joined = Scan(
        np.concatenate(angles),
        np.concatenate(counts),
        esd=np.concatenate(esds) if len(esds) == len(ordered) else None,
        axis=first.axis,
        wavelength=first.wavelength,
        sample=first.sample,
        date=first.date,
        instrument=first.instrument,
        metadata=metadata,
    )
    return joined, tuple(ranges)
