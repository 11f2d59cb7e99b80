"""Simulated campaigns on instruments that no training used, with artefacts stronger than there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...datasets import make_screening_campaign
from ...patterns.pairs import encode_phases
from ...simulation import (
    Beta,
    LogNormal,
    LogUniform,
    MeasurementConditions,
    Normal,
    Uniform,
    get_conditions,
)
from ..labelled_patterns import LabelledPatterns

FIRST_SEED = 666_000
LOWEST_LINE = 0.02
"""Of the strongest line: weaker ones are not counted."""

DIFFICULTIES = ("noise", "amorphous share", "number of lines")


class DifficultPatterns(NamedTuple):
    """Patterns, and how hard each is to compare.

    Attributes
    ----------
    patterns : LabelledPatterns
    difficulty : dict of str to ndarray of shape (n_patterns,)
        By the names in `DIFFICULTIES`, higher where it is harder: over the square root of the
        counts, the amorphous share, and minus the number of lines.
    """

    patterns: LabelledPatterns
    difficulty: dict[str, NDArray[np.float64]]


def other_instruments() -> list[MeasurementConditions]:
    """Return conditions that differ from those of every preset and of training."""
    capillary = get_conditions("transmission").replace(
        instrument_fwhm=Uniform(0.03, 0.06),
        kalpha2=0.5,
        march_r=LogNormal(1.0, 0.15),
        grains=LogUniform(200, 5000),
        counts=LogUniform(60, 3000),
        glass=Uniform(0.05, 0.5),
    )
    bench_top = get_conditions("bragg-brentano").replace(
        instrument_fwhm=Uniform(0.15, 0.3),
        march_r=LogNormal(1.0, 0.7),
        grains=LogUniform(5, 200),
        displacement=Normal(0.0, 0.25),
        counts=LogUniform(80, 4000),
        amorphous=Beta(1.0, 4.0),
    )
    milligrams = get_conditions("well-plate").replace(
        march_r=LogNormal(1.0, 0.6),
        grains=LogUniform(3, 60),
        amorphous=Beta(1.2, 2.0),
        counts=LogUniform(50, 2000),
        kapton=Uniform(0.0, 0.4),
    )
    strained = get_conditions("transmission").replace(
        cell_strain=LogUniform(0.001, 0.008),
        size=LogUniform(15.0, 100.0),
        counts=LogUniform(100, 10_000),
    )
    return [capillary, bench_top, milligrams, strained]


def poor_instrument(counts: float, amorphous: float) -> MeasurementConditions:
    """Return a well plate whose patterns all have about these counts and amorphous share."""
    return get_conditions("well-plate").replace(
        counts=LogUniform(0.8 * counts, 1.2 * counts),
        amorphous=Uniform(amorphous - 0.01, amorphous + 0.01),
    )


def campaign_on_other_instruments(
    number: int,
    *,
    n_compounds: int = 16,
    instruments: Sequence[MeasurementConditions] | None = None,
) -> DifficultPatterns:
    """Simulate a campaign as `simulated_campaign` does, on other instruments.

    Parameters
    ----------
    number : int
        Of the campaign.
    n_compounds : int
    instruments : sequence of MeasurementConditions, optional
        By default `other_instruments`.

    Returns
    -------
    DifficultPatterns
    """
    campaign: Any = make_screening_campaign(
        n_compounds,
        3 * n_compounds,
        18 * n_compounds,
        preset=list(instruments or other_instruments()),
        solvate_share=0.5,
        random_state=FIRST_SEED + number,
    )
    phase, compound = encode_phases(campaign.y)
    if compound is None:
        raise RuntimeError("a campaign has no compounds")
    lines_of = {
        key: np.count_nonzero(lines.intensity >= LOWEST_LINE * lines.intensity.max())
        for key, lines in campaign.lines.items()
    }
    n_lines = np.array([lines_of[tuple(key)] for key in campaign.y])
    difficulty = {
        "noise": 1 / np.sqrt(campaign.parameters["counts"]),
        "amorphous share": campaign.parameters["amorphous"],
        "number of lines": -n_lines.astype(np.float64),
    }
    patterns = LabelledPatterns(campaign.X.astype(np.float32), compound, phase)
    return DifficultPatterns(patterns, difficulty)
