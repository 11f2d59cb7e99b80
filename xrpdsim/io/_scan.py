"""What a reader hands over, the gates it must pass, and how ranges become one pattern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..patterns import Pattern
from .errors import PatternFileError

MIN_POINTS = 3
MAX_POINTS = 1_000_000
MAX_INTENSITY = 1e15
MIN_STEP = 1e-5
MAX_UNANNOUNCED_STEP = 0.5
MIN_UNANNOUNCED_POINTS = 20
# Right for every command: compare has no --scan, and sort takes no single file.
_PICK = (
    "pick one with FILE#N (scan=N in Python), or take each with --scan all of sort, peaks and "
    "convert"
)


@dataclass
class Scan:
    """One range of a file, as its reader found it and before the gates.

    `axis` is what the file calls the first column, `two_theta` its values; `wavelength` is in
    angstrom and None where the file does not say, `kalpha2` that of the K-alpha2 line where
    `wavelength` is K-alpha1 and the file states both; `time_per_step` is in seconds; `n_declared`
    is the number of points that the file announces, where it does; `name` tells the scans of a file
    apart; `doubts` are what its reader wants to warn of; `announced` is whether anything in the
    file says that it is a pattern, which numbers alone do not; `axis_stated` is whether `axis` is;
    `wavelength_from` is "file", "given", "default" or "axis", once it is known.
    """

    two_theta: ArrayLike
    intensity: ArrayLike
    esd: ArrayLike | None = None
    axis: str = "2theta"
    name: str = ""
    wavelength: float | None = None
    kalpha2: float | None = None
    time_per_step: float | None = None
    n_declared: int | None = None
    sample: str = ""
    date: str = ""
    instrument: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    announced: bool = True
    axis_stated: bool = True
    wavelength_from: str = ""


def even_angles(start: float, step: float, n_points: int) -> NDArray[np.float64]:
    """Return `n_points` angles from `start` in equal steps; refuse counts beyond reason."""
    check_count(n_points)
    if not (np.isfinite(start) and MIN_STEP <= step < np.inf and not 0 < abs(start) < MIN_STEP):
        raise PatternFileError(
            f"the scan starts at {start} in steps of {step}; both must be numbers, and the step "
            "positive and at least a hundred-thousandth of a degree"
        )
    with np.errstate(over="ignore"):
        return start + step * np.arange(n_points, dtype=np.float64)


def stepped_angles(
    start: float, step: float, n_points: int, end: float, end_digit: float = 0.0
) -> NDArray[np.float64]:
    """Return angles in equal steps that must end where the file says.

    Parameters
    ----------
    start, step, end : float
        As the file states them.
    n_points : int
        The number of points that were read.
    end_digit : float
        What one unit of the last written digit of `end` is worth: half of it may be rounding.

    Raises
    ------
    PatternFileError
        If the last angle lies elsewhere by more than a hundredth of a step and the rounding of
        what is written, or by more than a quarter of a step in any case.
    """
    angles = even_angles(start, step, n_points)
    allowed = min(0.25 * step, max(0.01 * step, 0.5 * end_digit + 1e-9))
    if not abs(angles[-1] - end) <= allowed:
        n_announced = (end - start) / step + 1
        announced = (
            f"the file announces {round(n_announced)} points but holds {n_points}; it may be cut "
            "off or damaged: "
            if abs(n_announced) < MAX_POINTS and round(n_announced) != n_points
            else "the file is damaged: "
        )
        raise PatternFileError(
            f"{announced}{n_points} points from {start:g} in steps of {step:g} degrees end at "
            f"{angles[-1]:g}, but the file says {end:g}"
        )
    return angles


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
        If the declared number of points is not the number read, numbers are not finite, not
        increasing or beyond reason, or the angles are those of no scan.
    """
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
    _check_steps(two_theta, steps)
    if not scan.announced:
        _check_unannounced(two_theta, steps)
    if not scan.axis_stated:
        _check_no_spacings(steps)


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


