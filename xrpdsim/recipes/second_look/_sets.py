"""Simulated crystals kept apart from training, on which a second look is chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...simulation import Lines, near_relative, polytype, simulate_patterns, virtual_crystal
from ...simulation.crystals import thermal_expansion
from ..labelled_patterns import LabelledPatterns
from ..training_data import TWO_THETA_MAX, organic_family
from ..training_data.instruments import draw_conditions
from ..training_data.minerals import mineral_family
from ._families import any_strain

SETS_SEED = 555_000
"""Training starts from small seeds; a crystal here is never one of training."""

N_PATTERNS = 6
PRESETS = ("transmission", "bragg-brentano", "well-plate", "synchrotron")


def families_kept_apart(
    n_families: int, *, mineral: bool = False, first: int = 0
) -> LabelledPatterns:
    """Simulate families whose samples of one form may differ in temperature or strain.

    Of 45 % of the forms no sample differs; of 30 % half were up to 280 K colder, of 25 % half have
    any strain of the crystal's symmetry of 0.2 to 2 %.

    Parameters
    ----------
    n_families : int
        Of 4 forms of 6 patterns.
    mineral : bool, default=False
    first : int, default=0
        Number of the first family; each number has crystals of its own.

    Returns
    -------
    LabelledPatterns
    """
    patterns = []
    for number in range(first, first + n_families):
        rng = np.random.RandomState(SETS_SEED + 2 * number + mineral)
        forms = mineral_family(rng) if mineral else organic_family(rng)
        instruments = [draw_conditions(rng, mineral=mineral, axial_share=0.1) for _ in range(2)]
        for form in forms:
            other = _elsewhere(form, rng)
            half = N_PATTERNS // 2
            for crystal, preset in zip((form, other), instruments, strict=True):
                patterns.append(simulate_patterns(crystal, half, preset=preset, random_state=rng))
    X = np.concatenate(patterns).astype(np.float32)
    return _labelled(X, n_families, len(X) // (n_families * N_PATTERNS))


def polytypes_kept_apart(n_families: int, *, first: int = 0) -> LabelledPatterns:
    """Simulate pairs of polytypes: half of the lines common, the others hardly alike.

    Parameters
    ----------
    n_families : int
        Of 2 forms of 6 patterns, by all presets in turn.
    first : int, default=0

    Returns
    -------
    LabelledPatterns
    """
    patterns = []
    for number in range(first, first + n_families):
        rng = np.random.RandomState(SETS_SEED + 500_000 + number)
        form, other = _with_polytype(rng)
        preset = PRESETS[number % len(PRESETS)]
        patterns += [
            simulate_patterns(crystal, N_PATTERNS, preset=preset, random_state=rng)
            for crystal in (form, other)
        ]
    return _labelled(np.concatenate(patterns).astype(np.float32), n_families, 2)


def relatives_kept_apart(
    n_crystals: int, strain: float, *, correlation: float = 0.8
) -> LabelledPatterns:
    """Simulate crystals beside a relative with other intensities, in transmission.

    Parameters
    ----------
    n_crystals : int
    strain : float
        Root mean square of the principal strains.
    correlation : float, default=0.8
        Of the structure factors.

    Returns
    -------
    LabelledPatterns
        Two patterns of each of two forms a crystal.
    """
    patterns = []
    for number in range(n_crystals):
        crystal = virtual_crystal(SETS_SEED + 800_000 + number, two_theta_max=TWO_THETA_MAX)
        relative = near_relative(
            crystal, strain=strain, correlation=correlation, random_state=number
        )
        for k, lines in enumerate((crystal, relative)):
            patterns.append(
                simulate_patterns(
                    lines, 2, preset="transmission", random_state=SETS_SEED + 2 * number + k
                )
            )
    return _labelled(np.concatenate(patterns).astype(np.float32), n_crystals, 2)


def _with_polytype(rng: np.random.RandomState) -> Sequence[Lines]:
    while True:
        form = virtual_crystal(rng, two_theta_max=TWO_THETA_MAX)
        try:
            other = polytype(
                form,
                correlation=rng.uniform(0.0, 0.5),
                strain=rng.uniform(0.0, 0.006),
                random_state=rng,
            )
        except ValueError:  # no shift by halves keeps some of its lines
            continue
        return form, other


def _elsewhere(form: Lines, rng: np.random.RandomState) -> Lines:
    kind = rng.random_sample()
    if kind < 0.45:
        return form
    if kind < 0.75:
        return form.strained(-rng.uniform(0.0, 280.0) * thermal_expansion(random_state=rng))
    return any_strain(rng)(form)


def _labelled(X: NDArray[np.float32], n_families: int, n_forms: int) -> LabelledPatterns:
    each = len(X) // n_families
    return LabelledPatterns(
        X,
        np.repeat(np.arange(n_families), each),
        np.repeat(np.arange(n_families * n_forms), each // n_forms),
    )
