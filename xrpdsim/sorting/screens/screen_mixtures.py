"""Mixtures among the patterns of a sorted screen, explained by its own groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..mixtures import Explanation, MixtureExplainer
from ..pair_source import Rows
from .sorted_screen import SortedScreen

_STAND_FOR_A_GROUP = 5
# What a large screen gets: each pattern and each group cost time.
_MOST_GROUPS = 50
_MOST_PATTERNS = 2000


def explain_mixtures(found: SortedScreen) -> None:
    """Fill in the explanations and the medoids of a sorted screen.

    Some patterns that fit each group best stand for it, and references for forms without a group.
    First, groups of mixtures are found: at least half of what stands for such a group is explained
    by larger groups. What stands for the others is then explained by the rest of it, so that a
    mixture does not stand for a form. Then come all other crystalline patterns.

    Parameters
    ----------
    found : SortedScreen
        With groups and their names.
    """
    found.explanations = {}
    basis = _basis(found)
    for group in range(1, basis.n_groups):
        _look_for_group_of_mixtures(found, basis, group)
    if len(basis.forms()) > 1:
        own = np.flatnonzero(basis.usable & (basis.row >= 0))
        not_itself = own[:, None] != np.flatnonzero(basis.usable)
        _explain(found, basis, basis.row[own], not_itself)
        mixed = [row for row, found_ in found.explanations.items() if found_.mixed]
        basis.usable &= ~np.isin(basis.row, mixed)
    if len(basis.forms()) > 1:
        _explain(found, basis, _others(found, basis))
    found.medoids = [_medoid(found, group) for group in range(len(found.group_names))]


class _Basis:
    """What stands for groups, and for forms that only references show.

    Parameters
    ----------
    patterns : list of ndarray
    names : list of str
        Of their groups or forms.
    row, group : list of int
        -1 for references.
    """

    def __init__(
        self,
        patterns: list[NDArray[np.floating]],
        names: list[str],
        row: list[int],
        group: list[int],
    ) -> None:
        self.patterns = np.array(patterns)
        self.names = np.array(names, dtype=object)
        self.row = np.array(row, dtype=np.intp)
        self.group = np.array(group, dtype=np.intp)
        self.usable = np.ones(len(names), dtype=bool)
        self.n_groups = max(group, default=-1) + 1

    def forms(self, among: NDArray[np.bool_] | None = None) -> set[str]:
        """Return the names of what is usable."""
        return set(self.names[self.usable if among is None else self.usable & among])


def _basis(found: SortedScreen) -> _Basis:
    clusterer = found.clusterer
    patterns, names, rows, groups = [], [], [], []
    for group, name in enumerate(found.group_names[:_MOST_GROUPS]):
        members = np.flatnonzero(clusterer.labels_ == group)
        best = members[np.argsort(-clusterer.probabilities_[members], kind="stable")]
        for row in best[:_STAND_FOR_A_GROUP].tolist():
            patterns.append(found.screen.X[row])
            names.append(name)
            rows.append(row)
            groups.append(group)
    if len(found.group_names) > _MOST_GROUPS:
        found.notes.append(f"Mixtures were looked for of the {_MOST_GROUPS} largest groups only.")
    if found.references is not None:
        named = {name.rsplit(" (", 1)[0] for name in found.group_names}
        for pattern, form in zip(found.references.X, found.references.forms, strict=True):
            if form not in named:
                patterns.append(pattern)
                names.append(form)
                rows.append(-1)
                groups.append(-1)
    return _Basis(patterns, names, rows, groups)


def _look_for_group_of_mixtures(found: SortedScreen, basis: _Basis, group: int) -> None:
    """Explain what stands for a group by larger groups; leave it out if these explain it."""
    larger = basis.group < group
    if len(basis.forms(larger)) < 2:
        return
    own = np.flatnonzero(basis.group == group)
    allowed = np.tile(larger[basis.usable], (len(own), 1))
    explained = _explained(found, basis, basis.row[own], allowed)
    if 2 * sum(each.mixed for each in explained) >= len(own):
        found.explanations.update(zip(basis.row[own].tolist(), explained, strict=True))
        basis.usable[own] = False


def _explain(
    found: SortedScreen, basis: _Basis, rows: Rows, allowed: NDArray[np.bool_] | None = None
) -> None:
    if len(rows):
        explained = _explained(found, basis, rows, allowed)
        found.explanations.update(zip(rows.tolist(), explained, strict=True))


def _explained(
    found: SortedScreen, basis: _Basis, rows: Rows, allowed: NDArray[np.bool_] | None
) -> list[Explanation]:
    explainer = MixtureExplainer(two_theta=found.screen.two_theta)
    explainer.fit(basis.patterns[basis.usable], basis.names[basis.usable])
    return explainer.explain(found.screen.X[rows], allowed=allowed)


def _others(found: SortedScreen, basis: _Basis) -> Rows:
    """Return the crystalline patterns that stand for nothing, of a large screen the least sure."""
    clusterer = found.clusterer
    rows = np.setdiff1d(np.flatnonzero(~clusterer.amorphous_), basis.row)
    if len(rows) <= _MOST_PATTERNS:
        return rows
    found.notes.append(
        f"Mixtures were looked for in the {_MOST_PATTERNS} patterns that fit their groups least."
    )
    worst = np.argsort(clusterer.probabilities_[rows], kind="stable")[:_MOST_PATTERNS]
    return np.sort(rows[worst])


def _medoid(found: SortedScreen, group: int) -> int:
    clusterer = found.clusterer
    members = np.flatnonzero(clusterer.labels_ == group)
    for row in members[np.argsort(-clusterer.probabilities_[members], kind="stable")].tolist():
        if row not in found.explanations or not found.explanations[row].mixed:
            return row
    return int(clusterer.medoid_indices_[group])
