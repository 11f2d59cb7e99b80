import numpy as np
import pytest

from xrpdsim.sorting import FormClusterer, ReferenceMatches, Screen, sort_screen
from xrpdsim.sorting.mixtures import Explanation
from xrpdsim.sorting.screens.new_forms import PossibleNewForm, possible_new_forms


@pytest.fixture(scope="module")
def clusterer():
    """Two groups of three and two single patterns, the second of which nearly fits a group."""
    probability = np.full((8, 8), 0.1)
    probability[:3, :3] = probability[3:6, 3:6] = 0.9
    probability[7, :3] = probability[:3, 7] = 0.2
    np.fill_diagonal(probability, 1)
    return FormClusterer("precomputed").fit(probability)


def matches(of_none):
    of_none = np.array(of_none)
    probabilities = np.column_stack([1 - of_none, of_none])
    return ReferenceMatches(
        probabilities, np.zeros(8, dtype=np.intp), 1 - of_none, 1 - of_none[:, None]
    )


def test_without_references_single_patterns_are_listed_and_groups_are_not(clusterer):
    found = possible_new_forms(clusterer, {}, [None, None], [0, 3], None)
    assert [form[:3] for form in found] == [(-1, 6, 1), (-1, 7, 1)]
    np.testing.assert_allclose([form.probability for form in found], [0.9, 0.8])


def test_with_references_what_matches_none_is_listed_with_how_sure_that_is(clusterer):
    known = matches([0.0, 0.1, 0.0, 0.9, 0.8, 1.0, 0.6, 1.0])
    found = possible_new_forms(clusterer, {}, ["I", None], [0, 3], known)
    assert found[0] == PossibleNewForm(1, 3, 3, pytest.approx(0.9))
    assert [form.row for form in found[1:]] == [7, 6]
    np.testing.assert_allclose([form.probability for form in found[1:]], [0.8, 0.54])


def test_a_single_pattern_that_matches_a_reference_is_not_new(clusterer):
    known = matches([0.0, 0.1, 0.0, 0.9, 0.8, 1.0, 0.5, 0.51])
    found = possible_new_forms(clusterer, {}, ["I", "II"], [0, 3], known)
    assert [form.row for form in found] == [7]


def test_a_group_that_more_likely_matches_or_has_a_name_is_not_new(clusterer):
    known = matches([0.4] * 8)
    found = possible_new_forms(clusterer, {}, [None, "named"], [0, 3], known)
    assert all(form.group < 0 for form in found)


def test_mixtures_and_groups_of_them_are_not_new(clusterer):
    mixed = Explanation(("I", "II"), (0.6, 0.4), 0.1, 0.5)
    known = matches([1.0] * 8)
    found = possible_new_forms(clusterer, {3: mixed, 6: mixed}, [None, None], [0, 3], known)
    assert [(form.group, form.row) for form in found] == [(0, 0), (-1, 7)]


def test_a_form_without_a_reference_is_in_table_and_summary(mixed_screen):
    form = mixed_screen.form.astype(str)
    known = [int((form == name).argmax()) for name in ("I", "II")]
    files = [f"{row}.xy" for row in range(len(form))]
    screen = Screen(mixed_screen.X, mixed_screen.two_theta, files)
    references = Screen(
        mixed_screen.X[known], mixed_screen.two_theta, ["r1", "r2"], forms=["I", "II"]
    )
    found = sort_screen(screen, references=references)
    groups = [new for new in found.new_forms if new.group >= 0]
    third = np.bincount(found.clusterer.labels_[(form == "III")] + 1).argmax() - 1
    assert [new.group for new in groups] == [third]
    assert groups[0].probability > 0.8
    table, summary = found.table(), found.summary()
    assert summary["remark"][third].startswith("possible new form (probability ")
    members = found.clusterer.labels_ == third
    assert {table["new_form"][row] for row in np.flatnonzero(members)} == {
        round(groups[0].probability, 4)
    }
    amorphous = np.flatnonzero(found.clusterer.amorphous_)
    assert all(table["new_form"][row] == "" for row in amorphous)


def test_a_form_measured_once_that_has_a_reference_is_not_new(pure_screen):
    form = pure_screen.form.astype(str)
    first, second = np.flatnonzero(form == "I")[:2].tolist()
    rows = [first, *np.flatnonzero(form != "I")]
    files = [f"{row}.xy" for row in range(len(rows))]
    screen = Screen(pure_screen.X[rows], pure_screen.two_theta, files)
    reference = Screen(pure_screen.X[[second]], screen.two_theta, ["I.xy"], forms=["Form I"])
    found = sort_screen(screen, references=reference)
    assert found.clusterer.labels_[0] == -1
    assert found.matches.nearest_probabilities[0] > 0.5
    assert 0 not in [new.row for new in found.new_forms]
    assert found.table()["new_form"][0] == ""


@pytest.mark.parametrize("similarity", ["pearson", "organic-2"])
def test_a_scan_that_nothing_can_be_compared_with_is_no_new_form(pure_screen, similarity):
    X = pure_screen.X[:20].copy()
    X[0, :700] = X[0, 800:] = np.nan
    files = [f"{row}.xy" for row in range(len(X))]
    with pytest.warns(UserWarning, match="min_overlap"):
        found = sort_screen(Screen(X, pure_screen.two_theta, files), similarity=similarity)
    assert 0 not in [form.row for form in found.new_forms]
    assert "too little of the range in common with any other to be compared" in found.review[0]
    assert not any("similar to no other pattern" in reason for reason in found.review[0])
