"""Patterns to train on, drawn without end: one round of families after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...simulation import (
    Lines,
    MeasurementConditions,
    simulate_patterns,
    thermal_expansion,
    virtual_crystal,
)
from ...simulation.artefacts.texture import draw_axes
from .instruments import AXIAL_SHARE, IMPURITY_SHARE, MINERAL_IMPURITY_SHARE, draw_conditions
from .minerals import compact_crystal, mineral_family, specimens
from .organics import TWO_THETA_MAX, organic_family

PATTERNS_PER_INSTRUMENT = (3, 3)
"""Patterns of each form by the family's first and second instrument."""

MINERAL_SHARE = 0.3

COLD_SHARE = 0.3
"""Share of organic forms that the second instrument measured up to 200 K colder."""


class Round(NamedTuple):
    """Patterns of whole families.

    Attributes
    ----------
    X : ndarray of shape (n_families, n_forms, n_patterns, n_points), float32
        Counts, NaN where not measured.
    mineral : ndarray of shape (n_families,), bool
    """

    X: NDArray[np.float32]
    mineral: NDArray[np.bool_]


def simulate_round(
    seed: int,
    number: int,
    n_families: int,
    *,
    mineral_share: float = MINERAL_SHARE,
    axial_share: float = AXIAL_SHARE,
    series: bool = False,
) -> Round:
    """Simulate the families of a round; the same arguments give the same bits.

    Parameters
    ----------
    seed : int
    number : int
        Of the round.
    n_families : int
    mineral_share : float
        Share of families that are like minerals.
    axial_share : float
    series : bool
        Whether minerals may be neighbours in a series, see `mineral_family`.

    Returns
    -------
    Round
    """
    entropy = np.random.SeedSequence([seed, number]).generate_state(8)
    rng = np.random.RandomState(entropy)
    mineral = rng.random_sample(n_families) < mineral_share
    X = [_family_patterns(rng, bool(is_mineral), axial_share, series) for is_mineral in mineral]
    return Round(np.stack(X), mineral)


def _family_patterns(
    rng: np.random.RandomState, mineral: bool, axial_share: float, series: bool
) -> NDArray[np.float32]:
    # All forms of a family are measured by the same two instruments, so that nothing about the
    # instrument tells them apart.
    instruments = [
        draw_conditions(rng, mineral=mineral, axial_share=axial_share)
        for _ in PATTERNS_PER_INSTRUMENT
    ]
    if mineral:
        forms = _mineral_patterns(rng, instruments, series)
    else:
        forms = _organic_patterns(rng, instruments)
    return np.stack(list(forms)).astype(np.float32)


def _organic_patterns(
    rng: np.random.RandomState, instruments: Sequence[MeasurementConditions]
) -> Iterator[NDArray[np.float64]]:
    impurity = virtual_crystal(rng, two_theta_max=TWO_THETA_MAX)
    for form in organic_family(rng):
        is_cold = rng.random_sample() < COLD_SHARE
        temperatures = (form, _cold(form, rng) if is_cold else form)
        patterns = [
            simulate_patterns(
                lines,
                n_patterns,
                preset=conditions,
                impurity=impurity if rng.random_sample() < IMPURITY_SHARE else None,
                random_state=rng,
            )
            for lines, conditions, n_patterns in zip(
                temperatures, instruments, PATTERNS_PER_INSTRUMENT, strict=True
            )
        ]
        yield np.concatenate(patterns)


def _mineral_patterns(
    rng: np.random.RandomState, instruments: Sequence[MeasurementConditions], series: bool
) -> Iterator[NDArray[np.float64]]:
    """Draw each pattern from a specimen of its own; one mineral comes along with all of them."""
    impurity = compact_crystal(rng)
    measured_by = [
        conditions
        for conditions, n_patterns in zip(instruments, PATTERNS_PER_INSTRUMENT, strict=True)
        for _ in range(n_patterns)
    ]
    for form in mineral_family(rng, series=series):
        rocks = specimens(form, len(measured_by), rng)
        yield measured_specimens(form, rocks, measured_by, impurity, rng)


def measured_specimens(
    form: Lines,
    rocks: Sequence[Lines],
    measured_by: Sequence[MeasurementConditions],
    impurity: Lines,
    rng: np.random.RandomState,
) -> NDArray[np.float64]:
    """Simulate one pattern of each specimen of a mineral, some with another mineral in them.

    Parameters
    ----------
    form : Lines
        The mineral.
    rocks : sequence of Lines
        Its specimens, each a crystal of its own.
    measured_by : sequence of MeasurementConditions
        Of each specimen.
    impurity : Lines
        Another mineral, which comes along with `MINERAL_IMPURITY_SHARE` of them.
    rng : RandomState

    Returns
    -------
    ndarray of shape (n_specimens, n_points)
    """
    # Cleavage belongs to the mineral: plates lie on the same plane wherever it comes from.
    cleavage = draw_axes(form, 1, 1.0, np.random.default_rng(rng.randint(2**32, size=4)))[0]
    axis = {f"axis_{letter}": index for letter, index in zip("hkl", cleavage, strict=True)}
    return np.concatenate(
        [
            simulate_patterns(
                rock,
                preset=conditions,
                parameters=axis,
                impurity=impurity if rng.random_sample() < MINERAL_IMPURITY_SHARE else None,
                random_state=rng,
            )
            for rock, conditions in zip(rocks, measured_by, strict=True)
        ]
    )


def _cold(form: Lines, rng: np.random.RandomState) -> Lines:
    return form.strained(-rng.uniform(0.0, 200.0) * thermal_expansion(random_state=rng))
