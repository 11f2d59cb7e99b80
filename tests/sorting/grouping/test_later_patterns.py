import numpy as np
import pytest

from xrpdsim.sorting.grouping import groups_of_later_patterns, representatives_of


def test_representatives_are_members_of_their_group_and_at_most_twelve():
    labels = np.array([0] * 30 + [1, 1, -1, 2, 2, 2])
    rows, groups = representatives_of(labels)
    assert (labels[rows] == groups).all()
    assert np.bincount(groups).tolist() == [12, 2, 3]
    assert (np.diff(groups) >= 0).all()
    rows, groups = representatives_of(np.full(4, -1))
    assert len(rows) == len(groups) == 0


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
