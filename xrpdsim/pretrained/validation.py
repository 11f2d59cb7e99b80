"""Simulated crystals kept apart from training: what every choice is made on."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..datasets import make_screening_campaign
from ..pairs import encode_phases
from .rounds import simulate_round
from .scoring import LabelledPatterns

PRESETS = ("transmission", "bragg-brentano", "well-plate", "synchrotron")

VALIDATION_SEED = 777_001
"""Training starts from small seeds; a crystal here is never one of training."""


def simulated_families(*, mineral: bool, n_families: int = 36) -> LabelledPatterns:
    """Simulate families of near relatives with every artefact.

    Parameters
    ----------
    mineral : bool
        Like minerals, or organics.
    n_families : int
        The compounds, each with 4 forms of 6 patterns.

    Returns
    -------
    LabelledPatterns
    """
    X, _ = simulate_round(
        VALIDATION_SEED + mineral, 0, n_families, mineral_share=float(mineral), axial_share=1.0
    )
    n_forms, n_patterns = X.shape[1:3]
    return LabelledPatterns(
        X.reshape(-1, X.shape[-1]),
        np.repeat(np.arange(n_families), n_forms * n_patterns),
        np.repeat(np.arange(n_families * n_forms), n_patterns),
    )


def simulated_campaign(number: int, *, n_compounds: int = 16) -> LabelledPatterns:
    """Simulate a campaign of virtual compounds with unequal forms, on all instruments.

    Half of the further forms of a compound are hydrates or solvates of another form.

    Parameters
    ----------
    number : int
        Of the campaign.
    n_compounds : int

    Returns
    -------
    LabelledPatterns
    """
    campaign: Any = make_screening_campaign(
        n_compounds,
        3 * n_compounds,
        18 * n_compounds,
        preset=PRESETS,
        solvate_share=0.5,
        random_state=VALIDATION_SEED + 1000 + number,
    )
    phase, compound = encode_phases(campaign.y)
    if compound is None:
        raise RuntimeError("a campaign has no compounds")
    return LabelledPatterns(campaign.X.astype(np.float32), compound, phase)
