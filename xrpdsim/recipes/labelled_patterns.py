"""Labelled sets of patterns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class LabelledPatterns(NamedTuple):
    """Patterns of a set with the truth about them.

    Attributes
    ----------
    X : ndarray of shape (n_patterns, n_points)
        Counts, NaN where not measured.
    compound : ndarray of shape (n_patterns,)
    phase : ndarray of shape (n_patterns,)
        One number a form of a compound.

    Examples
    --------
    >>> import numpy as np
    >>> from xrpdsim.recipes import LabelledPatterns
    >>> patterns = LabelledPatterns(np.ones((3, 5)), np.array([0, 0, 1]), np.array([0, 1, 2]))
    >>> [rows.tolist() for rows in patterns.pairs()]
    [[0, 0, 1], [1, 2, 2]]
    >>> [rows.tolist() for rows in patterns.pairs_within()]
    [[0], [1]]
    """

    X: NDArray[np.floating]
    compound: NDArray[np.int_]
    phase: NDArray[np.int_]

    def pairs(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return both rows of all pairs, in condensed order."""
        first, second = np.triu_indices(len(self.phase), 1)
        return first, second

    def pairs_within(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return both rows of the pairs within compounds, in condensed order."""
        first, second = self.pairs()
        within = self.compound[first] == self.compound[second]
        return first[within], second[within]


def together(parts: list[LabelledPatterns]) -> LabelledPatterns:
    """Return several sets as one, with compounds and phases of their own.

    Examples
    --------
    >>> import numpy as np
    >>> from xrpdsim.recipes import LabelledPatterns
    >>> patterns = LabelledPatterns(np.ones((3, 5)), np.array([0, 0, 1]), np.array([0, 1, 2]))
    >>> together([patterns, patterns]).compound
    array([0, 0, 1, 2, 2, 3])
    """
    compounds = np.cumsum([0] + [part.compound.max() + 1 for part in parts])
    phases = np.cumsum([0] + [part.phase.max() + 1 for part in parts])
    return LabelledPatterns(
        np.concatenate([part.X for part in parts]),
        np.concatenate([p.compound + k for p, k in zip(parts, compounds[:-1], strict=True)]),
        np.concatenate([p.phase + k for p, k in zip(parts, phases[:-1], strict=True)]),
    )
