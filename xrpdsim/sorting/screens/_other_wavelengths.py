"""Which patterns would match a group if they had been measured at another usual wavelength."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...io.wavelengths import KALPHA1_KALPHA2_KBETA, name_of_line
from ...patterns import convert_two_theta
from ..clusterer import FormClusterer
from ..references import ReferenceMatcher
from ._review import Reasons
from .screen import Screen

_ANODES = ("Cr", "Fe", "Co", "Cu", "Mo", "Ag")
# Nearer than this a wavelength is the same line.
_ANOTHER = 0.01
_SURE = 0.95
_MIN_COVERAGE = 0.4
_MAX_PATTERNS = 200


def add_other_wavelengths(
    found: Reasons,
    screen: Screen,
    clusterer: FormClusterer,
    group_names: Sequence[str],
    typical_rows: Sequence[int],
) -> None:
    """Add patterns that fit no group, or typical ones, that surely match at another wavelength.

    Parameters
    ----------
    found : Reasons
        Changed in place.
    screen : Screen
        Whose wavelengths are known; without them nothing is added.
    clusterer : FormClusterer
        Fitted.
    group_names : sequence of str
    typical_rows : sequence of int
    """
    if screen.wavelengths is None or not typical_rows:
        return
    single = np.flatnonzero((clusterer.labels_ < 0) & ~clusterer.amorphous_)
    # A pattern of no group may match any group; a group may match a larger one.
    sizes = [int((clusterer.labels_ == label).sum()) for label in range(len(typical_rows))]
    asked = [(int(row), -1) for row in single]
    asked += [(row, label) for label, row in enumerate(typical_rows)]
    shown: list[tuple[int, int, float]] = []
    patterns: list[NDArray[np.float64]] = []
    for row, label in asked[:_MAX_PATTERNS]:
        for anode in _ANODES:
            wavelength = KALPHA1_KALPHA2_KBETA[anode][0]
            stated = float(screen.wavelengths[row])
            if abs(wavelength - stated) < _ANOTHER * stated:
                continue
            pattern = as_if_measured_at(screen.X[row], screen.two_theta, stated, wavelength)
            if np.isfinite(pattern).mean() >= _MIN_COVERAGE:
                patterns.append(pattern)
                shown.append((row, label, wavelength))
    if not patterns:
        return
    matcher = ReferenceMatcher(clusterer.similarity_, two_theta=screen.two_theta)
    matcher.fit(screen.X[list(typical_rows)], np.arange(len(typical_rows)))
    matches = matcher.match(np.array(patterns))
    best: dict[int, tuple[float, int, float]] = {}
    for (row, label, wavelength), group, probability in zip(
        shown, matches.nearest.tolist(), matches.nearest_probabilities.tolist(), strict=True
    ):
        larger = label < 0 or sizes[group] > sizes[label]
        if probability >= _SURE and larger and probability > best.get(row, (0.0, 0, 0.0))[0]:
            best[row] = (probability, group, wavelength)
    for row, (probability, group, wavelength) in best.items():
        found.add(
            row,
            f"would match {group_names[group]} (probability {probability:.2f}) if it was measured "
            f"with {name_of_line(wavelength)} ({wavelength:.5f} angstrom) and not at "
            f"{float(screen.wavelengths[row]):.5f} angstrom: check the wavelength",
        )


def as_if_measured_at(
    pattern: NDArray[np.float64],
    two_theta: NDArray[np.float64],
    stated: float,
    wavelength: float,
) -> NDArray[np.float64]:
    """Return a pattern on the grid as it would lie, had its wavelength been another.

    Parameters
    ----------
    pattern : ndarray of shape (n_points,)
        NaN where not measured.
    two_theta : ndarray of shape (n_points,)
        The grid, in degrees 2theta at Cu K-alpha1.
    stated, wavelength : float
        In angstrom: what the angles were converted with, and what they are to be converted with.

    Returns
    -------
    ndarray of shape (n_points,)

    Examples
    --------
    >>> two_theta = 10 + 0.02 * np.arange(1000)
    >>> pattern = np.exp(-(((two_theta - 15) / 0.1) ** 2))
    >>> moved = as_if_measured_at(pattern, two_theta, 1.5406, 1.788996)
    >>> float(two_theta[np.nanargmax(moved)].round(2))
    12.9
    """
    # where each point of the grid was on the angles that were taken for granted
    before = convert_two_theta(two_theta, stated, wavelength)
    # NaN at a point of the grid spoils its neighbours: gaps stay gaps
    moved = np.interp(before, two_theta, pattern, left=np.nan, right=np.nan)
    return np.where(np.isfinite(before), moved, np.nan)
