"""Mixtures among the patterns of a sorted screen, explained by its own groups."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._sums_of_forms import Limits, Sum, profiles_of, step_of, sums_of_forms
from ...clusterer import FormClusterer
from ...mixtures import MAX_UNEXPLAINED, MIN_GAIN, MIN_SHARE, Explanation
from ..screen import Screen
from ._mixture_evidence import with_evidence

Rows = NDArray[np.intp]
_STAND_FOR_A_GROUP = 5
# What a large screen gets: each pattern and each group cost time.
_MOST_GROUPS = 50
_MOST_PATTERNS = 2000


class MixturesFound(NamedTuple):
    """What a search for mixtures found.

    Parameters
    ----------
    explanations : dict of int to Explanation
        By row of the screen; forms are names.
    typical_rows : list of int
        By group: the member that fits it best and is no mixture.
    notes : list of str
        What was left out.
    """

    explanations: dict[int, Explanation]
    typical_rows: list[int]
    notes: list[str]


def search_mixtures(
    screen: Screen,
    clusterer: FormClusterer,
    group_names: Sequence[str],
    known: NDArray[np.floating],
    known_forms: Sequence[str],
    *,
    set_aside: Collection[int] = (),
    verbose: bool = False,
) -> MixturesFound:
    """Look for mixtures of the groups of a screen, and of forms that only references show.

    Some patterns that fit each group best stand for it. First, groups of mixtures are found: at
    least half of what stands for such a group is explained by larger groups. What stands for the
    others is then explained by the rest of it, so that a mixture does not stand for a form. Then
    come all other patterns, except those that look amorphous: few lines over a halo are explained
    by many sums.

    Parameters
    ----------
    screen : Screen
    clusterer : FormClusterer
        Fitted to it.
    group_names : sequence of str
    known : ndarray of shape (n_known, n_points)
        References of forms that no group is.
    known_forms : sequence of str
        Their forms.
    set_aside : collection of int
        Rows of patterns that a person calls mixtures, which are in no group.
    verbose : bool, default=False
        Whether to show progress on standard error.

    Returns
    -------
    MixturesFound
    """
    search = _Search(screen, clusterer, group_names, known, known_forms, verbose)
    for group in range(1, search.n_groups):
        search.look_for_group_of_mixtures(group)
    if search.n_forms() > 1:
        search.explain_what_stands_for_groups()
    notes = []
    if len(group_names) > _MOST_GROUPS:
        notes.append(f"Mixtures were looked for of the {_MOST_GROUPS} largest groups only.")
    if search.n_forms() > 1:
        crystalline = ~(clusterer.amorphous_ | _looks_amorphous(clusterer))
        looked_at = np.union1d(np.flatnonzero(crystalline), [*set_aside])
        others = np.setdiff1d(looked_at.astype(np.intp), search.row)
        if len(others) > _MOST_PATTERNS:
            worst = np.argsort(clusterer.probabilities_[others], kind="stable")
            others = np.sort(others[worst[:_MOST_PATTERNS]])
            notes.append(
                f"Mixtures were looked for in the {_MOST_PATTERNS} patterns that fit their groups "
                "least."
            )
        search.explain(others)
    typical = [_typical_row(clusterer, search.explanations, k) for k in range(len(group_names))]
    return MixturesFound(search.explanations, typical, notes)


class _Search:
    """Patterns that stand for groups, by number, and for forms that only references show.

    Their profiles are made once. What stands for nothing, being mixed, is taken out of `usable`.
    """

    def __init__(
        self,
        screen: Screen,
        clusterer: FormClusterer,
        group_names: Sequence[str],
        known: NDArray[np.floating],
        known_forms: Sequence[str],
        verbose: bool,
    ) -> None:
        self._screen = screen
        self._clusterer = clusterer
        self._verbose = verbose
        self.n_groups = min(len(group_names), _MOST_GROUPS)
        forms = list(dict.fromkeys(known_forms))
        self._names = [*group_names[: self.n_groups], *forms]
        rows = [_fitting_best(clusterer, group) for group in range(self.n_groups)]
        of_groups = np.repeat(np.arange(self.n_groups), [len(best) for best in rows])
        of_known = [self.n_groups + forms.index(form) for form in known_forms]
        self.form = np.concatenate([of_groups, np.array(of_known, dtype=np.intp)])
        without_row = np.full(len(known_forms), -1, dtype=np.intp)
        self.row = np.concatenate([*rows, without_row])
        self.usable = np.ones(len(self.form), dtype=bool)
        self._profiles = np.concatenate(
            [self._profiles_of(screen.X[self.row[self.row >= 0]]), self._profiles_of(known)]
        )
        self.explanations: dict[int, Explanation] = {}

    def n_forms(self, among: NDArray[np.bool_] | None = None) -> int:
        """Return how many groups and forms something usable stands for."""
        return len(np.unique(self.form[self.usable if among is None else self.usable & among]))

    def look_for_group_of_mixtures(self, group: int) -> None:
        """Explain what stands for a group by larger groups; leave it out if these explain it."""
        larger = self.form < group
        if self.n_forms(larger) < 2:
            return
        own = np.flatnonzero(self.form == group)
        allowed = np.tile(larger[self.usable], (len(own), 1))
        sums = self._sums(self._profiles[own], allowed)
        if 2 * sum(len(each.forms) > 1 for each in sums) >= len(own):
            self.usable[own] = False
            self._keep(self.row[own], sums)

    def explain_what_stands_for_groups(self) -> None:
        """Explain each pattern that stands for a group by all others; leave mixtures out."""
        own = np.flatnonzero(self.usable & (self.row >= 0))
        not_itself = own[:, None] != np.flatnonzero(self.usable)
        self._keep(self.row[own], self._sums(self._profiles[own], not_itself))
        mixed = [row for row, found in self.explanations.items() if found.mixed]
        self.usable &= ~np.isin(self.row, mixed)

    def explain(self, rows: Rows) -> None:
        """Explain other patterns of the screen."""
        if len(rows):
            profiles = self._profiles_of(self._screen.X[rows])
            self._keep(rows, self._sums(profiles, show=self._verbose))

    def _sums(
        self,
        profiles: NDArray[np.float64],
        allowed: NDArray[np.bool_] | None = None,
        show: bool = False,
    ) -> list[Sum]:
        return sums_of_forms(
            profiles,
            self._profiles[self.usable],
            self.form[self.usable],
            step_of(self._screen.two_theta),
            Limits(MIN_GAIN, MIN_SHARE, MAX_UNEXPLAINED),
            allowed=allowed,
            show=show,
        )

    def _keep(self, rows: Rows, sums: list[Sum]) -> None:
        sorted_ = self._clusterer
        for row, found in zip(rows.tolist(), sums, strict=True):
            own, other = int(sorted_.labels_[row]), int(sorted_.next_groups_[row])
            if own >= 0 and not (self.usable & (self.form == own)).any():
                own = -1  # a group of mixtures is no form
            fit, other_fit = sorted_.probabilities_[row], sorted_.next_probabilities_[row]
            believed = with_evidence(found, own, fit, other, other_fit)
            names = tuple(self._names[form] for form in believed.forms)
            self.explanations[row] = Explanation(names, *believed[1:-1])

    def _profiles_of(self, X: NDArray[np.floating]) -> NDArray[np.float64]:
        if not len(X):
            return np.empty((0, self._screen.two_theta.size))
        return profiles_of(np.asarray(X, dtype=np.float64), self._screen.two_theta)


def _looks_amorphous(clusterer: FormClusterer) -> NDArray[np.bool_]:
    if clusterer.flags_ is None:
        return np.zeros(len(clusterer.labels_), dtype=bool)
    return clusterer.flags_.amorphous


def _by_fit(clusterer: FormClusterer, members: Rows) -> Rows:
    """Return members of a group, those that fit it best first, what looks amorphous last."""
    fit = clusterer.probabilities_[members] - _looks_amorphous(clusterer)[members]
    return members[np.argsort(-fit, kind="stable")]


def _fitting_best(clusterer: FormClusterer, group: int) -> Rows:
    members = np.flatnonzero((clusterer.labels_ == group) & (clusterer.copy_of_ < 0))
    return _by_fit(clusterer, members)[:_STAND_FOR_A_GROUP]


def _typical_row(clusterer: FormClusterer, explanations: dict[int, Explanation], group: int) -> int:
    for row in _by_fit(clusterer, np.flatnonzero(clusterer.labels_ == group)).tolist():
        if row not in explanations or not explanations[row].mixed:
            return int(row)
    return int(clusterer.typical_indices_[group])
