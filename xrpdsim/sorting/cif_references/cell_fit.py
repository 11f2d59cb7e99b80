"""The strain by which a crystal structure fits the patterns of a screen best."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.optimize import minimize
from scipy.stats import norm, qmc

from ...similarity.measures.screening import baseline_free
from ...simulation import Lines
from .expansion import N_DEVIATIONS, expected_strain
from .line_intensities import intensity_agreement

# Strains that are tried, on every fourth point.
_N_STRAINS = 1024
_EVERY = 4
# Standard deviations of the lines in degrees: at first wide, so that no line is missed.
_WIDTHS = (0.25, 0.12, 0.06)
# Patterns that a structure is fitted to one by one, from how many strains each, and together.
_N_CANDIDATES, _N_STARTS, _N_TOGETHER = 3, 4, 4
# Of those together, each agrees with the structure nearly as well as the best.
_NEARLY = 0.9
# What an agreement must gain for each unit of squared deviation from what is expected.
_PENALTY = 0.001
# Displaced samples move lines by this in degrees, a standard deviation, times cos theta.
_DISPLACEMENT = 0.05
# Weaker lines, as a part of the strongest, do not matter to the fit.
_WEAKEST = 0.002
_TINY = 1e-12


class Profiles(NamedTuple):
    """Patterns as cells are fitted to them: the root of the lines, without baseline.

    Parameters
    ----------
    roots : ndarray of shape (n_patterns, n_points)
        0 where not measured.
    measured : ndarray of shape (n_patterns, n_points), bool
    two_theta : ndarray of shape (n_points,)
    """

    roots: NDArray[np.float64]
    measured: NDArray[np.bool_]
    two_theta: NDArray[np.float64]

    @classmethod
    def of(cls, X: NDArray[np.floating], two_theta: NDArray[np.float64]) -> Profiles:
        """Make them of patterns, NaN where not measured."""
        measured = ~np.isnan(X)
        lines = np.nan_to_num(baseline_free(np.asarray(X, dtype=np.float64), two_theta))
        return cls(np.sqrt(np.maximum(lines, 0)) * measured, measured, two_theta)


class CellFit(NamedTuple):
    """A structure whose cell was fitted.

    Parameters
    ----------
    lines : Lines
        With the fitted cell.
    strain : ndarray of shape (3, 3)
        From the cell of the structure to the fitted one.
    deviation : float
        Squared distance from the expected strain in standard deviations; of a right structure it
        is in the mean the number of components.
    n_components : int
        That the symmetry allows.
    row : int
        The pattern that it fits best.
    agreement : float
        Cosine of the roots of both there.
    intensities : float
        How well the intensities of the structure agree with those of the patterns, see
        `intensity_agreement`.
    """

    lines: Lines
    strain: NDArray[np.float64]
    deviation: float
    n_components: int
    row: int
    agreement: float
    intensities: float


def fit_cell(lines: Lines, temperature: float | None, profiles: Profiles) -> CellFit:
    """Fit the cell of a structure to the patterns that it fits best.

    Many strains within the bounds are tried on all patterns with wide lines; from the best ones a
    local search with ever narrower lines follows on a few patterns, first one by one and then
    together, each with a displacement of its own. What is fitted are positions; the intensities of
    the structure stay.

    Parameters
    ----------
    lines : Lines
        Of the structure, at Cu K-alpha1, to somewhat beyond the end of the grid.
    temperature : float or None
        Of the structure, in kelvin.
    profiles : Profiles
        Of the screen.

    Returns
    -------
    CellFit
    """
    search = _Search(lines, temperature, profiles)
    value = search.wide_agreements()
    # best first; equal ones in their order
    candidates = np.argsort(-value.max(axis=0), kind="stable")[:_N_CANDIDATES].tolist()
    fits = [
        search.refined([row], search.tried[start])
        for row in candidates
        for start in np.argsort(-value[:, row], kind="stable")[:_N_STARTS].tolist()
    ]
    best = max(fits, key=lambda fit: fit[1].max() - _PENALTY * (fit[0] ** 2).sum())
    units = best[0]
    others = np.argsort(-value.max(axis=0), kind="stable")[: 4 * _N_TOGETHER]
    agreement = search.agreements(units, others)
    order = np.argsort(-agreement, kind="stable")[:_N_TOGETHER]
    together = others[order][agreement[order] >= _NEARLY * agreement[order[0]]]
    units, agreement, shifts = search.refined(together.tolist(), units)
    strain = search.expected.tensor(units)
    warm = lines.strained(strain)
    place = int(agreement.argmax())
    return CellFit(
        warm,
        strain,
        float((units**2).sum()),
        len(units),
        int(together[place]),
        float(agreement[place]),
        intensity_agreement(
            warm,
            profiles.roots[together],
            profiles.measured[together],
            profiles.two_theta,
            _DISPLACEMENT * shifts,
        ),
    )


class _Search:
    def __init__(self, lines: Lines, temperature: float | None, profiles: Profiles) -> None:
        self.expected = expected_strain(lines, temperature)
        strong = lines.intensity > _WEAKEST * lines.intensity.max()
        self._weight = np.sqrt(lines.intensity[strong])
        self._sine = np.sin(np.radians(lines.two_theta[strong] / 2))
        self._along = self.expected.along(lines)[strong]
        self._profiles = profiles
        self._step = float(np.median(np.diff(profiles.two_theta)))
        points = qmc.Sobol(len(self.expected.mean), scramble=False).random(_N_STRAINS)
        points = norm.ppf((points * _N_STRAINS + 0.5) / (_N_STRAINS + 1))
        self.tried = np.clip(points, -N_DEVIATIONS, N_DEVIATIONS)

    def wide_agreements(self) -> NDArray[np.float64]:
        """Return how well each strain that is tried fits each pattern, less its penalty."""
        grid = self._profiles.two_theta[::_EVERY]
        drawn = self._drawn(self._angles(self.tried), grid, _WIDTHS[0])
        measured = self._profiles.measured[:, ::_EVERY].astype(float)
        wide = self._widened(self._profiles.roots, _WIDTHS[0])[:, ::_EVERY] * measured
        wide /= np.sqrt((wide**2).sum(axis=1, keepdims=True)) + _TINY
        size = np.sqrt(drawn**2 @ measured.T) + _TINY
        return drawn @ wide.T / size - _PENALTY * (self.tried**2).sum(axis=1)[:, None]

    def refined(
        self, rows: list[int], units: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return the best strain near one for some patterns, how well it fits each, and shifts."""
        n = len(units)
        found = np.concatenate([units, np.zeros(len(rows))])
        bounds = [(-N_DEVIATIONS, N_DEVIATIONS)] * n + [(-2.0, 2.0)] * len(rows)
        for width in _WIDTHS[1:]:
            terms = [self._term(row, found[:n], width) for row in rows]

            def loss(
                x: NDArray[np.float64], terms: list[_Term] = terms
            ) -> tuple[float, NDArray[np.float64]]:
                value = _PENALTY * float((x**2).sum())
                slope = 2 * _PENALTY * x
                for number, term in enumerate(terms):
                    gain, by_units, by_shift = self._overlap(term, x[:n], x[n + number])
                    value -= gain / len(terms)
                    slope[:n] -= by_units / len(terms)
                    slope[n + number] -= by_shift / len(terms)
                return value, slope

            found = minimize(
                loss, found, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 40}
            ).x
        shifts = found[n:]
        agreement = [
            self._agreement(row, found[:n], np.array([shift]))[0]
            for row, shift in zip(rows, shifts, strict=True)
        ]
        return found[:n], np.array(agreement), shifts

    def agreements(self, units: NDArray[np.float64], rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return how well a strain fits patterns at the best displacement of each."""
        shifts = np.linspace(-2, 2, 9)
        return np.array([self._agreement(row, units, shifts).max() for row in rows])

    def _agreement(
        self, row: int, units: NDArray[np.float64], shifts: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        angles = self._angles(units[None])
        angles = angles + _DISPLACEMENT * shifts[:, None] * np.cos(np.radians(angles / 2))
        measured = self._profiles.measured[row]
        drawn = self._drawn(angles, self._profiles.two_theta, _WIDTHS[-1]) * measured
        wide = self._widened(self._profiles.roots[row], _WIDTHS[-1]) * measured
        size = np.sqrt((drawn**2).sum(axis=1) * (wide**2).sum()) + _TINY
        return np.asarray(drawn @ wide / size)

    def _term(self, row: int, units: NDArray[np.float64], width: float) -> _Term:
        measured = self._profiles.measured[row]
        drawn = self._drawn(self._angles(units[None]), self._profiles.two_theta, width)[0]
        wide = self._widened(self._profiles.roots[row], width) * measured
        size = np.sqrt(((drawn * measured) ** 2).sum() * (wide**2).sum()) + _TINY
        # a line of this width and one of the pattern overlap as wide as both together
        overlap = self._widened(self._profiles.roots[row], np.sqrt(2) * width) / size
        return _Term(overlap, np.gradient(overlap, self._step))

    def _overlap(
        self, term: _Term, units: NDArray[np.float64], shift: float
    ) -> tuple[float, NDArray[np.float64], float]:
        """Return the overlap of all lines with a pattern, and its derivatives."""
        longer = 1 + self._along @ (self.expected.mean + self.expected.deviation * units)
        sine = np.minimum(self._sine / longer, 0.999)
        cosine = np.sqrt(1 - sine**2)
        angle = 2 * np.degrees(np.arcsin(sine)) + _DISPLACEMENT * shift * cosine
        place = (angle - self._profiles.two_theta[0]) / self._step
        low = np.clip(place.astype(np.intp), 0, len(term.overlap) - 2)
        part = place - low
        weight = self._weight * ((place >= 0) & (place <= len(term.overlap) - 1))
        value = weight @ (term.overlap[low] * (1 - part) + term.overlap[low + 1] * part)
        slope = weight * (term.slope[low] * (1 - part) + term.slope[low + 1] * part)
        moved = -2 * np.degrees(sine / (longer * cosine))
        by_units = (slope * moved) @ self._along * self.expected.deviation
        return float(value), by_units, float(_DISPLACEMENT * slope @ cosine)

    def _angles(self, units: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return 2theta of the lines, shape (n_strains, n_lines)."""
        strain = (self.expected.mean + self.expected.deviation * units) @ self._along.T
        return 2 * np.degrees(np.arcsin(np.minimum(self._sine / (1 + strain), 1.0)))

    def _drawn(
        self, angles: NDArray[np.float64], grid: NDArray[np.float64], width: float
    ) -> NDArray[np.float64]:
        """Return Gaussian lines on a grid, shape (n_strains, n_points)."""
        step = float(grid[1] - grid[0])
        place = (angles - grid[0]) / step + 1
        n_rows, n_points = len(angles), len(grid) + 2
        inside = (place >= 0) & (place < n_points - 1)
        low = np.where(inside, place, 0).astype(np.intp)
        part = place - low
        weight = np.where(inside, self._weight, 0.0)
        flat = (low + n_points * np.arange(n_rows)[:, None]).ravel()
        spread = np.bincount(flat, (weight * (1 - part)).ravel(), n_rows * n_points)
        spread += np.bincount(flat + 1, (weight * part).ravel(), n_rows * n_points)
        spread = spread.reshape(n_rows, n_points)[:, 1:-1]
        return np.asarray(gaussian_filter1d(spread, width / step, axis=1, mode="constant"))

    def _widened(self, roots: NDArray[np.float64], width: float) -> NDArray[np.float64]:
        return np.asarray(gaussian_filter1d(roots, width / self._step, axis=-1, mode="constant"))


class _Term(NamedTuple):
    """The overlap of a pattern with one line, by where the line stands, and its slope."""

    overlap: NDArray[np.float64]
    slope: NDArray[np.float64]
