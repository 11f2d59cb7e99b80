"""The organic crystals that are trained on."""

from __future__ import annotations

import numpy as np

from ...simulation import Lines, virtual_family

TWO_THETA_MAX = 43.0
"""Degrees; lines just beyond the grid are shifted or broadened onto it."""

FORMS_PER_FAMILY = 4

FURTHER_FORMS = {"polymorph": 0.4, "hydrate": 0.3, "solvate": 0.3}
"""What the forms of an organic family after its first one are. Relatives share the lattice within
1 to 5 percent and intensities in part: the pairs that are hardest to tell apart."""


def organic_family(rng: np.random.RandomState, n_forms: int = FORMS_PER_FAMILY) -> list[Lines]:
    """Draw the forms of a virtual organic molecule.

    Parameters
    ----------
    rng : RandomState
    n_forms : int

    Returns
    -------
    list of Lines
    """
    names, shares = zip(*FURTHER_FORMS.items(), strict=True)
    kinds = ["polymorph", *(str(kind) for kind in rng.choice(names, n_forms - 1, p=shares))]
    return virtual_family(n_forms, rng, kinds=kinds, two_theta_max=TWO_THETA_MAX)
