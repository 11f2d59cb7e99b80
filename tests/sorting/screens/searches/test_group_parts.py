import numpy as np
import pytest

from xrpdsim.sorting import FormClusterer, Screen, find_two_parts, flag_patterns, sort_screen
from xrpdsim.sorting.mixtures import Explanation
from xrpdsim.sorting.screens.searches import parts_of_groups

TWO_THETA = 3 + 0.02 * np.arange(1950)


@pytest.fixture(scope="module")
def merged(two_similar_forms):
    return Screen(two_similar_forms, TWO_THETA, [f"{row}.xy" for row in range(18)])


@pytest.fixture
def clustered(all_the_same):
    def fit(screen, probability=0.6, **corrections):
        clusterer = FormClusterer(all_the_same(probability)).fit(screen.X, **corrections)
        return clusterer, flag_patterns(screen.X)

    return fit


def test_a_group_of_two_forms_is_reported_with_the_members_of_both(merged, clustered):
    parts = parts_of_groups(merged, *clustered(merged), {})
    assert list(parts) == [0]
    assert parts[0].rows[1].tolist() == list(range(12, 18))
    assert parts[0].typical[1] in range(12, 18)


def test_a_group_that_a_person_said_is_one_is_left_alone(merged, clustered):
    assert parts_of_groups(merged, *clustered(merged, same=[[0, 12]]), {}) == {}
    within = parts_of_groups(merged, *clustered(merged, same=[[0, 1], [12, 13]]), {})
    assert list(within) == [0]


def test_parts_whose_pairs_are_surely_one_form_are_not_reported(merged, clustered):
    assert parts_of_groups(merged, *clustered(merged, probability=0.8), {}) == {}
    assert list(parts_of_groups(merged, *clustered(merged, probability=0.7), {})) == [0]


def test_mixtures_and_copies_are_in_neither_part(merged, clustered):
    X = np.vstack([merged.X, merged.X[12]])
    screen = Screen(X, TWO_THETA, [f"{row}.xy" for row in range(19)])
    mixed = Explanation(("I", "II"), (0.6, 0.4), 0.1, 0.5)
    parts = parts_of_groups(screen, *clustered(screen), {17: mixed})
    assert parts[0].rows[1].tolist() == list(range(12, 17))


def test_table_summary_and_review_say_so(merged, all_the_same):
    found = sort_screen(merged, similarity=all_the_same())
    expected = find_two_parts(merged.X)
    table = found.table()
    assert [row for row, part in enumerate(table["part"]) if part == "2"] == (
        expected.rows[1].tolist()
    )
    assert found.summary()["remark"][0] == f"may be two forms ({len(expected.rows[0])} + 6)"
    for row in expected.rows[1]:
        assert "group 1 may be two forms: 6 patterns" in table["review"][row]
