"""From the patterns of a screen to a sorted one."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..clusterer import FormClusterer
from ..corrections import Corrections
from ..flags import flag_patterns
from ..references import ReferenceMatcher
from .doubts import find_doubts
from .screen import Screen
from .screen_mixtures import explain_mixtures
from .sorted_screen import NO_CORRECTIONS, SortedScreen


def sort_screen(
    screen: Screen,
    *,
    references: Screen | None = None,
    similarity: Any = None,
    threshold: float = 0.5,
    corrections: Corrections = NO_CORRECTIONS,
    verbose: bool = False,
) -> SortedScreen:
    """Flag, sort and name the patterns of a screen, look for mixtures, and list what is unsure.

    Parameters
    ----------
    screen : Screen
        As from `read_screen`.
    references : Screen, optional
        Patterns of known forms; their `forms` name groups.
    similarity : str, pair estimator, or Pipeline that ends in one, optional
        As the parameter of `FormClusterer`.
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
    found = SortedScreen(screen, clusterer, flags, references=references, corrections=corrections)
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
    explain_mixtures(found)
    found.doubts = find_doubts(found)
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
