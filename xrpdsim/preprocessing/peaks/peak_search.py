"""The search for the maxima of a pattern, and the list of what was found."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks as find_maxima
from scipy.signal import peak_prominences, peak_widths, savgol_coeffs, savgol_filter

from ..._support._table import Table
from ...io import missing_wavelength
from ...io.wavelengths import doublet_ratio, name_of_line
from ...patterns import Pattern
from ..baseline import BaselineRemover
from ._noise import noise_of_points

_USUAL_WIDTH = 0.1
_MAX_WIDTH = 1.0
_MIN_POINTS = 15
# Half of the points that a parabola is laid through, as a share of the full width at half maximum.
_TOP = 0.35
# Two maxima nearer than this share of the width are one peak.
_NEAREST = 0.6
# A line of K-alpha2 has half the height of that of K-alpha1; as measured, and with its neighbours:
_ALPHA2_HEIGHTS = (0.3, 0.75)


@dataclass(frozen=True)
class PeakList:
    """The peaks of one pattern.

    Parameters
    ----------
    two_theta : ndarray of shape (n_peaks,)
        Degrees at `wavelength`, ascending.
    intensity : ndarray of shape (n_peaks,)
        Height above the background, the highest peak being 100.
    height : ndarray of shape (n_peaks,)
        The same in the unit of the pattern.
    wavelength : float
        In angstrom.
    source : str
        The file or the form.
    n_kalpha2 : int
        Lines of K-alpha2 that were left out.

    Examples
    --------
    >>> peaks = PeakList(np.array([7.92, 12.34]), np.array([100.0, 45.2]), np.array([900.0, 407.0]))
    >>> print(peaks)
    2theta    d       I/Imax
    7.920     11.154  100.0
    12.340    7.1670  45.2
    >>> peaks.one_line()
    'XRPD (Cu Kα1, 1.54060 Å), 2θ/° (d/Å, I/Imax in %): 7.92 (11.15, 100), 12.34 (7.167, 45)'
    """

    two_theta: NDArray[np.float64]
    intensity: NDArray[np.float64]
    height: NDArray[np.float64]
    wavelength: float = 1.5406
    source: str = ""
    n_kalpha2: int = 0

    def __len__(self) -> int:
        return len(self.two_theta)

    @property
    def d_spacing(self) -> NDArray[np.float64]:
        """Distance of the planes in angstrom, wavelength / (2 sin theta), shape (n_peaks,)."""
        return np.asarray(self.wavelength / (2 * np.sin(np.radians(self.two_theta) / 2)))

    def __str__(self) -> str:
        columns = zip(self.two_theta, self.d_spacing, self.intensity, strict=True)
        rows = [(f"{angle:.3f}", f"{d:#.5g}", f"{height:.1f}") for angle, d, height in columns]
        names = ("2theta", "d", "I/Imax")
        return str(Table(dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}))

    def strongest(self, n_peaks: int) -> PeakList:
        """Return the `n_peaks` highest peaks, in the order of their angles."""
        kept = np.sort(np.argsort(-self.intensity, kind="stable")[:n_peaks])
        return self._rows(kept)

    def table(self) -> Table:
        """Return a row for each peak: 2theta in degrees, d in angstrom, intensity and height."""
        return Table(
            {
                "two_theta": self.two_theta.round(4).tolist(),
                "d": [float(f"{d:.5g}") for d in self.d_spacing],
                "intensity": self.intensity.round(1).tolist(),
                "height": [float(f"{height:.5g}") for height in self.height],
            }
        )

    def one_line(self) -> str:
        """Return the list in one line, as journals print it and notebooks keep it."""
        line = name_of_line(self.wavelength)
        radiation = ", ".join(filter(None, [line, f"{self.wavelength:.5f} Å"]))
        peaks = ", ".join(
            f"{angle:.2f} ({d:#.4g}, {intensity:.0f})"
            for angle, d, intensity in zip(
                self.two_theta, self.d_spacing, self.intensity, strict=True
            )
        )
        return f"XRPD ({radiation}), 2θ/° (d/Å, I/Imax in %): {peaks or 'no peaks'}"

    def _rows(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> PeakList:
        return replace(
            self,
            two_theta=self.two_theta[rows],
            intensity=self.intensity[rows],
            height=self.height[rows],
        )


def find_peaks(
    pattern: Pattern,
    *,
    min_intensity: float = 1.0,
    min_over_noise: float = 5.0,
    measured_at: float | None = None,
    measured_step: float | None = None,
) -> PeakList:
    """Find the peaks of a pattern.

    The pattern is smoothed by a parabola that moves over as many points as its lines are wide
    (Savitzky and Golay [1]_). A maximum counts as a peak if it stands `min_over_noise` times the
    noise above the background, which `BaselineRemover` finds, and as far above the lowest points
    within two line widths on both sides. A least-squares parabola through the measured points of
    the top, 0.35 of the width to either side, gives position and height. No peak is looked for
    within half a line width of an end.

    Where the lines of a pattern have a second one at K-alpha2, these are left out; where they do
    not, none is.

    Parameters
    ----------
    pattern : Pattern
        With a known wavelength.
    min_intensity : float, default=1.0
        Per cent of the highest peak below which a peak is left out.
    min_over_noise : float, default=5.0
        How many standard deviations of the noise a peak stands out; see Notes.
    measured_at : float, optional
        The wavelength in angstrom that a pattern was measured with whose angles were converted to
        another; its K-alpha2 is looked for.
    measured_step : float, optional
        The step in degrees that a pattern was measured with, where it was brought to a grid since,
        as by `to_grid`. Points in between scatter less than measured ones, and together.

    Returns
    -------
    PeakList

    Raises
    ------
    TypeError
        If `pattern` is none.
    ValueError
        If the wavelength is not known, a threshold is negative, or `measured_step` is not above 0.

    Notes
    -----
    The noise is the `esd` of the pattern or, where it has none, found from how far points lie off
    the line through their neighbours; it grows with the root of the intensity where the background
    shows that it does.

    A list of peaks is no fit of profiles: a line that is nothing but a shoulder of another is
    missing, and two lines nearer than about one width are one. Positions are those of maxima: at
    low angles, where axial divergence makes lines lean, they lie below the Bragg angle.

    References
    ----------
    .. [1] Savitzky, A. and Golay, M. J. E. (1964). Smoothing and differentiation of data by
       simplified least squares procedures. Analytical Chemistry, 36, 1627-1639.

    Examples
    --------
    >>> two_theta = np.arange(5, 20, 0.02)
    >>> counts = 50 + 900 * np.exp(-(((two_theta - 8.013) / 0.08) ** 2))
    >>> counts += 300 * np.exp(-(((two_theta - 12.5) / 0.08) ** 2))
    >>> peaks = find_peaks(Pattern(two_theta, counts, wavelength=1.5406))
    >>> peaks.two_theta.round(3), peaks.intensity.round()
    (array([ 8.013, 12.5  ]), array([100.,  33.]))
    """
    if not isinstance(pattern, Pattern):
        raise TypeError(
            f"pattern must be a Pattern, got {type(pattern).__name__}; make one: "
            "Pattern(two_theta, intensity, wavelength=1.5406)"
        )
    for name, value in (("min_intensity", min_intensity), ("min_over_noise", min_over_noise)):
        if not 0 <= value < np.inf:
            raise ValueError(f"{name}={value!r} must be a number of at least 0")
    if measured_step is not None and not 0 < measured_step < np.inf:
        raise ValueError(f"measured_step={measured_step!r} must be a number of degrees above 0")
    if pattern.wavelength is None:
        raise ValueError(missing_wavelength([pattern.source or "the pattern"]))
    ratio = doublet_ratio(pattern.wavelength if measured_at is None else measured_at)
    parts = [
        _peaks_of_range(pattern, first, last, min_over_noise, ratio, measured_step)
        for first, last in pattern.ranges
    ]
    angle, height, is_alpha2 = (np.concatenate(column) for column in zip(*parts, strict=True))
    highest = height.max(initial=0.0)
    found = PeakList(
        angle,
        100 * height / highest if highest > 0 else height,
        height,
        pattern.wavelength,
        pattern.source,
    )
    alpha2 = is_alpha2 & (found.intensity >= min_intensity)
    kept = found._rows(~is_alpha2 & (found.intensity >= min_intensity))
    return replace(kept, n_kalpha2=int(alpha2.sum()))


_NO_PEAKS = (np.empty(0), np.empty(0), np.empty(0, dtype=bool))


def _peaks_of_range(
    pattern: Pattern,
    first: float,
    last: float,
    min_over_noise: float,
    ratio: float | None,
    measured_step: float | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return position and height of each peak, and whether it is a line of K-alpha2."""
    inside = (pattern.two_theta >= first) & (pattern.two_theta <= last)
    if inside.sum() < _MIN_POINTS:
        return _NO_PEAKS
    angles, counts = pattern.two_theta[inside], pattern.intensity[inside]
    esd = None if pattern.esd is None else pattern.esd[inside]
    step = float(np.median(np.diff(angles)))
    if np.abs(np.diff(angles) - step).max() > 0.01 * step:
        even = np.arange(angles[0], angles[-1], step)
        counts = np.interp(even, angles, counts)
        esd = None if esd is None else np.interp(even, angles, esd)
        angles = even
        if angles.size < _MIN_POINTS:
            return _NO_PEAKS
    steps = None if measured_step is None else measured_step / step
    width, smooth, window, net, noise = _smoothed(angles, counts, esd, step, min_over_noise, steps)
    rows, _ = find_maxima(smooth, distance=max(1, round(_NEAREST * width / step)))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "some peaks have a prominence of 0")
        prominence = peak_prominences(smooth, rows, max(5, 2 * round(2 * width / step) + 1))[0]
    least = np.maximum(min_over_noise * noise[rows], 1e-9 * np.ptp(smooth))
    rows = rows[(prominence >= least) & (net[rows] >= least)]
    half = max(2, round(_TOP * width / step))
    rows = rows[(rows >= max(half, window // 2)) & (rows < angles.size - max(half, window // 2))]
    if not rows.size:
        return _NO_PEAKS
    position, top = _tops(counts, rows, half)
    background = smooth - net
    height = top - np.interp(position, np.arange(angles.size), background)
    position = angles[0] + step * position
    alpha2 = _lines_of_alpha2(position, height, angles, net, width, ratio)
    return position, height, alpha2


def _smoothed(
    angles: NDArray[np.float64],
    counts: NDArray[np.float64],
    esd: NDArray[np.float64] | None,
    step: float,
    min_over_noise: float,
    measured_step: float | None,
) -> tuple[float, NDArray[np.float64], int, NDArray[np.float64], NDArray[np.float64]]:
    """Return the width of the lines in degrees, the smoothed range and its window, and the rest.

    The width is that of the lines that stand out once the range is smoothed over the width found
    before; it begins with five points.
    """
    width = 5 * step
    for _ in range(3):
        window = int(np.clip(2 * round(width / step / 2) + 1, 5, (angles.size - 1) // 2 * 2 + 1))
        smooth = savgol_filter(counts, window, 2)
        remover = BaselineRemover(half_width=max(0.6, 4 * width, 2 * step), two_theta=angles)
        background = remover.baseline(smooth[None])[0]
        net = smooth - background
        noise = noise_of_points(counts, background, esd, measured_step)
        noise = noise * np.sqrt((savgol_coeffs(window, 2) ** 2).sum())
        # the baseline runs along the lower edge of what is left of the noise
        low = net < 3 * noise
        if low.any():
            with np.errstate(over="ignore"):  # without noise infinity will do: it is cut below
                edge = np.median(net[low] / np.maximum(noise[low], np.finfo(float).tiny))
            net = net - np.clip(edge, 0.0, 2.0) * noise
        high, _ = find_maxima(net, prominence=max(0.1 * net.max(), 1e-9 * np.ptp(smooth)))
        high = high[net[high] > min_over_noise * noise[high]]
        widths = peak_widths(net, high)[0] * step if high.size else np.array([_USUAL_WIDTH])
        width = float(np.clip(np.median(widths), 3 * step, max(_MAX_WIDTH, 3 * step)))
    return width, smooth, window, net, noise


def _tops(
    counts: NDArray[np.float64], rows: NDArray[np.intp], half: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where parabolas through the tops are highest, in points, and how high."""
    offsets = np.arange(-half, half + 1)
    fit = np.linalg.pinv(np.vander(offsets, 3))
    square, slope, level = fit @ counts[rows[:, None] + offsets].T
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = -slope / (2 * square)
    # A top that is no hill, beside a much higher one: the maximum of the smoothed range stays.
    hill = (square < 0) & (np.abs(shift) <= half)
    shift = np.where(hill, shift, 0.0)
    return np.asarray(rows + shift), np.asarray(level + shift * (slope + shift * square))


def _lines_of_alpha2(
    position: NDArray[np.float64],
    height: NDArray[np.float64],
    angles: NDArray[np.float64],
    net: NDArray[np.float64],
    width: float,
    ratio: float | None,
) -> NDArray[np.bool_]:
    """Say which peaks are the K-alpha2 of another, if the lines of the range have one at all."""
    alpha2 = np.zeros(position.size, dtype=bool)
    if ratio is None:
        return alpha2
    sine = np.minimum(ratio * np.sin(np.radians(position) / 2), 1.0)
    expected = np.degrees(2 * np.arcsin(sine))
    low, high = _ALPHA2_HEIGHTS
    step = angles[1] - angles[0]
    for line in range(position.size):
        near = np.abs(position - expected[line]) < max(0.3 * width, 2 * step)
        near &= position > position[line]
        near &= (height >= low * height[line]) & (height <= high * height[line])
        alpha2 |= near & ~alpha2[line]
    # Lines of a doublet all have their second one: where many have none, a neighbour is chance.
    apart = ~alpha2 & (expected - position > 0.8 * width) & (expected < angles[-1] - width)
    apart &= height > 0.1 * height.max()
    there = np.interp(expected[apart], angles, net) >= low * height[apart]
    return alpha2 if there.size and there.mean() >= 0.8 else np.zeros_like(alpha2)
