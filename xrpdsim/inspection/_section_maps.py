"""Pairs of a sorted screen in the report: similarity map with tree, map, closest pairs."""

from __future__ import annotations

import base64
import json
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list

from ..sorting.grouping import average_linkage
from ..sorting.membership import sample_of
from ..sorting.screens.sorted_screen import SortedScreen
from . import _svg
from ._page import note, section, table
from .layout import map_in_two_dimensions

# A map of more patterns has more pixels than it is shown with.
_LARGEST_MAP = 1000
_CLOSE_PAIRS = 10


class _Shown(NamedTuple):
    """Crystalline patterns, all or a sample, with their pairs and their tree."""

    rows: NDArray[np.intp]
    probability: NDArray[np.floating]
    linkage: NDArray[np.float64]
    remark: str


def maps_sections(found: SortedScreen) -> list[str]:
    """Return the similarity map, the map in two dimensions, and pairs to look at."""
    shown = _shown(found)
    if len(shown.rows) < 2:
        return []
    return [_map(found, shown), _plane(found, shown), _pairs(found, shown)]


def _shown(found: SortedScreen) -> _Shown:
    clusterer = found.clusterer
    inside = np.flatnonzero(~clusterer.amorphous_[clusterer.mapped_indices_])
    rows = clusterer.mapped_indices_[inside]
    chosen = np.searchsorted(
        rows, sample_of(clusterer.labels_, np.array(found.medoids, dtype=int), rows, _LARGEST_MAP)
    )
    probability = clusterer.pair_probabilities_[np.ix_(inside[chosen], inside[chosen])]
    linkage = getattr(clusterer, "linkage_", np.empty((0, 4)))
    if len(linkage) + 1 != len(chosen) and len(chosen) > 1:
        linkage = average_linkage(probability)
    n_crystalline = int((~clusterer.amorphous_).sum())
    remark = (
        f" Shown are {len(chosen)} patterns that stand for all {n_crystalline} crystalline ones: "
        "medoids, and of each group a share by its size."
        if len(chosen) < n_crystalline
        else ""
    )
    return _Shown(rows[chosen], probability, linkage, remark)


def _map(found: SortedScreen, shown: _Shown) -> str:
    order = leaves_list(shown.linkage)
    names = [found.screen.files[row] for row in shown.rows[order]]
    probability = shown.probability[np.ix_(order, order)]
    levels = (np.clip(probability, 0, 1) * 255).astype(np.uint8)
    tree = _svg.tree(shown.linkage, names, found.clusterer.threshold, "tree of the patterns")
    listed = json.dumps(names).replace("<", "\\u003c")
    return section(
        "Similarity map",
        note(
            "Probability that two patterns are the same form, from dark (0) to bright (1), in the "
            "order of the tree above; its dashed line is where groups are cut. Amorphous patterns "
            "are left out." + shown.remark
        ),
        f'<div class="map">{tree}<img id="map" alt="similarity map" '
        f'src="{_svg.heat_map(probability)}"></div><p id="pointed" class="note">Point at the map '
        "for the names of two files.</p>"
        f'<script type="application/json" id="names">{listed}</script>'
        '<script type="text/plain" id="levels">'
        f"{base64.b64encode(levels.tobytes()).decode('ascii')}</script>",
    )


def _plane(found: SortedScreen, shown: _Shown) -> str:
    if len(shown.rows) < 3:
        return ""
    places = map_in_two_dimensions(shown.probability)
    titles = [f"{found.screen.files[row]}, {found.group_of(int(row))}" for row in shown.rows]
    return section(
        "Map of the screen",
        note(
            "Patterns that are probably the same form lie together. Two dimensions do not hold all "
            "distances: groups may overlap here that are apart. Crosses belong to no group."
            + shown.remark
        ),
        _svg.scatter(places, found.clusterer.labels_[shown.rows], titles, "map of the screen"),
    )


def _pairs(found: SortedScreen, shown: _Shown) -> str:
    files, labels = found.screen.files, found.clusterer.labels_[shown.rows]
    first, second = np.triu_indices(len(shown.rows), k=1)
    same = (labels[first] == labels[second]) & (labels[first] >= 0)

    def listed(chosen: NDArray[np.bool_], sign: int) -> str:
        pairs = np.flatnonzero(chosen)
        values = shown.probability[first[pairs], second[pairs]]
        best = pairs[np.argsort(sign * values, kind="stable")[:_CLOSE_PAIRS]]
        rows = []
        for pair in best:
            i, j = (int(shown.rows[k]) for k in (first[pair], second[pair]))
            probability = f"{shown.probability[first[pair], second[pair]]:.3f}"
            rows.append((files[i], found.group_of(i), files[j], found.group_of(j), probability))
        return table(("file", "group", "file", "group", "probability"), rows)

    return section(
        "Where groups come close",
        note(shown.remark.strip()) if shown.remark else "",
        "<h3>Closest pairs across groups</h3>",
        listed(~same, -1),
        "<h3>Farthest pairs within groups</h3>",
        listed(same, 1),
    )
