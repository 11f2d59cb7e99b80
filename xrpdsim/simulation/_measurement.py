"""One measurement, from the lines of the crystals in the sample to counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ._parameters import Parameters, strain_tensor, texture_axis
from ._rendering import Sticks, render
from .artefacts import background as under
from .artefacts.axial import LOW_ANGLE, N_NODES, N_NODES_LOW, axial_divergence
from .artefacts.counting import count, measured, stitched_gain
from .artefacts.intensities import absorption, beam_overflow, few_grains, polarisation
from .artefacts.positions import (
    N_LEVELS,
    height_displacement,
    levels,
    line_strain,
    second_wavelength,
    strained,
    transmission_displacement,
)
from .artefacts.profile import LineWidths
from .artefacts.texture import texture_factors
from .conditions import MeasurementConditions
from .crystals.lines import Lines


def measure(
    components: Mapping[str, Lines],
    share: Mapping[str, NDArray[np.float64]],
    drawn: Parameters,
    conditions: MeasurementConditions,
    grid: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Take patterns from the lines of their crystals to counts.

    Parameters
    ----------
    components : mapping of str to Lines
        By the suffix of their own parameters, see `draw_parameters`.
    share : mapping of str to ndarray of shape (n_patterns,)
        Of each component in what the crystals scatter.
    drawn : dict of str to ndarray of shape (n_patterns,)
        From `draw_parameters`.
    conditions : MeasurementConditions
    grid : ndarray of shape (n_points,)
        Degrees.

    Returns
    -------
    ndarray of shape (n_patterns, n_points)

    Raises
    ------
    ValueError
        If nothing scatters on the grid.
    """
    n_patterns = len(drawn["seed"])
    sticks = [
        _sticks(lines, number, suffix, share[suffix], drawn, conditions, (grid[0], grid[-1]))
        for number, (suffix, lines) in enumerate(components.items())
    ]
    # Far from all lines, rounding leaves values a little below zero, which nothing can count.
    crystals = np.maximum(0.0, render(_joined(sticks), _widths(drawn), grid, n_patterns))
    glass = under.amorphous_bands(grid, drawn["amorphous_scale"], drawn["amorphous_tilt"])
    glass *= _geometry_factor(grid, drawn, conditions)
    amorphous = drawn["amorphous"][:, None]
    sample = (1 - amorphous) * crystals + amorphous * glass
    strongest = sample.max(axis=1)
    if not (strongest > 0).all():
        raise ValueError(
            "a pattern has no line on the grid and no amorphous part: nothing scatters from "
            f"{grid[0]:g} to {grid[-1]:g} degrees"
        )
    expected = sample / strongest[:, None] + _background(grid, drawn)
    expected *= drawn["counts"][:, None]
    for row, seed in enumerate(drawn["seed"]):
        if drawn["stitching"][row] > 0:
            gain = stitched_gain(
                grid, drawn["stitching"][row], np.random.default_rng([1, int(seed)])
            )
            expected[row] *= np.maximum(gain, 0.0)
        if conditions.poisson:
            generator = np.random.default_rng([0, int(seed)])
            expected[row] = count(expected[row], grid, drawn["step"][row], generator)
    return np.where(measured(grid, drawn["start"], drawn["end"]), expected, np.nan)


def _sticks(
    lines: Lines,
    number: int,
    suffix: str,
    share: NDArray[np.float64],
    drawn: Parameters,
    conditions: MeasurementConditions,
    ends: tuple[float, float],
) -> Sticks:
    """Act on the lines of one crystal with everything but the widths."""
    ideal = lines.two_theta
    inclination = np.zeros(len(lines))
    if conditions.geometry == "transmission":
        inclination = 90 - ideal / 2 if conditions.fixed_omega else np.full(len(lines), 90.0)
    on_grid = (ideal >= ends[0]) & (ideal <= ends[1])
    # Shares are of what scatters within the pattern.
    total = lines.intensity[on_grid].sum() or lines.intensity.sum()
    area = (lines.intensity / total) * texture_factors(
        lines, texture_axis(drawn, suffix), drawn["march_r" + suffix], inclination
    )
    area *= polarisation(ideal, drawn["polarisation"][:, None])
    area *= _geometry_factor(ideal, drawn, conditions)
    for row, (seed, grains) in enumerate(zip(drawn["seed"], drawn["grains"], strict=True)):
        if np.isfinite(grains):
            generator = np.random.default_rng([3 + number, int(seed)])
            area[row] *= few_grains(lines.multiplicity, grains, generator)
    area *= share[:, None]

    tensor = lines.symmetric_strain(strain_tensor(drawn, suffix))
    position = strained(ideal, line_strain(lines.directions, tensor))
    ratio = drawn["kalpha2"][:, None]
    if ratio.any():
        position = np.concatenate([position, second_wavelength(position)], axis=1)
        area = np.concatenate([area / (1 + ratio), area * ratio / (1 + ratio)], axis=1)
    low = position.min(axis=0) < LOW_ANGLE
    return _joined(
        [
            _displaced(position[:, lines], area[:, lines], n_nodes, drawn, conditions)
            for lines, n_nodes in ((low, N_NODES_LOW), (~low, N_NODES))
        ]
    )


