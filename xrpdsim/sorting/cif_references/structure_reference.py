"""Crystal structures as references: drawn as a screen was measured, with their cells fitted."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._support._progress import track
from ...simulation import (
    Lines,
    MeasurementConditions,
    lines_from_cif,
    measurement_temperature,
    simulate_patterns,
)
from .cell_fit import CellFit, Profiles, fit_cell
from .expansion import expected_strain

# A pattern without noise, background or texture, its lines as wide as those of laboratories.
_DRAWN = MeasurementConditions(poisson=False, instrument_fwhm=0.12)
# Lines that an expanding cell may bring onto the grid, in degrees.
_BEYOND = 2.0
_MOST_PATTERNS = 2000
_MINUS = "\N{MINUS SIGN}"
# What is taken from the log odds that a structure and a pattern are one form, set by
# benchmarks/cif_references.py on structures that no figure is from. By the fit, as of many cells
# one fits better than one that was measured; by a strain, for each unit beyond twice its
# components; by intensities, for each e-fold of disagreement beyond what texture explains, and at
# most.
_OF_A_FIT, _OF_A_STRAIN = 0.5, 0.3
_OF_INTENSITIES, _EXPLAINED, _MOST = 3.0, 0.02, 4.0


@dataclass(frozen=True)
class StructureReference:
    """A crystal structure.

    Parameters
    ----------
    lines : Lines
        At Cu K-alpha1.
    temperature : float or None
        In kelvin, as the CIF states it; None where it does not.
    """

    lines: Lines
    temperature: float | None

    def measured_at(self, wavelength: float) -> StructureReference:
        """Return the structure with the intensities of another wavelength.

        Lorentz and polarisation factor change with it. The angles stay those of Cu K-alpha1, to
        which patterns are brought, too.
        """
        other = self.lines.with_wavelength(wavelength)
        n_lines = len(other)  # of the longest wavelengths only planes far apart are left
        lines = replace(
            self.lines,
            hkl=self.lines.hkl[:n_lines],
            two_theta=self.lines.two_theta[:n_lines],
            multiplicity=self.lines.multiplicity[:n_lines],
            intensity=other.intensity,
        )
        return replace(self, lines=lines)

    def expected(self, two_theta: NDArray[np.float64]) -> tuple[NDArray[np.float64], str]:
        """Return the pattern with the cell that is expected at room temperature, and a note."""
        likely = expected_strain(self.lines, self.temperature)
        strain = likely.tensor(np.zeros(len(likely.mean)))
        pattern = draw_structure(self.lines.strained(strain), two_theta)
        return pattern, _note(self.temperature, strain) + ", as expected"


class FittedStructure(NamedTuple):
    """A crystal structure, drawn as a screen was measured.

    Parameters
    ----------
    pattern : ndarray of shape (n_points,)
    fit : CellFit
    log_odds : float
        What the fit takes from the log odds that it and a pattern are one form; at most 0.
    note : str
        "CIF at 100 K, expanded by 1.2 % (axes 0.4 to 1.9 %)".
    """

    pattern: NDArray[np.float64]
    fit: CellFit
    log_odds: float
    note: str


def read_structure(
    path: str | os.PathLike[str], two_theta: NDArray[np.float64]
) -> StructureReference:
    """Read a crystal structure as a reference.

    Parameters
    ----------
    path : path-like
        A CIF.
    two_theta : ndarray of shape (n_points,)
        The grid of the screen, degrees at Cu K-alpha1.

    Returns
    -------
    StructureReference

    Raises
    ------
    ValueError
        If the file is no CIF, has no atoms with coordinates, or no line on the grid.
    """
    lines = lines_from_cif(path, two_theta_max=min(float(two_theta[-1]) + _BEYOND, 179.0))
    inside = (lines.two_theta >= two_theta[0]) & (lines.two_theta <= two_theta[-1])
    if not lines.intensity[inside].any():
        raise ValueError(
            f"{os.fspath(path)}: the structure has no line from {two_theta[0]:g} to "
            f"{two_theta[-1]:g} degrees"
        )
    return StructureReference(lines, measurement_temperature(path))


def draw_structure(lines: Lines, two_theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the pattern of a structure without noise, background or texture."""
    return simulate_patterns(lines, preset=_DRAWN, two_theta=two_theta, random_state=0)[0]


def fit_structures(
    structures: Sequence[StructureReference],
    X: NDArray[np.floating],
    two_theta: NDArray[np.float64],
    *,
    verbose: bool = False,
) -> list[FittedStructure]:
    """Bring structures to the temperature of a screen.

    Parameters
    ----------
    structures : sequence of StructureReference
    X : ndarray of shape (n_patterns, n_points)
        The screen, NaN where not measured. Of more than 2000 patterns, 2000 are fitted to.
    two_theta : ndarray of shape (n_points,)
    verbose : bool, default=False
        Whether to show progress on standard error.

    Returns
    -------
    list of FittedStructure
    """
    if not structures:
        return []
    rows = np.linspace(0, len(X) - 1, min(len(X), _MOST_PATTERNS)).astype(np.intp)
    profiles = Profiles.of(X[rows], two_theta)
    fitted = []
    for structure in track(structures, "fitting cells", show=verbose):
        fit = fit_cell(structure.lines, structure.temperature, profiles)
        fit = fit._replace(row=int(rows[fit.row]))
        fitted.append(
            FittedStructure(
                draw_structure(fit.lines, two_theta),
                fit,
                _log_odds(fit),
                _note(structure.temperature, fit.strain),
            )
        )
    return fitted


def _log_odds(fit: CellFit) -> float:
    strain = max(0.0, fit.deviation - 2 * fit.n_components)
    disagreement = max(1 - fit.intensities, _EXPLAINED) / _EXPLAINED
    intensities = min(_MOST, _OF_INTENSITIES * math.log(disagreement))
    return -_OF_A_FIT - _OF_A_STRAIN * strain - intensities


def _note(temperature: float | None, strain: NDArray[np.float64]) -> str:
    axes = 100 * np.linalg.eigvalsh(strain)
    mean = axes.mean()
    where = "CIF without temperature" if temperature is None else f"CIF at {temperature:g} K"
    change = "expanded" if mean >= 0 else "contracted"
    low, high = (f"{axis:.1f}".replace("-0.0", "0.0").replace("-", _MINUS) for axis in axes[[0, 2]])
    return f"{where}, {change} by {abs(mean):.1f} % (axes {low} to {high} %)"
