"""Simulated crystals kept apart from training: what every choice is made on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..datasets import make_screening_campaign
from ..patterns.pairs import encode_phases
from ..simulation import (
    Lines,
    MeasurementConditions,
    near_relative,
    simulate_patterns,
    virtual_crystal,
)
from .labelled_patterns import LabelledPatterns
from .training_data import TWO_THETA_MAX, simulate_round

PRESETS = ("transmission", "bragg-brentano", "well-plate", "synchrotron")

RELATIVE_STRAINS = (0.005, 0.01)
"""Root mean square of the principal strains between near relatives."""

RELATIVES_SEED = 999_000

VALIDATION_SEED = 777_001
"""Training starts from small seeds; a crystal here is never one of training."""


def simulated_families(
    *, mineral: bool, n_families: int = 36, number: int = 0, series: bool = False
) -> LabelledPatterns:
    """Simulate families of near relatives with every artefact.

    Parameters
    ----------
    mineral : bool
        Like minerals, or organics.
    n_families : int
        The compounds, each with 4 forms of 6 patterns.
    number : int
        Of the set; each has families of its own.
    series : bool
        Whether minerals may be neighbours in a series.

    Returns
    -------
    LabelledPatterns

    Examples
    --------
    >>> simulated_families(mineral=False, n_families=1).X.shape
    (24, 1950)
    """
    X, _ = simulate_round(
        VALIDATION_SEED + mineral,
        number,
        n_families,
        mineral_share=float(mineral),
        axial_share=1.0,
        series=series,
    )
    n_forms, n_patterns = X.shape[1:3]
    return LabelledPatterns(
        X.reshape(-1, X.shape[-1]),
        np.repeat(np.arange(n_families), n_forms * n_patterns),
        np.repeat(np.arange(n_families * n_forms), n_patterns),
    )


def simulated_campaign(
    number: int,
    *,
    n_compounds: int = 16,
    presets: Sequence[str | MeasurementConditions] = PRESETS,
) -> LabelledPatterns:
    """Simulate a campaign of virtual compounds with unequal forms, on all instruments.

    Half of the further forms of a compound are hydrates or solvates of another form.

    Parameters
    ----------
    number : int
        Of the campaign.
    n_compounds : int
    presets : sequence of str or MeasurementConditions
        How the patterns are measured; each gets one by chance.

    Returns
    -------
    LabelledPatterns

    Examples
    --------
    >>> from xrpdsim.recipes import simulated_campaign
    >>> patterns = simulated_campaign(0)  # doctest: +SKIP
    """
    campaign: Any = make_screening_campaign(
        n_compounds,
        3 * n_compounds,
        18 * n_compounds,
        preset=list(presets),
        solvate_share=0.5,
        random_state=VALIDATION_SEED + 1000 + number,
    )
    phase, compound = encode_phases(campaign.y)
    if compound is None:
        raise RuntimeError("a campaign has no compounds")
    return LabelledPatterns(campaign.X.astype(np.float32), compound, phase)


def simulated_relatives(n_crystals: int = 240) -> NDArray[np.float64]:
    """Simulate virtual crystals and relatives of which only the lattice differs, in transmission.

    Parameters
    ----------
    n_crystals : int

    Returns
    -------
    ndarray of shape (n_crystals, 2 + n_strains, n_points)
        Two patterns of the crystal, and one of its relative for each of `RELATIVE_STRAINS`.

    Examples
    --------
    >>> simulated_relatives(2).shape
    (2, 4, 1950)
    """
    crystals = [
        virtual_crystal(RELATIVES_SEED + number, two_theta_max=TWO_THETA_MAX)
        for number in range(n_crystals)
    ]
    relatives = [
        [
            near_relative(crystal, strain=strain, correlation=1.0, random_state=number)
            for number, crystal in enumerate(crystals)
        ]
        for strain in RELATIVE_STRAINS
    ]
    columns = (crystals, crystals, *relatives)
    return np.stack(
        [measured_once(lines, "transmission", 1000 * k) for k, lines in enumerate(columns)], axis=1
    )


def measured_once(crystals: Iterable[Lines], preset: str, first_seed: int) -> NDArray[np.float64]:
    """Simulate one pattern of each crystal, with seeds that count up from the first."""
    return np.concatenate(
        [
            simulate_patterns(c, preset=preset, random_state=first_seed + k)
            for k, c in enumerate(crystals)
        ]
    )
