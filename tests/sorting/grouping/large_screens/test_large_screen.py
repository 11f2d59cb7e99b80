"""Screens sorted without a matrix of all pairs, held against the matrix."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from xrpdsim.sorting import FormClusterer


def is_pure(screen):
    return np.array([name != "amorphous" and "+" not in name for name in screen.form])


def test_the_groups_are_those_of_all_pairs(large_screen, sorted_at_once):
    pure = is_pure(large_screen)
    labels = FormClusterer(portion=60).fit_predict(large_screen.X)
    assert adjusted_rand_score(sorted_at_once.labels_[pure], labels[pure]) > 0.95
    assert adjusted_rand_score(sorted_at_once.labels_, labels) > 0.95


@pytest.mark.parametrize("similarity", ["organic-1", "screening"])
def test_corrections_are_kept_in_large_screens(mixed_screen, similarity):
    X = mixed_screen.X
    before = FormClusterer(similarity, portion=20).fit(X)
    inside = np.flatnonzero(before.labels_ == 0)
    across = np.flatnonzero(before.labels_ == 1)
    after = FormClusterer(similarity, portion=20).fit(
        X, same=[[inside[0], across[0]], [across[0], inside[3]]], different=[[inside[1], inside[2]]]
    )
    assert after.labels_[inside[0]] == after.labels_[across[0]] == after.labels_[inside[3]] >= 0
    apart = after.labels_[inside[1:3]]
    assert apart[0] != apart[1] or (apart == -1).all()
    with pytest.raises(ValueError, match="are said to be different"):
        after.fit(X, same=[[0, 1]], different=[[0, 1]])


def test_corrections_shift_probabilities_as_they_do_with_all_pairs(mixed_screen):
    X = mixed_screen.X
    rows = np.flatnonzero(FormClusterer("organic-1").fit(X).labels_ == 0)[:4]
    same, different = [rows[:2]], [rows[2:]]
    whole = FormClusterer("organic-1").fit(X, same=same, different=different)
    large = FormClusterer("organic-1", portion=50).fit(X, same=same, different=different)
    mapped = large.mapped_indices_
    np.testing.assert_allclose(
        large.pair_probabilities_, whole.pair_probabilities_[np.ix_(mapped, mapped)], atol=1e-3
    )
