import numpy as np
import pytest

from xrpdsim.sorting import FormClusterer

SIZES = (10, 8, 6, 1)
FORM = np.repeat(np.arange(4), SIZES)


@pytest.fixture
def probability():
    """Two groups near each other, one apart, and a pattern that fits none."""
    near = np.full((4, 4), 0.01)
    np.fill_diagonal(near, 0.9)
    near[0, 1] = near[1, 0] = 0.45
    near[2, 3] = near[3, 2] = 0.2
    return near[np.ix_(FORM, FORM)]


def test_groups_in_doubt_come_first_then_the_pattern_in_none(probability):
    clusterer = FormClusterer("precomputed").fit(probability)
    assert clusterer.labels_[-1] == -1
    pairs = clusterer.suggest_pairs(probability)
    typical = clusterer.typical_indices_
    np.testing.assert_array_equal(pairs, [[typical[0], typical[1]], [24, typical[2]]])
    np.testing.assert_array_equal(clusterer.suggest_pairs(probability, 1), pairs[:1])


def test_what_was_answered_is_not_asked_again(probability):
    first = FormClusterer("precomputed").fit(probability).suggest_pairs(probability, 2)
    apart = FormClusterer("precomputed").fit(probability, different=first)
    assert len(apart.suggest_pairs(probability)) == 0
    one = FormClusterer("precomputed").fit(probability, same=first)
    assert len(np.unique(one.labels_)) == 2
    asked = {frozenset(pair) for pair in first.tolist()}
    assert not asked & {frozenset(pair) for pair in one.suggest_pairs(probability).tolist()}


def test_a_member_that_fits_badly_is_asked_about(probability):
    probability[3, :10] = probability[:10, 3] = 0.25
    probability[3, 4:7] = probability[4:7, 3] = 0.9
    probability[3, 3] = 1.0
    clusterer = FormClusterer("precomputed", min_probability=0.35).fit(probability)
    assert clusterer.labels_[3] == clusterer.labels_[0]
    assert 3 in clusterer.suggest_pairs(probability)[:, 0]


def test_the_two_parts_of_a_group_are_asked_about(two_similar_forms, all_the_same):
    X = two_similar_forms
    clusterer = FormClusterer(all_the_same()).fit(X)
    assert (clusterer.labels_ == 0).all()
    pairs = clusterer.suggest_pairs(X)
    np.testing.assert_array_equal(np.sort(pairs[0] >= 12), [False, True])
    with pytest.raises(ValueError, match="X has 17 patterns, but 18 were sorted"):
        clusterer.suggest_pairs(X[1:])


def test_answers_lead_to_the_forms(probability):
    """Every answer by the truth, until nothing is asked any more."""
    truth = np.where(FORM == 1, 0, FORM)
    same, different = [], []
    for _ in range(10):
        clusterer = FormClusterer("precomputed")
        clusterer.fit(probability, same=same or None, different=different or None)
        pairs = clusterer.suggest_pairs(probability, 1)
        if not len(pairs):
            break
        a, b = pairs[0]
        (same if truth[a] == truth[b] else different).append((a, b))
    labels = clusterer.labels_
    np.testing.assert_array_equal(labels[:18], 0)
    np.testing.assert_array_equal(labels[18:24], 1)
    assert labels[24] == -1


def test_a_screen_without_groups_has_nothing_to_ask():
    clusterer = FormClusterer("precomputed").fit(np.eye(4))
    assert clusterer.suggest_pairs(np.eye(4)).shape == (0, 2)


@pytest.mark.parametrize("n", [0, -1, 2.5])
def test_the_number_of_pairs_is_checked(probability, n):
    clusterer = FormClusterer("precomputed").fit(probability)
    with pytest.raises(ValueError, match="must be a whole number of pairs"):
        clusterer.suggest_pairs(probability, n)
