import numpy as np
import pytest

from xrpdsim.sorting import FormClusterer
from xrpdsim.sorting.grouping import (
    fit_to_all_members,
    groups_of_later_patterns,
    join_small_groups,
    representatives_of,
)

NOBODY = np.empty(0, dtype=np.intp)


def probabilities_of_groups(sizes, between):
    """A matrix of one within groups and the given means between them."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    return np.asarray(between)[np.ix_(group, group)]


@pytest.mark.parametrize(("mean", "joins"), [(0.55, True), (0.45, False)])
def test_what_was_set_aside_as_amorphous_needs_the_whole_probability(mean, joins):
    matrix = probabilities_of_groups([6, 1], [[1, mean], [mean, 1]])
    labels = np.array([0, 0, 0, 0, 0, 0, -1])
    amorphous = labels < 0
    found = fit_to_all_members(matrix, labels, amorphous)
    joined = join_small_groups(labels, found, amorphous, 0.5, NOBODY)
    assert joined[6] == (0 if joins else -1)
    assert join_small_groups(labels, found, amorphous, 0.5, np.array([6]))[6] == -1
    assert join_small_groups(labels, found, ~amorphous, 0.5, NOBODY)[6] == 0


@pytest.mark.parametrize("portion", [2000, 20])
def test_what_looks_amorphous_but_fits_a_group_is_taken_back(mixed_screen, portion):
    unmixed = np.array(["+" not in form for form in mixed_screen.form])
    X, two_theta = mixed_screen.X[unmixed], mixed_screen.two_theta
    before = FormClusterer("organic-1", portion=portion).fit(X)
    halo = np.exp(-(((two_theta - 20) / 6) ** 2))
    rows = np.flatnonzero(before.labels_ == 0)[:3]
    X[rows] += 5 * np.nanmax(X[rows], axis=1, keepdims=True) * halo
    after = FormClusterer("organic-1", portion=portion).fit(X)
    assert after.flags_.amorphous[rows].all()
    back = after.labels_[rows] >= 0
    assert back.any()
    assert (after.labels_[rows[back]] == 0).all()
    assert not after.amorphous_[rows[back]].any()
    amorphous = mixed_screen.form[unmixed] == "amorphous"
    assert (after.labels_[amorphous] == -1).all()
    assert (after.next_groups_[amorphous] == -1).all()


@pytest.mark.parametrize(
    ("mean", "size", "joins"),
    [(0.35, 1, True), (0.35, 2, True), (0.35, 3, False), (0.25, 1, False), (0.25, 2, False)],
)
def test_what_is_small_joins_a_larger_group_more_readily(mean, size, joins):
    matrix = probabilities_of_groups([6, size], [[1, mean], [mean, 1]])
    labels = FormClusterer("precomputed").fit_predict(matrix)
    assert (labels[:6] == 0).all()
    assert (labels[6:] == (0 if joins else 1 if size > 1 else -1)).all()


def test_what_is_small_does_not_join_what_is_small_nor_where_a_person_forbids():
    pairs = probabilities_of_groups([2, 2], [[1, 0.4], [0.4, 1]])
    assert FormClusterer("precomputed").fit_predict(pairs).tolist() == [0, 0, 1, 1]
    matrix = probabilities_of_groups([6, 1], [[1, 0.4], [0.4, 1]])
    labels = FormClusterer("precomputed").fit(matrix, different=[[0, 6]]).labels_
    assert labels[6] == -1


def test_representatives_are_members_of_their_group_and_at_most_twelve():
    labels = np.array([0] * 30 + [1, 1, -1, 2, 2, 2])
    rows, groups = representatives_of(labels, np.zeros(len(labels), dtype=bool))
    assert (labels[rows] == groups).all()
    assert np.bincount(groups).tolist() == [12, 2, 3]
    assert (np.diff(groups) >= 0).all()
    rows, groups = representatives_of(np.full(4, -1), np.zeros(4, dtype=bool))
    assert len(rows) == len(groups) == 0


def test_what_looks_amorphous_represents_a_group_only_where_all_of_it_does():
    rows, _ = representatives_of(np.array([0, 0, 0, 1, 1]), np.array([1, 0, 0, 1, 1], dtype=bool))
    assert rows.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("mean", "size", "amorphous", "joins"),
    [
        (0.31, 3, False, True),
        (0.29, 3, False, False),
        (0.31, 2, False, False),
        (0.51, 2, False, True),
        (0.31, 9, True, False),
        (0.51, 9, True, True),
    ],
)
def test_bounds_are_those_of_single_patterns(mean, size, amorphous, joins):
    probability = np.array([[mean + 0.1, mean - 0.1, 0.0]])
    found = groups_of_later_patterns(
        probability, np.array([0, 0, 1]), np.array([size, 5]), np.array([amorphous]), 0.5
    )
    assert found.tolist() == [0 if joins else -1]


def test_without_groups_everything_is_new():
    nothing = np.empty(0, dtype=np.intp)
    found = groups_of_later_patterns(
        np.empty((3, 0)), nothing, nothing, np.zeros(3, dtype=bool), 0.5
    )
    assert found.tolist() == [-1, -1, -1]