def _displaced(
    bragg: NDArray[np.float64],
    area: NDArray[np.float64],
    n_nodes: int,
    drawn: Parameters,
    conditions: MeasurementConditions,
) -> Sticks:
    """Spread lines by axial divergence and put them where a displaced sample shows them."""
    position, area = bragg[..., None], area[..., None]
    divergence = drawn["axial_sample"][:, None], drawn["axial_detector"][:, None]
    if any(half_angle.any() for half_angle in divergence):
        position, weight = axial_divergence(bragg, *divergence, n_nodes)
        area = area * weight
    height, part = _heights(drawn)
    sticks = []
    for level in range(height.shape[1]):
        rows = np.flatnonzero(part[:, level])
        shift = _displacement(bragg[rows], height[rows, level, None], conditions)
        shift += drawn["zero_error"][rows, None]
        moved = position[rows] + shift[..., None]
        share_of_level = part[rows, level, None, None]
        sticks.append(
            Sticks(
                np.repeat(rows, moved[0].size), moved.ravel(), (area[rows] * share_of_level).ravel()
            )
        )
    return _joined(sticks)


def _heights(drawn: Parameters) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return at which heights the parts of each sample lie, and the shares of those parts."""
    uneven = np.flatnonzero(drawn["unevenness"])
    n_levels = N_LEVELS if uneven.size else 1
    height = np.repeat(drawn["displacement"][:, None], n_levels, axis=1)
    part = np.zeros_like(height)
    part[:, 0] = 1.0
    for row in uneven:
        generator = np.random.default_rng([2, int(drawn["seed"][row])])
        offset, part[row] = levels(float(drawn["unevenness"][row]), generator)
        height[row] += offset
    return height, part


def _displacement(
    two_theta: NDArray[np.float64], height: NDArray[np.float64], conditions: MeasurementConditions
) -> NDArray[np.float64]:
    if conditions.geometry == "reflection":
        return height_displacement(two_theta, height, conditions.radius)
    return transmission_displacement(two_theta, height, conditions.radius, conditions.fixed_omega)


def _geometry_factor(
    two_theta: NDArray[np.float64], drawn: Parameters, conditions: MeasurementConditions
) -> NDArray[np.float64]:
    if conditions.geometry == "reflection":
        return beam_overflow(two_theta, drawn["overflow"][:, None])
    return absorption(two_theta, drawn["absorption"][:, None], conditions.fixed_omega)


def _widths(drawn: Parameters) -> LineWidths:
    w = drawn["instrument_fwhm"] ** 2
    return LineWidths(
        w=w,
        u=drawn["caglioti_u"] * w,
        v=drawn["caglioti_v"] * w,
        lorentzian=drawn["instrument_lorentzian"] * drawn["instrument_fwhm"],
        size=drawn["size"],
        microstrain=drawn["microstrain"],
    )


def _background(grid: NDArray[np.float64], drawn: Parameters) -> NDArray[np.float64]:
    level = drawn["background"][:, None] * under.sloped(grid, drawn["background_slope"])
    for name, scatter in {
        "air_scatter": under.air_scatter,
        "kapton": under.kapton,
        "cellulose_acetate": under.cellulose_acetate,
        "glass": under.glass,
    }.items():
        level = level + drawn[name][:, None] * scatter(grid)
    return np.asarray(level)


def _joined(sticks: Sequence[Sticks]) -> Sticks:
    return Sticks(
        np.concatenate([s.row for s in sticks]),
        np.concatenate([s.two_theta for s in sticks]),
        np.concatenate([s.area for s in sticks]),
    )