def _check_steps(two_theta: NDArray[np.float64], steps: NDArray[np.float64]) -> None:
    """Refuse a list of peaks or a table: in a scan, most steps are as long as the one before.

    Gaps between random numbers differ by less than a fifth in one of nine cases; in scans, even
    those of several ranges and of growing steps, nearly all do.
    """
    if steps.size < 4:
        return
    # Angles that are rounded to a digit have steps that differ by that digit.
    digit = _written_digits(two_theta)[1:-1]
    near = np.abs(np.diff(steps)) <= 0.2 * np.maximum(steps[1:], steps[:-1]) + 1.5 * digit
    if near.mean() < 0.5:
        raise PatternFileError(
            f"the {two_theta.size} angles lie {steps.min():.3g} to {steps.max():.3g} degrees "
            "apart, without any order; this is a list of peaks or a table, not a scan"
        )


def _written_digits(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what the last decimal around each number is worth, 0 for more than six decimals."""
    decimals = np.full(values.shape, 7)
    for count in range(6, -1, -1):
        scaled = values * 10.0**count
        decimals[np.abs(scaled - np.round(scaled)) < 1e-9 * np.maximum(1.0, np.abs(scaled))] = count
    # A number that ends in zeros does not show its decimals, but its neighbours do.
    padded = np.pad(decimals, 4)
    decimals = np.lib.stride_tricks.sliding_window_view(padded, 9).max(axis=1)
    return np.where(decimals > 6, 0.0, 10.0**-decimals)


def _check_unannounced(two_theta: NDArray[np.float64], steps: NDArray[np.float64]) -> None:
    """Refuse bare numbers that need not be a pattern: a short table, wide steps."""
    remedy = "if it is a pattern, write the heading '# 2theta intensity' above it"
    if two_theta.size < MIN_UNANNOUNCED_POINTS:
        raise PatternFileError(
            f"the file is a table of {two_theta.size} rows that nothing calls a pattern; {remedy}"
        )
    step = float(np.median(steps))
    if step > MAX_UNANNOUNCED_STEP:
        raise PatternFileError(
            f"the first column goes in steps of {step:g}; patterns have finer ones, and nothing "
            f"calls this one; {remedy}"
        )


def _check_no_spacings(steps: NDArray[np.float64]) -> None:
    """Refuse plane spacings that nothing calls so.

    In equal steps of 2theta, q or time, d grows ever faster; 2theta never does so much.
    """
    if steps.size < 10:
        return
    tenths = np.array([part.mean() for part in np.array_split(steps, 10)])
    if (np.diff(tenths) > 0).all() and tenths[-1] > 4 * tenths[0]:
        raise PatternFileError(
            f"the steps of the first column grow steadily, from {tenths[0]:.3g} to "
            f"{tenths[-1]:.3g}, as those of plane spacings do; name its axis and unit in a "
            "heading, such as 'd (A) intensity' or '2theta intensity'"
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
        metadata={
            "format": format,
            "wavelength_from": scan.wavelength_from,
            "scan": scan.name,
            **scan.metadata,
        },
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
        `doubts` are about the joining; those of a single scan stay.
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
            f"({describe_scans(scans)}); {_PICK}"
        )
    times = {scan.time_per_step for scan in ordered}
    per_second = len(times) > 1 and all(times)
    doubts: tuple[str, ...] = ()
    if any(times) and not all(times):
        n_untold = sum(not scan.time_per_step for scan in ordered)
        doubts = (
            f"{n_untold} of {len(ordered)} ranges do not say how long each point was counted; they "
            "are joined as they are, and intensities may jump where one ends",
        )
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
                f"the file holds {len(scans)} scans that overlap ({describe_scans(scans)}); {_PICK}"
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
        doubts=doubts,
        wavelength_from=first.wavelength_from,
    )
    return joined, tuple(ranges)
