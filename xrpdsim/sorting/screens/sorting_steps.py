"""From the patterns of a screen to a sorted one, step by step."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ...patterns.pairs import ONLY_IN_SPELLING, spelling
from .._measure import measure_of
from ..clusterer import FormClusterer
from ..flags import PatternFlags
from ..references import ReferenceMatches, match_references
from ._group_names import forms_of_groups, names_of_groups, numbers_of_groups
from ._other_wavelengths import add_other_wavelengths
from ._review import (
    add_copies,
    add_matches,
    add_parts,
    leave_out_answered,
    reasons_for_review,
)
from .corrections import NO_CORRECTIONS, Corrections
from .earlier import EarlierGroups, files_before, successors
from .new_forms import not_comparable, possible_new_forms
from .reference_files import ReferencePatterns
from .screen import Screen
from .searches import parts_of_groups, search_mixtures
from .sorted_screen import AMORPHOUS, MIXTURE, NO_GROUP, SortedScreen


def sort_screen(
    screen: Screen,
    *,
    references: Screen | None = None,
    similarity: Any = None,
    min_probability: float = 0.5,
    corrections: Corrections | None = None,
    earlier: EarlierGroups | None = None,
    portion: int = 2000,
    verbose: bool = False,
) -> SortedScreen:
    """Flag, sort and name the patterns of a screen, look for mixtures, and list what to review.

    Parameters
    ----------
    screen : Screen
        As from `read_screen`.
    references : Screen, optional
        Patterns of known forms, as from `read_references`: they sort (see `FormClusterer.fit`), and
        their `forms` name groups. A pattern that corrections name sorts like one of them. The
        cells of crystal structures are fitted to the screen first.
    similarity : str, pair estimator, or Pipeline that ends in one, optional
        As the parameter of `FormClusterer`.
    min_probability : float, default=0.5
        Mean probability from which two groups are one.
    corrections : Corrections, optional
        As from `read_corrections`.
    earlier : EarlierGroups, optional
        As from `read_earlier_groups`: a group that shares most members with one of them keeps its
        number, and new groups get other numbers. How patterns are sorted does not depend on it.
    portion : int, default=2000
        As the parameter of `FormClusterer`.
    verbose : bool, default=False
        Whether to show progress on standard error.

    Returns
    -------
    SortedScreen

    Raises
    ------
    ValueError
        If the screen holds one pattern, corrections contradict each other or write the form of a
        reference otherwise, or references come without their forms, or lie on another grid.

    See Also
    --------
    xrpdsim.sorting.read_screen : reads a folder.
    xrpdsim.inspection.write_report : writes the page.
    xrpdsim.FormClusterer : the grouping alone.

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
    for name, given, kind in (
        ("screen", screen, Screen),
        ("references", references, Screen),
        ("corrections", corrections, Corrections),
    ):
        if given is not None and not isinstance(given, kind):
            raise TypeError(
                f"{name} must be a {kind.__name__}, got {type(given).__name__}; read_screen, "
                "read_references and read_corrections read them from files"
            )
    corrections = NO_CORRECTIONS if corrections is None else corrections
    n_read = len(screen.X)
    screen = screen.without(corrections.excluded)
    corrections = corrections.without_excluded(n_read)
    if len(screen.X) < 2:
        raise ValueError(
            f"{screen.folder}: one pattern cannot be sorted; compare two with xrpdsim compare"
        )
    if references is not None and not references.forms:
        raise ValueError("references need their forms: give the Screen of references `forms`")
    if references is not None:
        _check_grid(references.two_theta, screen.two_theta)
        _check_spelling(references.forms, screen.files, corrections.forms())
    if isinstance(references, ReferencePatterns):
        references = references.fitted_to(screen, verbose=verbose)
    clusterer = FormClusterer(
        similarity,
        min_probability=min_probability,
        portion=portion,
        two_theta=screen.two_theta,
        verbose=verbose,
    ).fit(
        screen.X,
        same=corrections.same,
        different=corrections.different,
        confirmed=corrections.kept_groups(len(screen.X)),
        set_aside=[*corrections.amorphous, *corrections.mixtures],
        **_known_forms(screen, references, corrections),
    )
    flags = cast(PatternFlags, clusterer.flags_)
    known_forms, matches = _match(screen, references, clusterer, corrections)
    group_forms = forms_of_groups(
        clusterer.labels_,
        len(clusterer.typical_indices_),
        corrections.forms(),
        None if matches is None else matches.probabilities,
        known_forms,
    )
    without_group = [form for form in known_forms if form not in group_forms]
    taken = {AMORPHOUS, MIXTURE, NO_GROUP, *without_group}
    confirmed = numbers_of_groups(clusterer.labels_, corrections.confirmed)
    kept: dict[int, str] = confirmed
    retired: tuple[str, ...] = ()
    if earlier is not None:
        before = files_before(earlier, screen.files, screen.hashes)
        kept = {**successors(earlier, clusterer.labels_, before), **confirmed}
        retired = earlier.names
    group_names = names_of_groups(group_forms, taken, kept, retired)
    as_new = names_of_groups(group_forms, taken, confirmed)
    others = _references_of(references, without_group, screen.two_theta.size)
    mixtures = search_mixtures(
        screen, clusterer, group_names, *others, set_aside=corrections.mixtures, verbose=verbose
    )
    two_parts = parts_of_groups(screen, clusterer, flags, mixtures.explanations)
    short = not_comparable(screen, clusterer, flags).tolist()
    review = reasons_for_review(
        screen, clusterer, flags, group_names, mixtures.typical_rows, mixtures.explanations, short
    )
    add_parts(review, group_names, two_parts)
    if references is not None and matches is not None:
        add_matches(review, clusterer, group_forms, references, matches)
    add_other_wavelengths(review, screen, clusterer, group_names, mixtures.typical_rows)
    leave_out_answered(review, clusterer, corrections)
    add_copies(review, screen, clusterer.copy_of_)
    return SortedScreen(
        screen=screen,
        clusterer=clusterer,
        flags=flags,
        group_names=group_names,
        group_forms=group_forms,
        typical_rows=mixtures.typical_rows,
        explanations=mixtures.explanations,
        review=review,
        corrections=corrections,
        references=references,
        matches=matches,
        two_parts=two_parts,
        new_forms=possible_new_forms(
            clusterer, mixtures.explanations, group_forms, mixtures.typical_rows, matches, short
        ),
        notes=[*_splits(clusterer, group_names), *mixtures.notes],
        names_kept={
            group: name
            for group, (name, other) in enumerate(zip(group_names, as_new, strict=True))
            if name != other
        },
    )


