"""Screens of one compound that are hard to sort: polytypes, near relatives, strong artefacts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from calibrate_sorting import AMORPHOUS_SHARE, MIXTURE_SHARE, PRESETS
from numpy.typing import NDArray

from xrpdsim.simulation import (
    Beta,
    LogNormal,
    LogUniform,
    MeasurementConditions,
    Normal,
    get_conditions,
    near_relative,
    polytype,
    simulate_patterns,
    virtual_crystal,
)

KINDS = ("with a polytype", "with a near relative", "of unrelated forms")


class SimulatedScreen(NamedTuple):
    """Patterns of one compound and the form of each: "1", "1 + 2" or "amorphous"."""

    X: NDArray[np.float64]
    form: NDArray[np.str_]
    kind: str
    preset: str


def simulate_screen(
    seed: int, *, n_max: int = 150, most_forms: int = 3, strongest: float = 1.0
) -> SimulatedScreen:
    """Simulate 30 to `n_max` patterns of one compound.

    Parameters
    ----------
    seed : int
        Decides the kind and the preset, too.
    n_max : int, default=150
    most_forms : int, default=3
        Unrelated ones.
    strongest : float, default=1.0
        Artefacts are up to so many times as strong as the preset has them.

    Returns
    -------
    SimulatedScreen
    """
    rng = np.random.RandomState(seed)
    kind = KINDS[seed % 3]
    while True:
        crystals = [
            virtual_crystal(rng, two_theta_max=43.0) for _ in range(rng.randint(1, most_forms + 1))
        ]
        strain = np.exp(rng.uniform(np.log(0.0005), np.log(0.01)))
        try:
            if kind == KINDS[0]:
                correlation = rng.uniform(0.0, 0.5)
                crystals.append(
                    polytype(crystals[0], correlation=correlation, strain=strain, random_state=rng)
                )
        except ValueError:  # no shift by halves keeps some of its lines
            continue
        break
    if kind == KINDS[1]:
        correlation = rng.uniform(0.3, 0.9)
        crystals.append(
            near_relative(crystals[0], strain=2 * strain, correlation=correlation, random_state=rng)
        )
    preset = PRESETS[(seed // 3) % len(PRESETS)]
    conditions = get_conditions(preset)
    if strongest > 1:
        conditions = stronger(conditions, rng.uniform(1.0, strongest))
    impurity = virtual_crystal(rng, two_theta_max=43.0)
    n_patterns = int(np.exp(rng.uniform(np.log(30), np.log(n_max))))
    weights = rng.dirichlet(np.full(len(crystals), 2.0))
    patterns, forms = [], []

    def measure(lines: Any, n: int, form: str, **how: Any) -> None:
        if n:
            patterns.append(
                simulate_patterns(
                    lines, n, preset=conditions, impurity=impurity, random_state=rng, **how
                )
            )
            forms.extend([form] * n)

    for number, (crystal, weight) in enumerate(zip(crystals, weights, strict=True), start=1):
        measure(crystal, max(2, round(n_patterns * weight)), str(number))
    measure(
        crystals[0], round(AMORPHOUS_SHARE * n_patterns), "amorphous", parameters={"amorphous": 1.0}
    )
    for _ in range(round(MIXTURE_SHARE * n_patterns) if len(crystals) > 1 else 0):
        a, b = rng.choice(len(crystals), 2, replace=False)
        share = rng.uniform(0.1, 0.5)
        measure([crystals[a], crystals[b]], 1, f"{a + 1} + {b + 1}", shares=[1 - share, share])
    return SimulatedScreen(np.concatenate(patterns), np.array(forms), kind, preset)


def stronger(conditions: MeasurementConditions, factor: float) -> MeasurementConditions:
    """Return conditions with artefacts so many times as strong.

    Texture, displacement and strain spread so much wider; grains, counts and the crystalline part
    are divided.
    """
    changed: dict[str, Any] = {}
    for name in ("march_r", "displacement", "cell_strain", "grains", "counts", "amorphous"):
        match getattr(conditions, name):
            case LogNormal(median=median, sigma=sigma):
                changed[name] = LogNormal(median, factor * sigma)
            case Normal(mean=mean, standard_deviation=width):
                changed[name] = Normal(mean, factor * width)
            case LogUniform(low=low, high=high) if name == "cell_strain":
                changed[name] = LogUniform(low, factor * high)
            case LogUniform(low=low, high=high):
                changed[name] = LogUniform(max(low / factor, 1.0), high / factor)
            case Beta(a=a, b=b, scale=scale):
                changed[name] = Beta(a, b / factor, scale)
    return conditions.replace(**changed)
