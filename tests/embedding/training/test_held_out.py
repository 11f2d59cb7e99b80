import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrpdsim.embedding.training.held_out import (
    draw_validation_rows,
    groups_to_spare,
    labels_of_groups,
)


@given(n_groups=st.integers(2, 8), n_held_out=st.integers(1, 7), seed=st.integers(0, 99))
def test_whole_groups_are_held_out(n_groups, n_held_out, seed):
    groups = np.repeat(np.arange(n_groups), 6)
    phases = np.arange(6 * n_groups) // 3
    random = np.random.default_rng(seed)
    if n_held_out >= n_groups:
        with pytest.raises(ValueError, match="n_validation_groups"):
            draw_validation_rows(phases, groups, n_held_out, random)
        return
    rows = draw_validation_rows(phases, groups, n_held_out, random)
    held_out = np.unique(groups[rows])
    assert len(held_out) == n_held_out
    assert not np.isin(np.delete(groups, rows), held_out).any()


def test_every_group_has_its_turn():
    groups = np.repeat(np.arange(6), 6)
    phases = np.arange(36) // 3
    drawn = [
        groups[draw_validation_rows(phases, groups, 1, np.random.default_rng(seed))[0]]
        for seed in range(200)
    ]
    assert set(drawn) == set(range(6))


def test_a_draw_without_both_kinds_of_pairs_is_drawn_again():
    # Only compound 0 and 1 have two forms; one of them has to validate, alone.
    phases = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 6])
    groups = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 3, 4])
    for seed in range(20):
        rows = draw_validation_rows(phases, groups, 1, np.random.default_rng(seed))
        assert groups[rows[0]] in (0, 1)


@pytest.mark.parametrize(
    ("phases", "groups", "n_groups"),
    [
        (np.arange(40) // 2, np.arange(40) // 4, 3),
        (np.arange(16) // 2, np.arange(16) // 4, 3),
        (np.arange(12) // 2, np.arange(12) // 4, 2),
        (np.arange(8) // 2, np.arange(8) // 4, 1),
        (np.arange(4) // 2, np.zeros(4, int), 0),
        # one form of each compound: two have to be held out together, and two left
        (np.arange(8) // 2, np.arange(8) // 2, 2),
        (np.arange(6) // 2, np.arange(6) // 2, 0),
    ],
)
def test_as_many_groups_as_can_be_spared(phases, groups, n_groups):
    assert groups_to_spare(phases, groups, 3) == n_groups
    for seed in range(20):
        rows = draw_validation_rows(phases, groups, n_groups, np.random.default_rng(seed))
        assert len(np.unique(groups[rows])) == n_groups


def test_nothing_to_hold_out():
    assert draw_validation_rows(np.array([0, 0, 1]), np.arange(3), 0, None).size == 0


@pytest.mark.parametrize(
    ("phases", "groups", "n_groups", "message"),
    [
        ([0, 0, 0, 0], [0, 0, 1, 1], 1, "all patterns are of one form"),
        ([0, 1, 2, 3], [0, 0, 1, 1], 1, "no two patterns are of one form"),
        ([0, 0, 1, 1], [0, 0, 1, 1], 3, "there are only 2"),
        ([0, 0, 1, 1, 2], [0, 0, 0, 0, 1], 1, "none of 100 random draws"),
    ],
)
def test_too_little_to_hold_out(phases, groups, n_groups, message):
    with pytest.raises(ValueError, match=message):
        draw_validation_rows(np.array(phases), np.array(groups), n_groups, np.random.default_rng(0))


def test_labels_are_given_back_as_they_came():
    labels = labels_of_groups([3, "b", 3, None], np.array([0, 1, 2]))
    assert labels.tolist() == [3, "b"]
