"""The groups of a whole screen, from probabilities of pairs and what is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .answers import Told, labels_with_answers, told_by_answers, with_answers
from .group_fit import GroupFit, fit_to_all_members, fit_to_representatives
from .joining import join_small_groups
from .known_forms import KnownForms, Probability
from .known_pairs import known_among
from .large_screens import group_large_screen, spread
from .linkage import average_linkage, cut
from .pair_probabilities import PairProbabilities, Rows, Track

# Patterns that a matrix and a tree can still show.
_SAMPLE = 1000


class ScreenGroups(NamedTuple):
    """Groups of a screen; the fields are attributes of `FormClusterer`, without the underscore."""

    labels: Rows
    probabilities: NDArray[np.float64]
    typical_indices: Rows
    next_groups: Rows
    next_probabilities: NDArray[np.float64]
    amorphous: NDArray[np.bool_]
    mapped_indices: Rows
    pair_probabilities: NDArray[np.float64]
    linkage: NDArray[np.float64]
    linked_indices: Rows
    separated_groups: NDArray[np.intp]


class Grouping:
    """How a screen is put into groups.

    Parameters
    ----------
    rows : ndarray
        Patterns to be sorted.
    amorphous : ndarray of shape (n_patterns,), bool
        Patterns set aside.
    staying : ndarray
        Patterns that join no group: those that a person set aside, and copies.
    answered, confirmed, different : ndarray of shape (n_pairs, 2)
        Pairs that a person knows to be one form, or not: they are kept. Those that were answered
        speak for the groups of their patterns, too.
    known : KnownForms or None
        None without references.
    min_probability : float
    """

    def __init__(
        self,
        rows: Rows,
        amorphous: NDArray[np.bool_],
        staying: Rows,
        answered: NDArray[np.intp],
        confirmed: NDArray[np.intp],
        different: NDArray[np.intp],
        known: KnownForms | None,
        min_probability: float,
    ) -> None:
        self._rows = rows
        self._amorphous = amorphous
        self._staying = np.union1d(np.concatenate([answered, confirmed, different]), staying)
        self._answered, self._confirmed, self._different = answered, confirmed, different
        self._same = np.concatenate([answered, confirmed])
        self._known = known
        self._min_probability = min_probability

    def of_matrix(self, probability: NDArray[np.floating]) -> ScreenGroups:
        """Return groups by one tree of all pairs.

        Parameters
        ----------
        probability : ndarray of shape (n_patterns, n_patterns)

        Returns
        -------
        ScreenGroups
        """
        every, rows = np.arange(len(probability)), self._rows
        compared = np.asarray(probability, dtype=np.float64)
        told = compared if self._known is None else self._known.told(compared)
        if len(self._answered):
            labels, fit, _ = self._of_tree(told, self._confirmed)
            told = with_answers(told, labels, self._told(labels, fit))
        labels, fit, tree = self._of_tree(told, self._same)
        linked = np.union1d(rows, np.flatnonzero(labels >= 0))
        if len(linked) > len(rows):
            tree = self._tree(told, every, linked, self._same)
        separated = self._separated(labels, lambda a, b: compared[np.ix_(a, b)])
        return self._groups(labels, fit, every, told, tree, linked, separated)

    def of_source(self, source: PairProbabilities, block: int, track: Track) -> ScreenGroups:
        """Return the groups of a screen that is too large for a matrix.

        Parameters
        ----------
        source : PairProbabilities
        block : int
            Patterns that are treated together.
        track : callable

        Returns
        -------
        ScreenGroups
        """
        source.known = self._known

        def rate(labels: Rows) -> GroupFit:
            return fit_to_representatives(source, labels, self._amorphous, block, track)

        labels = group_large_screen(
            source,
            self._rows,
            len(self._amorphous),
            self._min_probability,
            self._confirmed,
            self._different,
            block,
            track,
        )
        if len(self._answered):
            told = self._told(labels, rate(labels))
            labels = labels_with_answers(labels, told, self._answered, self._different)
        labels, fit = self._join(labels, rate)
        rows = np.union1d(self._rows, np.flatnonzero(labels >= 0))
        chosen = representative_sample(labels, fit.typical_indices, rows, min(block, _SAMPLE))
        mapped = source.probability(chosen)
        tree = self._tree(mapped, chosen, chosen, self._same)
        separated = self._separated(labels, source.by_comparison)
        return self._groups(labels, fit, chosen, mapped, tree, chosen, separated)

    def _of_tree(
        self, probability: NDArray[np.float64], same: NDArray[np.intp]
    ) -> tuple[Rows, GroupFit, NDArray[np.float64]]:
        """Return groups by one tree, how well patterns fit them, and the tree."""
        every = np.arange(len(probability))
        tree = self._tree(probability, every, self._rows, same)
        labels = np.full(len(every), -1, dtype=np.intp)
        if len(self._rows) > 1:
            labels[self._rows] = cut(tree, self._min_probability)
        return *self._join(
            labels, lambda labels: fit_to_all_members(probability, labels, self._amorphous)
        ), tree

    def _told(self, labels: Rows, fit: GroupFit) -> Told:
        return told_by_answers(labels, fit, self._answered, self._different, self._min_probability)

    def _join(self, labels: Rows, rate: Callable[[Rows], GroupFit]) -> tuple[Rows, GroupFit]:
        """Let what is small join larger groups; return the labels, and how well patterns fit."""
        fit = rate(labels)
        joined = join_small_groups(
            labels,
            fit,
            self._amorphous,
            self._min_probability,
            self._staying,
            None if self._known is None else self._known.sure,
        )
        return joined, fit if np.array_equal(labels, joined) else rate(joined)

    def _tree(
        self,
        probability: NDArray[np.float64],
        mapped: Rows,
        rows: Rows,
        same: NDArray[np.intp],
    ) -> NDArray[np.float64]:
        """Return the tree of some mapped patterns."""
        if len(rows) < 2:
            return np.empty((0, 4))
        inside = np.searchsorted(mapped, rows)
        same, different = known_among(rows, same, self._different, len(self._amorphous))
        forms = None if self._known is None else self._known.sure[rows]
        return average_linkage(probability[np.ix_(inside, inside)], same, different, forms)

    def _separated(self, labels: Rows, compared: Probability) -> NDArray[np.intp]:
        if self._known is None:
            return np.empty((0, 2), dtype=np.intp)
        return self._known.separated(labels, compared, self._min_probability)

    def _groups(
        self,
        labels: Rows,
        fit: GroupFit,
        mapped: Rows,
        probability: NDArray[np.float64],
        tree: NDArray[np.float64],
        linked: Rows,
        separated: NDArray[np.intp],
    ) -> ScreenGroups:
        amorphous = self._amorphous & (labels < 0)
        fit.next_groups[amorphous] = -1
        fit.next_probabilities[amorphous] = 0
        return ScreenGroups(labels, *fit, amorphous, mapped, probability, tree, linked, separated)


def representative_sample(
    labels: NDArray[np.intp], typical: Rows, rows: Rows, at_most: int
) -> Rows:
    """Return rows that stand for a screen: typical patterns first, then each group by its size.

    Parameters
    ----------
    labels : ndarray of shape (n_patterns,)
    typical : ndarray of shape (n_groups,)
    rows : ndarray
        To choose from.
    at_most : int

    Returns
    -------
    ndarray
        Ascending.
    """
    if len(rows) <= at_most:
        return rows
    chosen = typical[: at_most // 2]
    others = np.setdiff1d(rows, chosen)
    others = others[np.argsort(labels[others], kind="stable")]
    return np.sort(np.concatenate([chosen, spread(others, at_most - len(chosen))]))
