"""Patterns to train on, drawn without end: one round of families after another."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..simulation import Lines, simulate_patterns, thermal_expansion, virtual_crystal
from .crystals import FORMS_PER_FAMILY, TWO_THETA_MAX, mineral_family, organic_family
from .instruments import AXIAL_SHARE, IMPURITY_SHARE, draw_conditions

PATTERNS_PER_INSTRUMENT = (3, 3)
"""Patterns of each form by the family's first and second instrument."""

MINERAL_SHARE = 0.2

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

    Returns
    -------
    Round
    """
    entropy = np.random.SeedSequence([seed, number]).generate_state(8)
    rng = np.random.RandomState(entropy)
    mineral = rng.random_sample(n_families) < mineral_share
    X = [_family_patterns(rng, bool(is_mineral), axial_share) for is_mineral in mineral]
    return Round(np.stack(X), mineral)


def _family_patterns(
    rng: np.random.RandomState, mineral: bool, axial_share: float
) -> NDArray[np.float32]:
    forms = mineral_family(rng) if mineral else organic_family(rng)
    impurity = virtual_crystal(rng, two_theta_max=TWO_THETA_MAX)
    # All forms of a family are measured by the same two instruments, so that nothing about the
    # instrument tells them apart.
    instruments = [
        (draw_conditions(rng, mineral=mineral, axial_share=axial_share), n)
        for n in PATTERNS_PER_INSTRUMENT
    ]
    patterns = []
    for form in forms:
        is_cold = not mineral and rng.random_sample() < COLD_SHARE
        cold = _cold(form, rng) if is_cold else form
        for lines, (conditions, n_patterns) in zip((form, cold), instruments, strict=True):
            impure = rng.random_sample() < IMPURITY_SHARE
            patterns.append(
                simulate_patterns(
                    lines,
                    n_patterns,
                    preset=conditions,
                    impurity=impurity if impure else None,
                    random_state=rng,
                ).astype(np.float32)
            )
    joined = np.concatenate(patterns)
    return joined.reshape(FORMS_PER_FAMILY, -1, joined.shape[1])


def _cold(form: Lines, rng: np.random.RandomState) -> Lines:
    return form.strained(-rng.uniform(0.0, 200.0) * thermal_expansion(random_state=rng))
