"""A pattern as an instrument wrote it, and the way from there to a grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .grid import CU_KALPHA1, grid_or_default

# A step of a grid that is this many times as wide as its neighbour is a gap.
_GAP = 5


@dataclass(frozen=True)
class Pattern:
    """One powder pattern as an instrument wrote it.

    Parameters
    ----------
    two_theta : array-like of shape (n_points,)
        Degrees 2theta at `wavelength`, strictly increasing.
    intensity : array-like of shape (n_points,)
        Counts, or whatever the file gives; finite.
    wavelength : float, optional
        In angstrom. None where the file does not say: it is never guessed.
    esd : array-like of shape (n_points,), optional
        Estimated standard deviation of `intensity`.
    scan_axis : str, default="2theta"
        What was moved, as the file names it.
    ranges : tuple of (float, float), optional
        First and last angle of each measured range; gaps between them were not measured. By
        default one range, the whole scan.
    sample, date, instrument : str
        As written in the file, empty where it does not say.
    source : str
        The file the pattern was read from, for messages.
    metadata : mapping
        Whatever else the file tells.

    Raises
    ------
    ValueError
        If the arrays differ in length, hold fewer than two points, are not finite, 2theta does not
        increase, or the wavelength is no number that X-rays have.

    Examples
    --------
    >>> pattern = Pattern([5.0, 5.1, 5.2], [10, 12, 9], wavelength=1.5406)
    >>> pattern.ranges
    ((5.0, 5.2),)
    """

    two_theta: NDArray[np.float64]
    intensity: NDArray[np.float64]
    wavelength: float | None = None
    esd: NDArray[np.float64] | None = None
    scan_axis: str = "2theta"
    ranges: tuple[tuple[float, float], ...] = ()
    sample: str = ""
    date: str = ""
    instrument: str = ""
    source: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = f"{self.source}: " if self.source else ""
        for name in ("two_theta", "intensity", "esd"):
            values = getattr(self, name)
            if values is None:
                continue
            values = np.asarray(values, dtype=np.float64)
            if values.ndim != 1 or values.shape != np.shape(self.two_theta):
                raise ValueError(
                    f"{where}{name} has shape {values.shape}, but two_theta has shape "
                    f"{np.shape(self.two_theta)}; all must be one-dimensional and equally long"
                )
            if not np.isfinite(values).all():
                row = int(np.flatnonzero(~np.isfinite(values))[0])
                raise ValueError(f"{where}{name} is not finite at point {row} ({values[row]})")
            object.__setattr__(self, name, values)
        if self.two_theta.size < 2:
            raise ValueError(
                f"{where}a pattern needs at least two points, got {self.two_theta.size}"
            )
        steps = np.diff(self.two_theta)
        if not (steps > 0).all():
            row = int(np.flatnonzero(steps <= 0)[0])
            raise ValueError(
                f"{where}two_theta must increase, but goes from {self.two_theta[row]:g} to "
                f"{self.two_theta[row + 1]:g} degrees at point {row + 1}"
            )
        if self.wavelength is not None:
            object.__setattr__(self, "wavelength", _in_angstrom(self.wavelength, where))
        if not self.ranges:
            whole = ((float(self.two_theta[0]), float(self.two_theta[-1])),)
            object.__setattr__(self, "ranges", whole)

    def with_wavelength(self, wavelength: float) -> Pattern:
        """Return the pattern with its wavelength (angstrom) stated; the angles stay as measured."""
        return replace(self, wavelength=wavelength)


def _in_angstrom(wavelength: Any, where: str) -> float:
    """Return a wavelength as a plain float, whatever kind of number it is."""
    try:
        value = float(wavelength)
    except (TypeError, ValueError):
        raise ValueError(
            f"{where}wavelength={wavelength!r} is not a number; give it in angstrom, for example "
            "1.5406 (xrpdsim.io.parse_wavelength knows the names of lines)"
        ) from None
    if not 0.01 < value < 10:
        raise ValueError(
            f"{where}wavelength={value} is not a plausible X-ray wavelength in angstrom"
        )
    return value


def convert_two_theta(
    two_theta: ArrayLike, from_wavelength: float, to_wavelength: float = CU_KALPHA1
) -> NDArray[np.float64]:
    """Bring angles measured at one wavelength to those of another.

    Bragg's law keeps sin(theta) / wavelength; angles are never scaled.

    Parameters
    ----------
    two_theta : array-like
        Degrees 2theta at `from_wavelength`.
    from_wavelength, to_wavelength : float
        In angstrom.

    Returns
    -------
    ndarray
        Degrees 2theta at `to_wavelength`; NaN where a plane spacing is too small for that.

    Examples
    --------
    >>> convert_two_theta([10.0], 0.7093).round(3)
    array([21.824])
    """
    sine = np.sin(np.radians(two_theta) / 2) * (to_wavelength / from_wavelength)
    sine = np.where(np.abs(sine) <= 1, sine, np.nan)
    return np.degrees(2 * np.arcsin(sine))


def to_grid(pattern: Pattern, two_theta: ArrayLike | None = None) -> NDArray[np.float64]:
    """Bring a pattern to a grid at Cu K-alpha1; what was not measured is NaN.

    Where a scan has a finer step than the grid, it is averaged over the bin around each grid point,
    which ends midway to the next point but reaches into no gap of the grid; where it has a coarser
    one, it is interpolated linearly. A grid point counts as measured if it lies within half a grid
    step of one of the measured ranges.

    Parameters
    ----------
    pattern : Pattern
        With a known wavelength.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta, increasing, of two points or more; its steps may differ. By
        default `default_two_theta`.

    Returns
    -------
    ndarray of shape (n_points,)
        Intensity on the scale of the file, NaN where not measured.

    Raises
    ------
    ValueError
        If the wavelength is not known, the grid is not increasing, not finite, not
        one-dimensional or has fewer than two points, or the pattern does not touch it.

    See Also
    --------
    xrpdsim.patterns.default_two_theta : the common grid.

    Examples
    --------
    >>> pattern = Pattern([3.0, 3.04, 3.08], [0.0, 2.0, 4.0], wavelength=1.5406)
    >>> to_grid(pattern, [3.0, 3.02, 3.04, 3.06, 3.08, 3.2])
    array([ 0.,  1.,  2.,  3.,  4., nan])
    """
    if two_theta is not None and not (np.ndim(two_theta) == 1 and np.size(two_theta) > 1):
        raise ValueError(
            f"two_theta has shape {np.shape(two_theta)}, but a grid is one-dimensional and has at "
            "least two points; give its angles in degrees, for example default_two_theta()"
        )
    grid = grid_or_default(two_theta)
    where = f"{pattern.source}: " if pattern.source else ""
    if pattern.wavelength is None:
        raise ValueError(
            f"{where}the wavelength is not known; give it in angstrom, for example "
            "pattern.with_wavelength(1.5406)"
        )
    angles = convert_two_theta(pattern.two_theta, pattern.wavelength)
    diffracts = np.isfinite(angles)
    if not diffracts.any():
        raise ValueError(
            f"{where}the scan covers {pattern.two_theta[0]:.2f} to {pattern.two_theta[-1]:.2f} "
            f"degrees 2theta at {pattern.wavelength} angstrom, and no plane spacing in it is large "
            "enough for an angle at Cu K-alpha1; check the wavelength"
        )
    angles, intensity = angles[diffracts], pattern.intensity[diffracts]
    lower, upper, widths = _bins(grid)
    scan_step = float(np.median(np.diff(angles))) if angles.size > 1 else np.inf

    measured = np.zeros(grid.shape, dtype=bool)
    for first, last in pattern.ranges:
        start, end = convert_two_theta([first, last], pattern.wavelength)
        end = np.inf if np.isnan(end) else end
        slack = widths / 2 + 1e-9
        measured |= (grid >= start - slack) & (grid <= end + slack)
    if not measured.any():
        raise ValueError(
            f"{where}the scan covers {angles[0]:.2f} to {angles[-1]:.2f} degrees 2theta at "
            f"Cu K-alpha1, outside the grid from {grid[0]:.2f} to {grid[-1]:.2f}; check the "
            f"wavelength ({pattern.wavelength} angstrom)"
        )

    values = np.interp(grid, angles, intensity)
    start = np.searchsorted(angles, lower)
    stop = np.searchsorted(angles, upper)
    total = np.concatenate([[0.0], np.cumsum(intensity)])
    averaged = (scan_step < 0.75 * widths) & (stop > start)
    values[averaged] = (total[stop] - total[start])[averaged] / (stop - start)[averaged]
    return np.where(measured, values, np.nan)


def _bins(grid: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Return the lower and the upper edge of the bin around each grid point, and its width."""
    steps = np.diff(grid)
    usual = np.median(steps)
    # Equal steps differ by rounding, which must not decide where a point on an edge belongs.
    steps[np.abs(steps - usual) < 1e-9 * usual] = usual
    left, right = np.concatenate([steps[:1], steps]), np.concatenate([steps, steps[-1:]])
    midway = grid[1:] - steps / 2
    lower = np.concatenate([grid[:1] - left[0] / 2, midway])
    upper = np.concatenate([midway, grid[-1:] + right[-1] / 2])
    # A step that is much wider than the one on the other side is a gap.
    after_gap, before_gap = left > _GAP * right, right > _GAP * left
    lower = np.where(after_gap, grid - right / 2, lower)
    upper = np.where(before_gap, grid + left / 2, upper)
    widths = (np.where(after_gap, right, left) + np.where(before_gap, left, right)) / 2
    return lower, upper, widths
