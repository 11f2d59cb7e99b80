"""What references say of the patterns of a screen, and groups that keep to it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .known_pairs import merge_pairs
from .linkage import number_by_size

Rows = NDArray[np.intp]
Probability = Callable[[Rows, Rows], NDArray[np.float64]]
"""From rows and other rows to the matrix of probabilities between them."""

SURE = 0.9
"""Probability of a form from which a pattern surely matches it."""

_MEMBERS = 12


class KnownForms:
    r"""The forms that references show in a screen.

    Two patterns i and j that match the forms f with the probabilities :math:`P_i(f)` are the same
    known form with the probability S and two known forms with the probability D,

    .. math:: S = \sum_f P_i(f) P_j(f), \qquad D = \sum_{f \ne g} P_i(f) P_j(g).

    What is missing to 1 is left to the probability p that their own comparison gives, so that they
    are one form with :math:`S + (1 - S - D) p` (law of total probability).

    Parameters
    ----------
    probabilities : ndarray of shape (n_patterns, n_forms)
        That a pattern is each of the forms; what is missing to 1 is that it is none.
    same : ndarray of shape (n_pairs, 2)
        Pairs that a person knows to be one form. Where they tie patterns together that surely match
        different forms, the person decides.

    Attributes
    ----------
    sure : ndarray of shape (n_patterns,)
        The form that a pattern surely matches, -1 if there is none.

    Examples
    --------
    >>> known = KnownForms(np.array([[0.97, 0.01], [0.02, 0.95], [0.5, 0.1]]), np.empty((0, 2)))
    >>> known.sure
    array([ 0,  1, -1])
    >>> known.told(np.full((3, 3), 0.9)).round(2)
    array([[0.9 , 0.07, 0.86],
           [0.07, 0.9 , 0.48],
           [0.86, 0.48, 0.9 ]])
    """

    def __init__(self, probabilities: NDArray[np.float64], same: NDArray[np.intp]) -> None:
        self._forms = probabilities
        best = probabilities.argmax(axis=1)
        self.sure = np.where(probabilities.max(axis=1) >= SURE, best, -1)
        part = merge_pairs(same, len(best))
        for number in np.unique(part[np.asarray(same, dtype=np.intp).ravel()]):
            members = np.flatnonzero(part == number)
            forms = np.unique(self.sure[members])
            forms = forms[forms >= 0]
            self.sure[members] = forms[0] if len(forms) == 1 else -1

    def told(
        self,
        probability: NDArray[np.float64],
        first: Rows | None = None,
        second: Rows | None = None,
    ) -> NDArray[np.float64]:
        """Return probabilities of pairs, with what the references say of both patterns.

        Parameters
        ----------
        probability : ndarray of shape (n_first, n_second)
            By comparison of the patterns with each other.
        first : ndarray of shape (n_first,), optional
            The rows; all by default.
        second : ndarray of shape (n_second,) or (n_first, n_second), optional
            The rows of the columns, or those of each entry; by default as `first`. A pattern and
            itself are left as they are.

        Returns
        -------
        ndarray of shape (n_first, n_second)
        """
        first = np.arange(len(self._forms)) if first is None else first
        second = first if second is None else second
        a, b = self._forms[first], self._forms[second]
        if second.ndim == 1:
            same = a @ b.T
            known = np.outer(a.sum(axis=1), b.sum(axis=1))
            itself = first[:, None] == second
        else:
            same = np.einsum("if,ijf->ij", a, b)
            known = a.sum(axis=1)[:, None] * b.sum(axis=2)
            itself = first[:, None] == second
        # S + D is what both are known by
        told = same + (1 - known) * probability
        return np.where(itself, probability, np.clip(told, 0, 1))

    def split(self, labels: NDArray[np.intp], probability: Probability) -> NDArray[np.intp]:
        """Return groups of which none holds patterns that surely match different forms.

        Parameters
        ----------
        labels : ndarray of shape (n_patterns,)
        probability : callable
            Decides of the patterns of such a group that match no form surely: each goes where its
            mean probability with twelve sure members is highest.

        Returns
        -------
        ndarray of shape (n_patterns,)
            Numbered by size again.
        """
        labels = labels.copy()
        for group in range(labels.max(initial=-1) + 1):
            members = np.flatnonzero(labels == group)
            forms = np.unique(self.sure[members])
            forms = forms[forms >= 0]
            if len(forms) < 2:
                continue
            asked = [members[self.sure[members] == form][:_MEMBERS] for form in forms]
            unsure = members[self.sure[members] < 0]
            means = [probability(unsure, rows).mean(axis=1) for rows in asked]
            for place, form in enumerate(forms[1:], start=1):
                own = members[self.sure[members] == form]
                if len(unsure):
                    nearest = np.argmax(means, axis=0)
                    own = np.concatenate([own, unsure[nearest == place]])
                labels[own] = labels.max() + 1
        return number_by_size(labels)

    def form_of_groups(self, labels: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the form that members of each group surely match, -1 where there is none."""
        forms = np.full(labels.max(initial=-1) + 1, -1, dtype=np.intp)
        rows = np.flatnonzero((labels >= 0) & (self.sure >= 0))
        forms[labels[rows]] = self.sure[rows]
        return forms

    def separated(
        self, labels: NDArray[np.intp], probability: Probability, min_probability: float
    ) -> NDArray[np.intp]:
        """Return pairs of groups of two known forms that would be one group without references.

        Parameters
        ----------
        labels : ndarray of shape (n_patterns,)
        probability : callable
            Without what references say.
        min_probability : float
            Mean probability between their members from which two groups are one.

        Returns
        -------
        ndarray of shape (n_pairs, 2)
        """
        forms = self.form_of_groups(labels)
        named = np.flatnonzero(forms >= 0)
        members = {g: np.flatnonzero(labels == g)[: 4 * _MEMBERS] for g in named.tolist()}
        found = [
            (a, b)
            for a in members
            for b in members
            if a < b
            and forms[a] != forms[b]
            and probability(members[a], members[b]).mean() >= min_probability
        ]
        return np.array(found, dtype=np.intp).reshape(-1, 2)
