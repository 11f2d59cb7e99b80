"""Families of crystals and their patterns that a second look is trained on: the doubtful pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...simulation import (
    Lines,
    LogNormal,
    LogUniform,
    MeasurementConditions,
    compressibility,
    get_conditions,
    in_environment,
    near_relative,
    polytype,
    simulate_patterns,
    solvate_series,
    thermal_expansion,
    virtual_crystal,
)
from ...simulation.crystals.virtual import draw_molecular_volume
from ..training_data.instruments import IMPURITY_SHARE, draw_conditions
from ..training_data.minerals import compact_crystal, mineral_family, specimens
from ..training_data.organics import FORMS_PER_FAMILY, TWO_THETA_MAX
from ..training_data.rounds import measured_specimens

PATTERNS_PER_FORM = 6

MINERAL_SHARE = 0.25

FURTHER_FORMS = {
    "polymorph": 0.30,
    "polytype": 0.28,
    "relative": 0.27,
    "solvate": 0.15,
}
"""What the forms of an organic family after its first one are."""

ENVIRONMENTS = {"same": 0.35, "temperature": 0.22, "expansion": 0.25, "strain": 0.18}
"""How samples of one organic form differ: not at all, in temperature and pressure, by an expansion
without regard to what is usual, or by any strain."""

MINERAL_ENVIRONMENTS = {"same": 0.85, "temperature": 0.05, "expansion": 0.0, "strain": 0.10}
"""The same of minerals, whose specimens differ in composition, too, and rarely in temperature."""

PRINCIPAL_EXPANSIONS = (-0.004, 0.03)

FILM_SHARE = 0.06
STRONG_SHARE = 0.35
"""Share of instruments whose samples show strong texture, few counts or much amorphous matter."""


class Family(NamedTuple):
    """Patterns of one family.

    Attributes
    ----------
    X : ndarray of shape (n_forms, n_patterns, n_points), float32
        Counts, NaN where not measured.
    mineral : bool
    """

    X: NDArray[np.float32]
    mineral: bool


def simulate_family(seed: int, number: int, *, mineral_share: float = MINERAL_SHARE) -> Family:
    """Simulate one family; the same arguments give the same bits.

    Parameters
    ----------
    seed : int
    number : int
        Of the family.
    mineral_share : float, default=0.25

    Returns
    -------
    Family
    """
    entropy = np.random.SeedSequence([seed, 2, number]).generate_state(8)
    rng = np.random.RandomState(entropy)
    mineral = bool(rng.random_sample() < mineral_share)
    draw = _mineral_patterns if mineral else _organic_patterns
    instruments = [_conditions(rng, mineral) for _ in range(2)]
    return Family(np.stack(list(draw(instruments, rng))).astype(np.float32), mineral)


def _mineral_patterns(
    instruments: Sequence[MeasurementConditions], rng: np.random.RandomState
) -> Iterator[NDArray[np.float64]]:
    impurity = compact_crystal(rng)
    measured_by = [each for each in instruments for _ in range(PATTERNS_PER_FORM // 2)]
    for form in mineral_family(rng):
        rocks = specimens(form, PATTERNS_PER_FORM, rng)
        elsewhere = samples_of(rocks, MINERAL_ENVIRONMENTS, rng)
        yield measured_specimens(form, elsewhere, measured_by, impurity, rng)


def _organic_patterns(
    instruments: Sequence[MeasurementConditions], rng: np.random.RandomState
) -> Iterator[NDArray[np.float64]]:
    """Measure the samples of each form, half by each instrument; some hold a little of another.

    That is something unknown as often as another form of the family.
    """
    forms = organic_forms(rng)
    unknown = virtual_crystal(rng, two_theta_max=TWO_THETA_MAX)
    for number, form in enumerate(forms):
        crystals = samples_of(form, ENVIRONMENTS, rng)
        impurities = [unknown, *(other[0] for other in forms[:number] + forms[number + 1 :])]
        shares = [0.5, *[0.5 / (len(forms) - 1)] * (len(forms) - 1)]
        within = [
            int(rng.choice(len(impurities), p=shares))
            if rng.random_sample() < IMPURITY_SHARE
            else None
            for _ in crystals
        ]
        yield _measured(crystals, instruments, impurities, within, rng)


def organic_forms(rng: np.random.RandomState, n_forms: int = FORMS_PER_FAMILY) -> list[list[Lines]]:
    """Draw the forms of a molecule, each as the crystals that its samples may be.

    A form has more than one crystal where its samples hold more or less of a solvent.

    Parameters
    ----------
    rng : RandomState
    n_forms : int

    Returns
    -------
    list of list of Lines
    """
    names, shares = zip(*FURTHER_FORMS.items(), strict=True)
    kinds = ["polymorph", *(str(kind) for kind in rng.choice(names, n_forms - 1, p=shares))]
    volume = draw_molecular_volume(rng)
    forms: list[list[Lines]] = []
    for kind in kinds:
        parent = forms[rng.randint(len(forms))][0] if forms else None
        if kind == "polymorph" or parent is None:
            molecule = volume * np.exp(rng.normal(0.0, 0.015))
            forms.append(
                [virtual_crystal(rng, molecular_volume=molecule, two_theta_max=TWO_THETA_MAX)]
            )
        elif kind == "polytype":
            forms.append([_polytype(parent, rng)])
        elif kind == "relative":
            strain = np.exp(rng.uniform(np.log(0.002), np.log(0.04)))
            correlation = rng.uniform(0.3, 0.9)
            growth = rng.uniform(-1.5, 1.5) * strain
            forms.append(
                [
                    near_relative(
                        parent,
                        strain=strain,
                        correlation=correlation,
                        growth=growth,
                        random_state=rng,
                    )
                ]
            )
        else:
            strain = rng.uniform(0.004, 0.03)
            occupancies = rng.uniform(0.6, 1.0, size=PATTERNS_PER_FORM)
            forms.append(
                solvate_series(
                    parent,
                    occupancies.tolist(),
                    scattering=rng.uniform(0.4, 1.2),
                    strain=strain,
                    growth=rng.uniform(0.3, 1.5) * strain,
                    random_state=rng,
                )
            )
    return forms


def _polytype(parent: Lines, rng: np.random.RandomState) -> Lines:
    correlation = rng.uniform(0.0, 0.5)
    strain = np.exp(rng.uniform(np.log(0.0005), np.log(0.01)))
    extinct = 0.5 if rng.random_sample() < 0.2 else 0.0
    try:
        return polytype(
            parent, correlation=correlation, strain=strain, extinct=extinct, random_state=rng
        )
    except ValueError:
        # cells of high symmetry have no shift by halves that keeps some lines
        return near_relative(parent, strain=strain, correlation=0.6, random_state=rng)


def samples_of(
    form: Sequence[Lines], environments: dict[str, float], rng: np.random.RandomState
) -> list[Lines]:
    """Draw the crystals of one form's samples: two batches, of which one lay elsewhere.

    Parameters
    ----------
    form : sequence of Lines
        One crystal, or one for each sample.
    environments : dict of str to float
        Shares of what may have been elsewhere, as in `ENVIRONMENTS`.
    rng : RandomState

    Returns
    -------
    list of Lines
        The first half as they are; the others at another temperature and pressure, or strained.
    """
    crystals = [form[k % len(form)] for k in range(PATTERNS_PER_FORM)]
    names, shares = zip(*environments.items(), strict=True)
    kind = str(rng.choice(names, p=shares))
    if kind == "same":
        return crystals
    if kind == "temperature":
        expansion = thermal_expansion(random_state=rng)
        compliance = compressibility(random_state=rng)
        temperature = rng.uniform(100.0, 350.0)
        pressure = rng.uniform(0.0, 0.3) if rng.random_sample() < 0.3 else 0.0
        elsewhere: Callable[[Lines], Lines] = partial(
            in_environment,
            temperature=temperature,
            pressure=pressure,
            expansion=expansion,
            compliance=compliance,
        )
    else:
        elsewhere = any_expansion(rng) if kind == "expansion" else any_strain(rng)
    half = PATTERNS_PER_FORM // 2
    return [*crystals[:half], *(elsewhere(crystal) for crystal in crystals[half:])]


def any_expansion(rng: np.random.RandomState) -> Callable[[Lines], Lines]:
    """Draw an expansion along three axes, as over some 200 K; return what expands crystals by it.

    Of each crystal the part that keeps its symmetry is taken.
    """
    frame, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    expansion = frame @ np.diag(rng.uniform(*PRINCIPAL_EXPANSIONS, 3)) @ frame.T
    return lambda crystal: crystal.strained(crystal.symmetric_strain(expansion))


def any_strain(rng: np.random.RandomState) -> Callable[[Lines], Lines]:
    """Draw a strain of 0.2 to 2 %, root mean square; return what strains crystals by it.

    Of each crystal the part that keeps its symmetry is taken, at the same size.
    """
    raw = rng.standard_normal((3, 3))
    size = np.exp(rng.uniform(np.log(0.002), np.log(0.02)))

    def strained(crystal: Lines) -> Lines:
        strain = crystal.symmetric_strain(raw + raw.T)
        return crystal.strained(strain * (size * 3**0.5 / np.linalg.norm(strain)))

    return strained


def strong_conditions(seed: int, n: int = 6) -> list[MeasurementConditions]:
    """Draw instruments for organic samples with strong texture, few counts or much amorphous."""
    rng = np.random.RandomState(seed)
    return [
        _with_strong_artefacts(draw_conditions(rng, mineral=False, axial_share=0.1), rng)
        for _ in range(n)
    ]


def _conditions(rng: np.random.RandomState, mineral: bool) -> MeasurementConditions:
    if rng.random_sample() < FILM_SHARE:
        conditions = get_conditions("film").replace(axial_sample=0.0, axial_detector=0.0)
    else:
        conditions = draw_conditions(rng, mineral=mineral, axial_share=0.1)
    if mineral or rng.random_sample() >= STRONG_SHARE:
        return conditions
    return _with_strong_artefacts(conditions, rng)


def _with_strong_artefacts(
    conditions: MeasurementConditions, rng: np.random.RandomState
) -> MeasurementConditions:
    strong = rng.randint(3)
    if strong == 0:
        return conditions.replace(march_r=LogNormal(1.0, 0.8), grains=LogUniform(1, 30))
    if strong == 1:
        return conditions.replace(counts=LogUniform(40, 600))
    return conditions.replace(amorphous=LogUniform(0.3, 0.9))


def _measured(
    crystals: Sequence[Lines],
    instruments: Sequence[MeasurementConditions],
    impurities: Sequence[Lines],
    within: Sequence[int | None],
    rng: np.random.RandomState,
) -> NDArray[np.float64]:
    """Measure samples, half by each instrument; `within` says which impurity each has."""
    half = len(crystals) // 2
    alike: dict[tuple[int, int, int | None], list[int]] = {}
    for k, crystal in enumerate(crystals):
        alike.setdefault((int(k >= half), id(crystal), within[k]), []).append(k)
    patterns = np.empty((len(crystals), 1950))
    for (which, _, impurity), rows in alike.items():
        patterns[rows] = simulate_patterns(
            crystals[rows[0]],
            len(rows),
            preset=instruments[which],
            impurity=None if impurity is None else impurities[impurity],
            random_state=rng,
        )
    return patterns
