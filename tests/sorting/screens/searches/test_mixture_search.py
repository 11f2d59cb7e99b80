"""Mixtures within a screen, explained by its own groups."""

import numpy as np
import pytest

from xrpdsim.sorting import FormClusterer, MixtureExplainer, Screen
from xrpdsim.sorting.screens.searches import search_mixtures

TWO_THETA = 3 + 0.02 * np.arange(1950)
NONE_KNOWN = (np.empty((0, 1950)), [])


def lines(*angles):
    return sum(1000 * np.exp(-(((TWO_THETA - angle) / 0.1) ** 2)) for angle in angles)


FIRST, SECOND, THIRD = lines(8, 15, 22, 27), lines(10, 13, 24, 31), lines(9, 18, 26, 35)


def searched(pure, others, known=NONE_KNOWN):
    """Groups of eight equal patterns each, a little noise apart, and other patterns."""
    rng = np.random.default_rng(0)
    rows = [form for form in pure for _ in range(8)] + list(others)
    X = np.array(rows) + rng.normal(0, 1, (len(rows), 1950)) + 20
    group = np.repeat(np.arange(len(pure)), 8)
    sure = np.zeros((len(rows), len(rows)))
    sure[: len(group), : len(group)] = group[:, None] == group
    np.fill_diagonal(sure, 1)
    clusterer = FormClusterer("precomputed").fit(sure)
    names = [f"group {k + 1}" for k in range(len(pure))]
    screen = Screen(X, TWO_THETA, [str(row) for row in range(len(rows))])
    return screen, clusterer, search_mixtures(screen, clusterer, names, *known)


def test_a_group_of_mixtures_stands_for_nothing():
    mixture = 0.5 * FIRST + 0.5 * SECOND
    _, _, found = searched([FIRST, SECOND, mixture], [0.3 * FIRST + 0.7 * SECOND])
    for row in range(16, 21):
        assert set(found.explanations[row].forms) == {"group 1", "group 2"}
    assert set(found.explanations[24].forms) == {"group 1", "group 2"}
    assert found.explanations[24].forms[0] == "group 2"
    assert not any(found.explanations[row].mixed for row in range(16))


def test_forms_that_only_references_show_explain_too():
    _, _, found = searched([FIRST, SECOND], [0.6 * FIRST + 0.4 * THIRD], ([THIRD], ["a (b)"]))
    assert found.explanations[16].forms == ("group 1", "a (b)")


def test_a_typical_pattern_is_no_mixture():
    mixture = 0.5 * FIRST + 0.5 * SECOND
    _, _, found = searched([FIRST, SECOND, THIRD], [mixture] * 2)
    assert [row // 8 for row in found.typical_rows] == [0, 1, 2]
    assert not any(found.explanations[row].mixed for row in found.typical_rows)


def test_explanations_are_those_of_an_explainer_fitted_to_what_stands_for_groups():
    others = [0.7 * FIRST + 0.3 * THIRD, SECOND, 0.5 * SECOND + 0.5 * THIRD]
    screen, _, found = searched([FIRST, SECOND, THIRD], others)
    best = np.concatenate([8 * group + np.arange(5) for group in range(3)])
    names = np.repeat(["group 1", "group 2", "group 3"], 5)
    explainer = MixtureExplainer().fit(screen.X[best], names)
    rows = np.setdiff1d(np.arange(27), best)
    for row, expected in zip(rows, explainer.explain(screen.X[rows]), strict=True):
        assert found.explanations[row].forms == expected.forms
        assert found.explanations[row].unexplained == pytest.approx(expected.unexplained, abs=1e-12)


def test_one_group_has_no_mixtures():
    _, _, found = searched([FIRST], [SECOND])
    assert found.explanations == {}
    assert found.typical_rows == [0]


def test_what_looks_amorphous_is_explained_by_nothing_and_stands_for_nothing(mixed_screen):
    X = mixed_screen.X.copy()
    before = FormClusterer().fit(X)
    typical = before.typical_indices_[0]
    halo = np.exp(-(((mixed_screen.two_theta - 20) / 6) ** 2))
    X[typical] += 5 * np.nanmax(X[typical]) * halo
    members = np.flatnonzero(before.labels_ == 0)
    after = FormClusterer().fit(X, same=[[typical, row] for row in members[:3] if row != typical])
    assert after.flags_.amorphous[typical]
    assert after.labels_[typical] >= 0
    names = [f"group {k + 1}" for k in range(len(after.typical_indices_))]
    screen = Screen(X, mixed_screen.two_theta, [str(row) for row in range(len(X))])
    found = search_mixtures(screen, after, names, *NONE_KNOWN)
    assert typical not in found.explanations
    assert typical not in found.typical_rows
    assert typical not in after.typical_indices_
