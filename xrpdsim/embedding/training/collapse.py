"""A training that came to nothing: equal embeddings for all patterns, or no numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from ..._support._warnings import warn_user
from .settings import TrainingSettings

N_TRIED = 256
"""Patterns that are embedded to see whether training has collapsed."""

SMALLEST_SPREAD = 1e-4
"""Components of embeddings lie in -1 to 1 and are rounded to 6e-8 (float32). Equal ones may differ
by some hundred times that; those that tell forms apart differ by tenths."""


def refuse_useless(embeddings: NDArray[np.floating], settings: TrainingSettings) -> None:
    """Refuse embeddings that are no numbers, and warn of those that are all equal.

    Parameters
    ----------
    embeddings : ndarray of shape (n_patterns, embedding_dim)
        Of different patterns.
    settings : TrainingSettings
        For messages.

    Raises
    ------
    ValueError
        If an embedding holds NaN or infinity.

    Warns
    -----
    ConvergenceWarning
        If all are equal.
    """
    if not np.isfinite(embeddings).all():
        raise ValueError(
            "training diverged: the embeddings are not numbers; lower "
            f"lr={settings.lr}, or scale the patterns"
        )
    spread = np.ptp(embeddings, axis=0).max()
    if spread >= SMALLEST_SPREAD:
        return
    what = "only zeros" if not embeddings.any() else "the same embedding"
    warn_user(
        f"training collapsed: the network gives {what} for all of {len(embeddings)} patterns "
        f"(they differ by {spread:.0e} at most), so that every pair looks the same. Lower "
        f"lr={settings.lr:g}, take another random_state, loss or architecture, or scale the "
        "patterns",
        ConvergenceWarning,
    )
