"""How the patterns that are trained on were measured."""

from __future__ import annotations

import numpy as np

from ...simulation import (
    Beta,
    LogNormal,
    LogUniform,
    MeasurementConditions,
    Uniform,
    get_conditions,
)

PRESET_SHARES = {
    "transmission": 0.35,
    "bragg-brentano": 0.25,
    "well-plate": 0.25,
    "synchrotron": 0.15,
}

AXIAL_SHARE = 0.2
"""Share of measurements with axial divergence, which costs as much as everything else together."""

IMPURITY_SHARE = 0.15
MINERAL_IMPURITY_SHARE = 0.4
"""Share of samples with an impurity; rocks are rarely one mineral."""


def draw_conditions(
    rng: np.random.RandomState, *, mineral: bool, axial_share: float = AXIAL_SHARE
) -> MeasurementConditions:
    """Draw an instrument and, for minerals, what their powders are like.

    Parameters
    ----------
    rng : RandomState
    mineral : bool
        Minerals are measured by reflection or at a synchrotron, with little amorphous part; they
        may be clays, with crystallites of a few nanometres and strong texture.
    axial_share : float

    Returns
    -------
    MeasurementConditions
    """
    if mineral:
        conditions = get_conditions(
            "bragg-brentano" if rng.random_sample() < 0.8 else "synchrotron"
        )
        clay = rng.random_sample() < 0.3
        conditions = conditions.replace(
            size=LogUniform(6.0, 40.0) if clay else LogUniform(30.0, 500.0),
            march_r=LogNormal(0.8, 0.4) if clay else LogNormal(1.0, 0.25),
            amorphous=Beta(0.4, 10.0),
            cell_strain=LogUniform(0.0005, 0.006),
            grains=LogUniform(50, 5000),
        )
    else:
        names, shares = zip(*PRESET_SHARES.items(), strict=True)
        conditions = get_conditions(str(rng.choice(names, p=shares)))
        conditions = conditions.replace(cell_strain=LogUniform(0.0005, 0.006))
    if rng.random_sample() >= axial_share:
        conditions = conditions.replace(axial_sample=0.0, axial_detector=0.0)
    return conditions.replace(impurity=Uniform(0.0, 0.25 if mineral else 0.15))
