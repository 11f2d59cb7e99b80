"""Pair probabilities of a screen with few second looks: at nodes of patterns instead of all pairs.

A second look costs a millisecond. All pairs of 500 patterns are two minutes of it, so patterns that
look the same at first are put into nodes, all pairs of a node are looked at again, nodes that turn
out to be of two forms are split, and between two nodes a few pairs stand for all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from ...patterns.pairs import condensed_pairs
from ...similarity.probability import PatternProbabilities

FEW_PATTERNS = 40
"""All pairs of so many patterns are looked at again."""

N_NODES = 50
MOST_LOOKS, MOST_BETWEEN = 4_000, 6
"""Second looks between nodes in all, and between two of them."""

_LARGEST_NODE = 24
_MOST_ODDS = 7.0
"""Log odds beyond these count as these, so that one pair of several does not decide alone."""

_SAME = 0.0
"""Log odds from which members of a node stay together."""


def screen_probabilities(
    measure: PatternProbabilities,
    X: NDArray[np.floating],
    without_lines: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Return the matrix of probabilities of a screen, as `measure(X)` does, sooner if it is large.

    Parameters
    ----------
    measure : PatternProbabilities
        Where it ends in a classifier with a second look, more than 40 patterns are compared by
        nodes.
    X : ndarray of shape (n_patterns, n_points)
        NaN where not measured.
    without_lines : ndarray of shape (n_patterns,), bool, optional
        Amorphous patterns, about which the first look decides: a halo hides the lines of any form,
        so that a second look has nothing to say against one.

    Returns
    -------
    ndarray of shape (n_patterns, n_patterns)
        0 where two patterns cannot be compared.
    """
    if getattr(measure.measure, "second_look_", None) is None:
        return measure(X)
    classifier = measure.measure
    patterns = classifier._prepare(classifier._check_patterns(measure.treated(X)))
    looks = _Looks(classifier, patterns, without_lines)
    few = len(X) <= FEW_PATTERNS
    nodes = [np.array([row]) for row in range(len(X))] if few else looks.nodes()
    probability = classifier.proba_of_scores(looks.with_offsets_of(nodes))
    return np.nan_to_num(probability, nan=0.0, copy=False)


class _Looks:
    """First looks at all pairs, and second ones at those that are asked for.

    Parameters
    ----------
    classifier : PairwisePhaseClassifier
    patterns : PatternsWithStems
    without_lines : ndarray of shape (n_patterns,), bool, optional

    Attributes
    ----------
    first : ndarray of shape (n_patterns, n_patterns)
        Log odds by the first look; NaN where two patterns cannot be compared.
    """

    def __init__(
        self, classifier: Any, patterns: Any, without_lines: NDArray[np.bool_] | None = None
    ) -> None:
        self._scorer = classifier._scorer()
        self._patterns = patterns
        scores = classifier._first_scorer().matrix(patterns)
        band = classifier.second_look_.band
        self.first = np.asarray(band.first(scores))
        self._known = np.full(self.first.shape, np.nan)
        self._in_band = np.nan_to_num(scores, nan=-np.inf) > band.low
        if without_lines is not None:
            self._in_band[without_lines] = self._in_band[:, without_lines] = False

    def both(self, pairs: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return log odds by both looks for pairs of rows."""
        i, j = pairs.T
        new = self._in_band[i, j] & np.isnan(self._known[i, j])
        if new.any():
            odds = self._scorer.pairs(self._patterns, pairs[new])
            self._known[i[new], j[new]] = self._known[j[new], i[new]] = odds
        odds = np.where(self._in_band[i, j], self._known[i, j], self.first[i, j])
        return np.clip(odds, -_MOST_ODDS, _MOST_ODDS)

    def nodes(self) -> list[NDArray[np.intp]]:
        """Return patterns that look the same at both looks, put together."""
        distance = _MOST_ODDS - np.clip(np.nan_to_num(self.first, nan=-_MOST_ODDS), -30, 30)
        distance -= distance.min()
        i, j = np.triu_indices(len(distance), 1)
        tree = linkage((distance[i, j] + distance[j, i]) / 2, "average")
        labels = fcluster(tree, N_NODES, criterion="maxclust")
        nodes = []
        for label in np.unique(labels):
            members = np.flatnonzero(labels == label)
            n_parts = -(-len(members) // _LARGEST_NODE)
            for part in range(n_parts):
                nodes += self._split(members[part::n_parts])
        return nodes

    def _split(self, members: NDArray[np.intp]) -> list[NDArray[np.intp]]:
        """Return the members of a node by the forms that a second look at all its pairs sees."""
        if len(members) == 1:
            return [members]
        odds = np.nan_to_num(self.both(members[condensed_pairs(len(members))]), nan=-_MOST_ODDS)
        labels = fcluster(linkage(_MOST_ODDS - odds, "average"), _MOST_ODDS - _SAME, "distance")
        return [members[labels == label] for label in np.unique(labels)]

    def with_offsets_of(self, nodes: list[NDArray[np.intp]]) -> NDArray[np.float64]:
        """Return log odds of all pairs: their own where they were looked at again.

        Those of the first look move by the mean difference of the pairs that were looked at again
        between the same two nodes.
        """
        node_of = np.empty(len(self.first), dtype=np.intp)
        for number, members in enumerate(nodes):
            node_of[members] = number
        asked = self._pairs_between(nodes)
        moved = self.both(asked) - np.clip(
            self.first[asked[:, 0], asked[:, 1]], -_MOST_ODDS, _MOST_ODDS
        )
        n = len(nodes)
        where = node_of[asked]
        where.sort(axis=1)
        flat = where[:, 0] * n + where[:, 1]
        known = ~np.isnan(moved)
        total = np.bincount(flat[known], moved[known], minlength=n * n).reshape(n, n)
        count = np.bincount(flat[known], minlength=n * n).reshape(n, n)
        offset = total / np.maximum(count, 1)
        offset = np.triu(offset) + np.triu(offset, 1).T
        clipped = np.clip(self.first, -_MOST_ODDS, _MOST_ODDS)
        odds = clipped + offset[np.ix_(node_of, node_of)]
        odds = np.where(np.isnan(self._known), odds, self._known)
        np.fill_diagonal(odds, _MOST_ODDS)
        return odds

    def _pairs_between(self, nodes: list[NDArray[np.intp]]) -> NDArray[np.intp]:
        """Return all pairs within nodes, and a few between each two whose first looks leave doubt.

        The few are those at even ranks of the first score, so that alike and unlike members speak.
        """
        parts = [members[condensed_pairs(len(members))] for members in nodes if len(members) > 1]
        node_of = np.empty(len(self.first), dtype=np.intp)
        for number, members in enumerate(nodes):
            node_of[members] = number
        i, j = np.nonzero(np.triu(self._in_band, 1) & (node_of[:, None] != node_of))
        a, b = np.sort(node_of[[i, j]], axis=0)
        order = np.lexsort((self.first[i, j], b, a))
        _, starts, sizes = np.unique(
            a[order] * len(nodes) + b[order], return_index=True, return_counts=True
        )
        each = int(np.clip(MOST_LOOKS // max(len(starts), 1), 1, MOST_BETWEEN))
        for start, size in zip(starts, sizes, strict=True):
            ranks = np.linspace(0, size - 1, min(each, size) + 2)[1:-1]
            chosen = order[start + np.unique(ranks.round().astype(np.intp))]
            parts.append(np.column_stack([i[chosen], j[chosen]]))
        return np.concatenate(parts) if parts else np.empty((0, 2), dtype=np.intp)
