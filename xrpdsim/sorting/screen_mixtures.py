"""Mixtures among the patterns of a sorted screen, explained by its own groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .mixtures import MixtureExplainer
from .pair_source import Rows
from .sorted_screen import SortedScreen

_REFERENCES_A_GROUP = 5
# What a large screen gets: each pattern and each group cost time.
_MOST_GROUPS = 50
_MOST_PATTERNS = 2000


def explain_mixtures(found: SortedScreen) -> None:
    """Fill in the explanations and the medoids of a sorted screen.

    The patterns that fit each group best stand for it, and references for forms without a group.
    These are explained first, each without itself, and without its whole group too, since that may
    be one of mixtures; those that come out mixed stand for nothing. Then all other crystalline
    patterns are explained by those that are left.

    Parameters
    ----------
    found : SortedScreen
        With groups and their names.
    """
    cores = _cores(found)
    rows = np.concatenate([np.empty(0, dtype=np.intp), *cores])
    X = list(found.screen.X[rows])
    forms = [found.group_names[g] for g, core in enumerate(cores) for _ in core]
    named = {name.rsplit(" (", 1)[0] for name in found.group_names}
    if found.references is not None:
        for pattern, form in zip(found.references.X, found.references.forms, strict=True):
            if form not in named:
                X.append(pattern)
                forms.append(form)
    patterns, names = np.array(X), np.array(forms, dtype=object)
    found.explanations = {}
    if len(set(forms)) > 1:
        mixed_groups = _explain_cores(found, rows, patterns, names)
        pure = [
            k >= len(rows) or not found.explanations[int(rows[k])].mixed for k in range(len(names))
        ]
        usable = np.array(pure) & ~np.isin(names, mixed_groups)
        _explain_others(found, rows, patterns[usable], names[usable], mixed_groups)
    found.medoids = [_medoid(found, group) for group in range(len(found.group_names))]


def _cores(found: SortedScreen) -> list[Rows]:
    """Return the members of each group that fit it best."""
    clusterer = found.clusterer
    cores = []
    for group in range(min(len(found.group_names), _MOST_GROUPS)):
        members = np.flatnonzero(clusterer.labels_ == group)
        best = members[np.argsort(-clusterer.probabilities_[members], kind="stable")]
        cores.append(best[: min(_REFERENCES_A_GROUP, max(1, len(best) // 2))])
    if len(found.group_names) > _MOST_GROUPS:
        found.notes.append(f"Mixtures were looked for of the {_MOST_GROUPS} largest groups only.")
    return cores


def _explain_cores(
    found: SortedScreen, rows: Rows, patterns: NDArray[np.floating], names: NDArray[np.object_]
) -> list[str]:
    """Explain what stands for groups; return the names of groups of mixtures."""
    explainer = MixtureExplainer(two_theta=found.screen.two_theta).fit(patterns, names)
    others = names[: len(rows), None] != names
    not_itself = np.arange(len(rows))[:, None] != np.arange(len(names))
    by_others = explainer.explain(patterns[: len(rows)], allowed=others)
    without_itself = explainer.explain(patterns[: len(rows)], allowed=not_itself)
    found.explanations.update(zip(rows.tolist(), without_itself, strict=True))
    mixed_groups = []
    for name in dict.fromkeys(names[: len(rows)]):
        members = np.flatnonzero(names[: len(rows)] == name)
        mixed = [by_others[k] for k in members if by_others[k].mixed]
        if 2 * len(mixed) > len(members):
            mixed_groups.append(name)
            found.explanations.update((int(rows[k]), by_others[k]) for k in members)
    return mixed_groups


def _explain_others(
    found: SortedScreen,
    cores: Rows,
    patterns: NDArray[np.floating],
    names: NDArray[np.object_],
    mixed_groups: list[str],
) -> None:
    """Explain the patterns that stand for nothing; those of groups of mixtures by the others."""
    clusterer = found.clusterer
    rows = np.setdiff1d(np.flatnonzero(~clusterer.amorphous_), cores)
    if len(rows) > _MOST_PATTERNS:
        found.notes.append(
            f"Mixtures were looked for in the {_MOST_PATTERNS} patterns that fit their groups "
            "least."
        )
        worst = np.argsort(clusterer.probabilities_[rows], kind="stable")[:_MOST_PATTERNS]
        rows = np.sort(rows[worst])
    if len(rows) and len(np.unique(names.astype(str))) > 1:
        explainer = MixtureExplainer(two_theta=found.screen.two_theta).fit(patterns, names)
        explained = explainer.explain(found.screen.X[rows])
        found.explanations.update(zip(rows.tolist(), explained, strict=True))


def _medoid(found: SortedScreen, group: int) -> int:
    clusterer = found.clusterer
    members = np.flatnonzero(clusterer.labels_ == group)
    for row in members[np.argsort(-clusterer.probabilities_[members], kind="stable")].tolist():
        if row not in found.explanations or not found.explanations[row].mixed:
            return row
    return int(clusterer.medoid_indices_[group])