def _known_forms(
    screen: Screen, references: Screen | None, corrections: Corrections
) -> dict[str, Any]:
    """Return what is known of forms, as arguments of `FormClusterer.fit`."""
    if references is None:
        return {}
    named = corrections.forms()
    return {
        "references": np.concatenate([references.X, screen.X[list(named)]]),
        "reference_forms": [*references.forms, *named.values()],
        "reference_log_odds": [*_log_odds(references), *[0.0] * len(named)],
    }


def _check_grid(of_references: NDArray[np.float64], of_screen: NDArray[np.float64]) -> None:
    if of_references.shape == of_screen.shape and np.allclose(
        of_references, of_screen, rtol=0, atol=1e-6
    ):
        return
    references, screen = (
        f"{len(grid)} points from {grid[0]:g} to {grid[-1]:g} degrees 2theta"
        for grid in (of_references, of_screen)
    )
    raise ValueError(
        f"the references are on a grid of {references}, the screen on one of {screen}; read both "
        "with the same two_theta"
    )


def _check_spelling(forms: Sequence[str], files: Sequence[str], named: Mapping[int, str]) -> None:
    """Refuse a form that a person nearly writes as a reference: it would count as another."""
    known = {spelling(form): form for form in forms}
    for row, name in named.items():
        form = known.get(spelling(name), name)
        if form != name and name not in forms:
            raise ValueError(
                f"the corrections call {files[row]!r} {name!r}, but the references write {form!r}, "
                f"which differs {ONLY_IN_SPELLING}; write both alike, or rename one if they are "
                "two forms"
            )


def _log_odds(references: Screen) -> list[float]:
    given = references.log_odds if isinstance(references, ReferencePatterns) else []
    return given or [0.0] * len(references.X)


def _splits(clusterer: FormClusterer, group_names: Sequence[str]) -> list[str]:
    """Say which groups references keep apart."""
    return [
        f"{group_names[a]} and {group_names[b]} would be one group without references: each of its "
        "patterns went to the form that it matches."
        for a, b in clusterer.separated_groups_.tolist()
    ]


def _match(
    screen: Screen,
    references: Screen | None,
    clusterer: FormClusterer,
    corrections: Corrections,
) -> tuple[list[str], ReferenceMatches | None]:
    """Return the forms of the references, sorted, and how the patterns match these."""
    if references is None:
        return [], None
    if not corrections.forms():
        return clusterer.known_forms_.tolist(), clusterer.reference_matches_
    # what a person named is no reference by which others are named
    measure, _ = measure_of(clusterer.similarity_, screen.two_theta, screen.X)
    forms, matches = match_references(
        screen.X, measure, references.X, references.forms, _log_odds(references)
    )
    return forms.tolist(), matches


def _references_of(
    references: Screen | None, forms: Collection[str], n_points: int
) -> tuple[NDArray[np.floating], list[str]]:
    """Return the patterns of some forms, and which form each is."""
    if references is None:
        return np.empty((0, n_points)), []
    rows = [row for row, form in enumerate(references.forms) if form in forms]
    return references.X[rows], [references.forms[row] for row in rows]
