import numpy as np
import pytest

from xrpdsim.similarity.second_look._doubtful_pairs import NEAREST_SHARE, draw_pairs


@pytest.fixture
def batch():
    family, form = np.repeat([0, 1, 2], 6), np.tile(np.repeat([0, 1], 3), 3)
    scores = np.random.default_rng(0).random((18, 18))
    return family, form, (scores + scores.T) / 2


def test_half_of_the_pairs_are_one_form(batch):
    family, form, scores = batch
    pairs, same = draw_pairs(family, form, scores, 64, np.random.default_rng(1), 0.0)
    i, j = pairs.T
    truth = (family[i] == family[j]) & (form[i] == form[j])
    np.testing.assert_array_equal(same, truth)
    assert same.sum() == 32
    assert (i != j).all()


def test_pairs_that_the_first_look_calls_different_are_left_out(batch):
    family, form, scores = batch
    pairs, _ = draw_pairs(family, form, scores, 64, np.random.default_rng(1), 0.5)
    i, j = pairs.T
    within = family[i] == family[j]
    assert (scores[i, j][within] >= 0.5).all()


def test_pairs_of_two_families_are_nearest_neighbours(batch):
    family, form, scores = batch
    pairs, _ = draw_pairs(family, form, scores, 64, np.random.default_rng(1), 0.0)
    i, j = pairs.T
    across = family[i] != family[j]
    assert across.sum() == round(64 * NEAREST_SHARE)
    for a, b in pairs[across]:
        others = np.where(family == family[a], -1, scores[a])
        assert b == others.argmax()


def test_one_family_has_no_others(batch):
    family, form, scores = batch
    pairs, same = draw_pairs(
        family[:6], form[:6], scores[:6, :6], 64, np.random.default_rng(1), 0.0
    )
    assert len(pairs) == 64
    assert same.sum() == 32
