"""The similarity map: probabilities of pairs, in the order of the tree above them."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from scipy.cluster.hierarchy import leaves_list

from ..._visible import visible
from .._shown_screen import ShownScreen
from ..drawing import dendrogram, heat_map


def tree_and_matrix(shown: ShownScreen) -> dict[str, Any] | None:
    """Return the tree, the matrix as a picture, and its levels for the pair under the pointer."""
    if len(shown.rows) < 2:
        return None
    found = shown.found
    order = leaves_list(shown.linkage)
    rows = shown.rows[order].tolist()
    names = [found.screen.files[row] for row in rows]
    probability = shown.probability[np.ix_(order, order)]
    levels = (np.clip(probability, 0, 1) * 255).astype(np.uint8)
    return {
        "remark": shown.remark,
        "tree": dendrogram(shown.linkage, names, rows, found.clusterer.min_probability),
        "picture": heat_map(probability),
        "names": [visible(name) for name in names],
        "levels": base64.b64encode(levels.tobytes()).decode("ascii"),
    }
