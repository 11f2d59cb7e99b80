"""A screen sorted, named and doubted: all that a table or a report of it shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._table import Table
from .clusterer import FormClusterer
from .corrections import Corrections
from .flags import PatternFlags, flag_patterns
from .mixtures import Explanation, MixtureExplainer
from .references import ReferenceMatcher
from .screen import Screen

NO_GROUP = "none"
_NO_CORRECTIONS = Corrections(np.empty((0, 2), np.intp), np.empty((0, 2), np.intp), {})
# Below this mean probability a member of a group is listed as unsure, and so it is where another
# group comes above the second.
_SURE = 0.8
_NEAR_ANOTHER = 0.2
_REFERENCES_A_GROUP = 5


@dataclass
class SortedScreen:
    """What was found in a screen.

    Parameters
    ----------
    screen : Screen
    clusterer : FormClusterer
        Fitted.
    flags : PatternFlags
    group_names : list of str
        By group: the form that a person or the references say, else "group 1" and so on.
    explanations : dict of int to Explanation
        By row: what was found where mixtures were looked for.
    references : Screen or None
    nearest_reference : list of (str, float)
        By row: the reference that fits best, and the probability that it is the same form. Empty
        without references.
    corrections : Corrections
    doubts : dict of int to list of str
        By row: why a pattern should be looked at.
    """

    screen: Screen
    clusterer: FormClusterer
    flags: PatternFlags
    group_names: list[str]
    explanations: dict[int, Explanation]
    references: Screen | None = None
    nearest_reference: list[tuple[str, float]] = field(default_factory=list)
    corrections: Corrections = _NO_CORRECTIONS
    doubts: dict[int, list[str]] = field(default_factory=dict)

    def group_of(self, row: int) -> str:
        """Return the name of the group of a pattern."""
        label = self.clusterer.labels_[row]
        if label >= 0:
            return self.group_names[label]
        return "amorphous" if self.clusterer.amorphous_[row] else NO_GROUP

    def mixture_of(self, row: int) -> str:
        """Return the forms and shares that explain a mixed pattern, else nothing."""
        found = self.explanations.get(row)
        if found is None or not found.mixed:
            return ""
        return " + ".join(
            f"{share:.0%} {form}" for form, share in zip(found.forms, found.shares, strict=True)
        )

    def table(self) -> Table:
        """Return a row for each file: its group, how sure, and what speaks against it."""
        medoids = set(self.clusterer.medoid_indices_.tolist())
        rows = []
        for row, name in enumerate(self.screen.files):
            entry: dict[str, Any] = {
                "file": name,
                "group": self.group_of(row),
                "probability": round(float(self.clusterer.probabilities_[row]), 4),
                "medoid": "yes" if row in medoids else "",
                "flags": " ".join(self.flags.names(row)),
                "mixture": self.mixture_of(row),
                "well": self.screen.wells[row] if self.screen.wells else "",
            }
            if self.nearest_reference:
                reference, probability = self.nearest_reference[row]
                entry["reference"] = reference
                entry["reference_probability"] = round(probability, 4)
            entry["doubts"] = "; ".join(self.doubts.get(row, []))
            rows.append(entry)
        return Table.from_rows(rows)

    def summary(self) -> Table:
        """Return a row for each group."""
        rows = []
        for group, name in enumerate(self.group_names):
            members = np.flatnonzero(self.clusterer.labels_ == group)
            rows.append(
                {
                    "group": name,
                    "patterns": len(members),
                    "probability": round(float(self.clusterer.probabilities_[members].mean()), 3),
                    "medoid": self.screen.files[self.clusterer.medoid_indices_[group]],
                    "to look at": sum(int(row) in self.doubts for row in members),
                }
            )
        outside = np.flatnonzero(self.clusterer.labels_ < 0)
        for name in ("amorphous", NO_GROUP):
            n = sum(self.group_of(int(row)) == name for row in outside)
            if n:
                rows.append(
                    {"group": name, "patterns": n, "probability": "", "medoid": "", "to look at": n}
                )
        return Table.from_rows(rows)


def sort_screen(
    screen: Screen,
    *,
    references: Screen | None = None,
    similarity: Any = None,
    threshold: float = 0.5,
    corrections: Corrections = _NO_CORRECTIONS,
    verbose: bool = False,
) -> SortedScreen:
    """Flag, sort and name the patterns of a screen, look for mixtures, and list what is unsure.

    Parameters
    ----------
    screen : Screen
        As from `read_screen`.
    references : Screen, optional
        Patterns of known forms; their `forms` name groups.
    similarity : pair estimator or Pipeline that ends in one, optional
        By default `ScreeningSimilarity`.
    threshold : float, default=0.5
        Mean probability from which two groups are one.
    corrections : Corrections, optional
        As from `read_corrections`.
    verbose : bool, default=False
        Whether to show progress on standard error.

    Returns
    -------
    SortedScreen

    Examples
    --------
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.sorting import Screen
    >>> campaign = make_screening_campaign(1, 2, 20, preset="bragg-brentano", random_state=0)
    >>> screen = Screen(campaign.X, campaign.two_theta, [f"{k}.xy" for k in range(20)])
    >>> found = sort_screen(screen)
    >>> sorted(set(found.table()["group"]) & {"group 1", "group 2"})
    ['group 1', 'group 2']
    """
    flags = flag_patterns(screen.X, two_theta=screen.two_theta)
    clusterer = FormClusterer(
        similarity, threshold=threshold, two_theta=screen.two_theta, verbose=verbose
    )
    if len(screen.X) < 2:
        raise ValueError(
            f"{screen.folder}: one pattern cannot be sorted; compare two with xrpdsim compare"
        )
    clusterer.fit(screen.X, same=corrections.same, different=corrections.different)
    found = SortedScreen(screen, clusterer, flags, [], {}, references, corrections=corrections)
    names: dict[int, str] = {}
    if references is not None:
        matcher = ReferenceMatcher(clusterer.similarity_, two_theta=screen.two_theta)
        matcher.fit(references.X, np.array(references.forms, dtype=object))
        which, probability = matcher.nearest_reference(screen.X)
        found.nearest_reference = [
            (references.files[reference], float(p))
            for reference, p in zip(which, probability, strict=True)
        ]
        names = _names_by_references(clusterer, matcher.predict_proba(screen.X), matcher.classes_)
    found.group_names = _group_names(clusterer, names, corrections)
    found.explanations = _explain_mixtures(found)
    found.doubts = _doubts(found)
    return found


def _names_by_references(
    clusterer: FormClusterer, probability: NDArray[np.float64], classes: NDArray[Any]
) -> dict[int, str]:
    """Return the form of each group that, in the mean over its members, is more likely than not."""
    names = {}
    for group in range(len(clusterer.medoid_indices_)):
        mean = probability[clusterer.labels_ == group].mean(axis=0)
        if mean.argmax() < len(classes) - 1 and mean.max() > 0.5:
            names[group] = str(classes[mean.argmax()])
    return names


def _group_names(
    clusterer: FormClusterer, names: dict[int, str], corrections: Corrections
) -> list[str]:
    for group in range(len(clusterer.medoid_indices_)):
        given = Counter(
            name for row, name in corrections.names.items() if clusterer.labels_[row] == group
        )
        if given:
            names[group] = given.most_common(1)[0][0]
    chosen = [names.get(g, f"group {g + 1}") for g in range(len(clusterer.medoid_indices_))]
    # two groups may both be nearest to the references of one form; they are still two
    repeated = Counter(chosen)
    seen: Counter[str] = Counter()
    for group, name in enumerate(chosen):
        seen[name] += 1
        if repeated[name] > 1:
            chosen[group] = f"{name} ({seen[name]})"
    return chosen


def _explain_mixtures(found: SortedScreen) -> dict[int, Explanation]:
    """Look for mixtures among the patterns that are not references, nor the core of a group."""
    clusterer, X = found.clusterer, found.screen.X
    basis, forms = [], []
    if found.references is not None:
        named = {name.rsplit(" (", 1)[0] for name in found.group_names}
        for row, form in enumerate(found.references.forms):
            if form not in named:
                basis.append(found.references.X[row])
                forms.append(form)
    cores: list[NDArray[np.intp]] = []
    for group, name in enumerate(found.group_names):
        members = np.flatnonzero(clusterer.labels_ == group)
        best = members[np.argsort(-clusterer.probabilities_[members], kind="stable")]
        cores.append(best[: min(_REFERENCES_A_GROUP, max(1, len(best) // 2))])
        basis += [X[row] for row in cores[-1]]
        forms += [name] * len(cores[-1])
    if len(set(forms)) < 2:
        return {}
    names = np.array(forms, dtype=object)
    patterns = np.array(basis)
    to_explain = np.flatnonzero(~clusterer.amorphous_)
    if cores:
        to_explain = np.setdiff1d(to_explain, np.concatenate(cores))
    two_theta = found.screen.two_theta
    explainer = MixtureExplainer(two_theta=two_theta).fit(patterns, names)
    explanations = dict(
        zip(to_explain.tolist(), explainer.explain(X[to_explain]), strict=True)
        if len(to_explain)
        else ()
    )
    # A group may itself be one of mixtures: its medoid, by the other groups.
    for group, name in enumerate(found.group_names):
        others = names != name
        if len(set(names[others])) < 2:
            continue
        explainer = MixtureExplainer(two_theta=two_theta).fit(patterns[others], names[others])
        medoid = int(clusterer.medoid_indices_[group])
        explanation = explainer.explain(X[[medoid]])[0]
        if explanation.mixed:
            explanations[medoid] = explanation
    return explanations


def _doubts(found: SortedScreen) -> dict[int, list[str]]:
    clusterer, screen = found.clusterer, found.screen
    doubts: dict[int, list[str]] = {}

    def doubt(row: int, reason: str) -> None:
        doubts.setdefault(int(row), []).append(reason)

    second = _second_group(clusterer)
    medoids = set(clusterer.medoid_indices_.tolist())
    for row in range(len(screen.files)):
        label = clusterer.labels_[row]
        if found.flags.amorphous[row]:
            doubt(row, "no Bragg lines: amorphous")
        if found.flags.weak[row] and not found.flags.amorphous[row]:
            doubt(row, "few counts")
        if found.flags.saturated[row]:
            doubt(row, "the strongest line is cut off: detector saturated")
        if found.flags.cut[row]:
            doubt(row, f"only {found.flags.coverage[row]:.0%} of the range was measured")
        mixture = found.mixture_of(row)
        if mixture:
            whole = "so its group may be one of mixtures" if row in medoids else "likely mixture"
            doubt(row, f"{mixture}: {whole}")
        if label < 0 and not clusterer.amorphous_[row]:
            doubt(row, "like no other pattern: a form seen once, or a mixture or impurity")
        if label >= 0 and clusterer.probabilities_[row] < _SURE:
            doubt(
                row,
                f"fits its group with a mean probability of {clusterer.probabilities_[row]:.2f}",
            )
        if second is not None and second[row][1] > _NEAR_ANOTHER:
            name = found.group_names[second[row][0]]
            doubt(row, f"near {name} too (mean probability {second[row][1]:.2f})")
    if found.nearest_reference and found.references is not None:
        form_of = dict(zip(found.references.files, found.references.forms, strict=True))
        for row, (reference, probability) in enumerate(found.nearest_reference):
            label = clusterer.labels_[row]
            if label < 0:
                if probability > 0.5 and not clusterer.amorphous_[row]:
                    doubt(row, f"matches the reference {reference} ({probability:.2f})")
                continue
            name = found.group_names[label].rsplit(" (", 1)[0]
            if probability > 0.5 and form_of[reference] != name:
                doubt(row, f"nearest to the reference {reference} ({probability:.2f})")
    for same in screen.duplicates():
        for row in same[1:]:
            doubt(row, f"byte for byte the same file as {screen.files[same[0]]}")
    return doubts


def _second_group(clusterer: FormClusterer) -> list[tuple[int, float]] | None:
    """Return for each pattern the best group that is not its own, with the mean probability."""
    n_groups = len(clusterer.medoid_indices_)
    if not hasattr(clusterer, "pair_probabilities_") or not n_groups:
        return None
    mean = np.column_stack(
        [
            clusterer.pair_probabilities_[:, clusterer.labels_ == group].mean(axis=1)
            for group in range(n_groups)
        ]
    )
    inside = np.flatnonzero(clusterer.labels_ >= 0)
    mean[inside, clusterer.labels_[inside]] = 0
    mean[clusterer.amorphous_] = 0
    best = mean.argmax(axis=1)
    return [(int(group), float(mean[row, group])) for row, group in enumerate(best)]
