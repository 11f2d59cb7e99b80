import numpy as np
import pytest

from xrpdsim.sorting import FormClusterer
from xrpdsim.sorting.grouping import mean_between, set_mean

SIZES = (8, 6, 5)
FORM = np.repeat(np.arange(3), SIZES)


@pytest.fixture
def probability():
    """Three groups; the first two are nearer each other than either is to the third."""
    near = np.array([[0.9, 0.3, 0.05], [0.3, 0.9, 0.05], [0.05, 0.05, 0.9]])
    return near[np.ix_(FORM, FORM)]


def sorted_with(probability, **answers):
    return FormClusterer("precomputed").fit(probability, **answers).labels_


def test_patterns_that_fit_their_groups_speak_for_them(probability):
    assert len(np.unique(sorted_with(probability))) == 3
    labels = sorted_with(probability, same=[[2, 10]])
    np.testing.assert_array_equal(labels, np.where(FORM == 2, 1, 0))


def test_groups_stay_two_where_another_answer_keeps_them_apart(probability):
    labels = sorted_with(probability, same=[[2, 10]], different=[[3, 11]])
    assert labels[2] == labels[10]
    assert labels[3] != labels[11]
    others = np.setdiff1d(np.arange(14), [2, 10])
    np.testing.assert_array_equal(labels[others] == labels[3], FORM[others] == 0)


def test_a_pattern_that_fits_its_group_badly_moves_alone(probability):
    probability[10, :] = probability[:, 10] = 0.05
    probability[10, 8:14] = probability[8:14, 10] = 0.45
    probability[10, 10] = 1.0
    probability[:8, 8:10] = probability[8:10, :8] = 0.02
    probability[:8, 11:14] = probability[11:14, :8] = 0.02
    labels = sorted_with(probability, same=[[2, 10]])
    assert labels[10] == labels[2]
    assert labels[9] != labels[2]


def test_chains_of_answers_join_all_their_groups(probability):
    labels = sorted_with(probability, same=[[2, 10], [11, 15]])
    assert (labels == 0).all()


def test_the_order_of_answers_does_not_matter(probability):
    same = [[2, 10], [11, 15], [0, 9]]
    first = FormClusterer("precomputed").fit(probability, same=same)
    other = FormClusterer("precomputed").fit(probability, same=same[::-1])
    np.testing.assert_array_equal(first.labels_, other.labels_)
    np.testing.assert_array_equal(first.pair_probabilities_, other.pair_probabilities_)


def test_a_pattern_in_no_group_joins_that_of_the_other(probability):
    probability[10, :] = probability[:, 10] = 0.02
    probability[10, 10] = 1.0
    assert sorted_with(probability)[10] == -1
    labels = sorted_with(probability, same=[[2, 10]])
    np.testing.assert_array_equal(labels == labels[2], (FORM == 0) | (np.arange(19) == 10))


def test_a_pattern_said_to_be_different_from_a_group_does_not_join_it(probability):
    probability[10, :] = probability[:, 10] = 0.02
    probability[10, 10] = 1.0
    labels = sorted_with(probability, same=[[2, 10]], different=[[3, 10]])
    assert labels[10] == labels[2] != labels[3]
    assert np.count_nonzero(labels == labels[3]) == 7


def test_an_answer_within_a_group_changes_no_group(probability):
    before = sorted_with(probability)
    np.testing.assert_array_equal(sorted_with(probability, same=[[0, 5], [14, 15]]), before)


def test_pairs_of_groups_told_one_are_probable(probability):
    moved = FormClusterer("precomputed").fit(probability, same=[[2, 10]]).pair_probabilities_
    first, second = (np.flatnonzero(form == FORM) for form in (0, 1))
    assert mean_between(moved, first, second) == pytest.approx(0.9)
    assert mean_between(moved, first, np.flatnonzero(FORM == 2)) < 0.2


@pytest.mark.parametrize("answers", [[[2, 10]], [[2, 10], [11, 15]], [[0, 5]]])
def test_large_screens_heed_answers_as_the_matrix_does(answers):
    X = np.random.RandomState(0).normal(size=(19, 3))
    centre = np.array([[1.0, 0, 0], [0.55, 0.835, 0], [0, 0, 1.0]])[FORM]

    class ByAngle:
        def pairwise_proba(self, X, Y=None):
            return np.clip(X @ (X if Y is None else Y).T, 0, 1) ** 2

    X = centre + 0.02 * X
    by_matrix, by_portions = (
        FormClusterer(ByAngle(), portion=portion, set_amorphous_aside=False).fit(X, same=answers)
        for portion in (2000, 12)
    )
    np.testing.assert_array_equal(by_portions.labels_, by_matrix.labels_)


@pytest.mark.parametrize("wanted", [0.05, 0.3, 0.95])
def test_means_are_set_within_0_and_1(wanted):
    probability = np.random.RandomState(0).uniform(size=(7, 7))
    a, b = np.arange(3), np.arange(3, 7)
    before = probability.copy()
    set_mean(probability, a, b, wanted)
    assert mean_between(probability, a, b) == pytest.approx(wanted)
    assert probability.min() >= 0
    assert probability.max() <= 1
    np.testing.assert_array_equal(probability[np.ix_(a, a)], before[np.ix_(a, a)])
