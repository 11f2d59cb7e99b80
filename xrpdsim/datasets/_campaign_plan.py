"""What a simulated screen measures: compounds with their forms, and how often each is measured."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from ..simulation import Lines, MeasurementConditions, virtual_crystal, virtual_family

_SIZE_SPREAD = 1.06
"""Sigma of the log-normal number of patterns a form; 24 forms then give 1 equal pair in 10.5."""

_BEYOND_THE_GRID = 1.0
"""Degrees 2theta: lines that a shift, a width or an expansion bring onto the grid."""

_RELATIVES = ("hydrate", "solvate")
AMORPHOUS = "amorphous"


class Form(NamedTuple):
    """A solid form of a compound and its lines."""

    compound: str
    name: str
    kind: str
    lines: Lines


class Sample(NamedTuple):
    """Patterns of one material, measured in one way."""

    compound: str
    label: str
    forms: tuple[Form, ...]
    impurity: Lines
    preset: str | MeasurementConditions
    n_patterns: int
    seed: int


def draw_families(
    n_compounds: int, n_forms: int, solvate_share: float, last: float, rng: np.random.RandomState
) -> list[list[Form]]:
    """Return the forms of each compound, their lines up to a little beyond `last` degrees."""
    extra = rng.multinomial(n_forms - n_compounds, np.full(n_compounds, 1 / n_compounds))
    digits = len(str(n_compounds))
    families = []
    for number, n_further in enumerate(extra, start=1):
        related = rng.random_sample(n_further) < solvate_share
        kinds = ["polymorph", *np.where(related, rng.choice(_RELATIVES, n_further), "polymorph")]
        crystals = virtual_family(
            len(kinds), rng.randint(2**31), kinds=kinds, two_theta_max=last + _BEYOND_THE_GRID
        )
        compound = f"compound {number:0{digits}d}"
        families.append(
            [
                Form(compound, _roman(index), str(kind), lines)
                for index, (kind, lines) in enumerate(zip(kinds, crystals, strict=True), start=1)
            ]
        )
    return families


def plan_samples(
    families: list[list[Form]],
    n_patterns: int,
    amorphous_share: float,
    mixture_share: float,
    presets: Sequence[str | MeasurementConditions],
    last: float,
    rng: np.random.RandomState,
) -> list[Sample]:
    """Return what is measured how often, each with a seed of its own."""
    n_amorphous = round(amorphous_share * n_patterns)
    n_mixed = round(mixture_share * n_patterns)
    forms = [form for family in families for form in family]
    pairs = [pair for family in families for pair in combinations(family, 2)]
    sizes = _unequal_sizes(n_patterns - n_amorphous - n_mixed, len(forms), rng)
    materials: list[tuple[tuple[Form, ...], str, int]]
    materials = [((form,), form.name, size) for form, size in zip(forms, sizes, strict=True)]
    materials += [
        ((first, second), f"{first.name} + {second.name}", size)
        for (first, second), size in zip(pairs, _spread(n_mixed, len(pairs), rng), strict=True)
    ]
    materials += [
        ((family[0],), AMORPHOUS, size)
        for family, size in zip(families, _spread(n_amorphous, len(families), rng), strict=True)
    ]
    impurities = {
        family[0].compound: virtual_crystal(
            rng.randint(2**31), two_theta_max=last + _BEYOND_THE_GRID
        )
        for family in families
    }
    return [
        Sample(
            chosen[0].compound,
            label,
            chosen,
            impurities[chosen[0].compound],
            preset,
            count,
            rng.randint(2**31),
        )
        for chosen, label, size in materials
        for preset, count in zip(presets, _spread(size, len(presets), rng), strict=True)
        if count
    ]


def _unequal_sizes(n_patterns: int, n_forms: int, rng: np.random.RandomState) -> NDArray[np.int_]:
    """Spread patterns over forms by the quantiles of a log-normal distribution, two at least.

    Quantiles, not draws: the share of equal pairs then hardly depends on the seed.
    """
    weight = np.exp(_SIZE_SPREAD * ndtri((np.arange(n_forms) + 0.5) / n_forms))
    rng.shuffle(weight)
    exact = n_patterns * weight / weight.sum()
    sizes = np.maximum(exact.astype(int), 2)
    largest_remainders = np.argsort(sizes - exact, kind="stable")
    sizes[largest_remainders[: max(n_patterns - sizes.sum(), 0)]] += 1
    while sizes.sum() > n_patterns:  # the smallest forms were lifted to two
        sizes[sizes.argmax()] -= 1
    return sizes


def _spread(total: int, n_parts: int, rng: np.random.RandomState) -> NDArray[np.int_]:
    """Spread a number evenly, but for chance, over parts."""
    if not n_parts:
        return np.zeros(0, dtype=int)
    return np.asarray(rng.multinomial(total, np.full(n_parts, 1 / n_parts)))


def _roman(number: int) -> str:
    text = ""
    for value, letters in (
        (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"),
        (1, "I"),
    ):  # fmt: skip
        text += letters * (number // value)
        number %= value
    return text
