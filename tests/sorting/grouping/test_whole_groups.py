import numpy as np
import pytest

from xrpdsim.patterns import default_two_theta
from xrpdsim.simulation import polytype, simulate_patterns, virtual_crystal
from xrpdsim.sorting.grouping import heed_whole_groups

GRID = default_two_theta()
SIZES = (12, 8)
FIRST, SECOND = np.arange(12), np.arange(12, 20)


@pytest.fixture(scope="module")
def form():
    return virtual_crystal(random_state=0)


@pytest.fixture(scope="module")
def one_form(form):
    return simulate_patterns(form, sum(SIZES), random_state=0)


@pytest.fixture(scope="module")
def two_forms(form):
    other = polytype(form, random_state=0)
    return np.concatenate(
        [
            simulate_patterns(crystal, n, random_state=seed)
            for seed, (crystal, n) in enumerate(zip((form, other), SIZES, strict=True))
        ]
    )


def probabilities(between):
    within = np.full((20, 20), 0.9)
    within[:12, 12:] = between
    within[12:, :12] = within[:12, 12:].T
    return within


def labels(n_groups):
    return np.repeat(np.arange(n_groups), SIZES if n_groups == 2 else [20])


def test_parts_that_stand_far_apart_become_improbable(two_forms):
    before = probabilities(0.7)
    after = heed_whole_groups(before, labels(1), two_forms, GRID, 0.5)
    np.testing.assert_allclose(after[:12, 12:], 0.25)
    np.testing.assert_array_equal(after[:12, :12], before[:12, :12])
    np.testing.assert_array_equal(after, after.T)
    assert (before == probabilities(0.7)).all()


def test_parts_whose_pairs_are_probable_stay_together(two_forms):
    # as those of one form at two temperatures do
    before = probabilities(0.9)
    assert heed_whole_groups(before, labels(1), two_forms, GRID, 0.5) is before


def test_groups_that_are_not_the_parts_of_their_union_become_probable(one_form):
    after = heed_whole_groups(probabilities(0.35), labels(2), one_form, GRID, 0.5)
    np.testing.assert_allclose(after[:12, 12:], 0.75)
    assert after.max() <= 1


@pytest.mark.parametrize("between", [0.1, 0.35])
def test_two_forms_in_two_groups_stay_as_they_are(two_forms, between):
    before = probabilities(between)
    assert heed_whole_groups(before, labels(2), two_forms, GRID, 0.5) is before


@pytest.mark.parametrize("between", [0.1, 0.9])
def test_what_is_sure_stays_as_it_is(one_form, between):
    before = probabilities(between)
    assert heed_whole_groups(before, labels(2), one_form, GRID, 0.5) is before


def test_the_mean_moves_and_the_order_of_probabilities_stays(one_form):
    before = probabilities(np.linspace(0.2, 0.5, 8))
    after = heed_whole_groups(before, labels(2), one_form, GRID, 0.5)[:12, 12:]
    assert after.mean() == pytest.approx(0.75)
    assert (np.diff(after, axis=1) > 0).all()


def test_few_patterns_show_nothing(one_form):
    rows = np.r_[:3, 12:14]
    before = probabilities(0.35)[np.ix_(rows, rows)]
    few = np.array([0, 0, 0, 1, 1])
    assert heed_whole_groups(before, few, one_form[rows], GRID, 0.5) is before


@pytest.mark.parametrize(
    "grid", [np.linspace(3, 8, 1950), GRID + 0.02 * np.sin(GRID)], ids=["short", "uneven"]
)
def test_on_a_grid_that_shows_too_little_nothing_moves(one_form, grid):
    before = probabilities(0.35)
    assert heed_whole_groups(before, labels(2), one_form, grid, 0.5) is before


def test_no_group_no_change(one_form):
    before = probabilities(0.35)
    assert heed_whole_groups(before, np.full(20, -1), one_form, None, 0.5) is before
