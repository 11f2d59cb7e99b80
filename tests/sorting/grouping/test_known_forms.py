import numpy as np
import pytest

from xrpdsim.sorting.grouping import KnownForms

NO_PAIRS = np.empty((0, 2), dtype=np.intp)


def test_probabilities_follow_from_the_forms_of_both_patterns():
    forms = np.array([[0.6, 0.3], [0.2, 0.7], [0.0, 0.0]])
    known = KnownForms(forms, NO_PAIRS)
    told = known.told(np.full((3, 3), 0.8))
    # by hand: both I or both II; I and II or the reverse; all else by comparison
    same, two = 0.6 * 0.2 + 0.3 * 0.7, 0.6 * 0.7 + 0.3 * 0.2
    assert told[0, 1] == pytest.approx(same + (1 - same - two) * 0.8)
    assert told[0, 2] == pytest.approx(0.8)
    np.testing.assert_allclose(np.diag(told), 0.8)
    neighbours = np.array([[1, 2], [0, 2], [1, 0]])
    listed = known.told(np.full((3, 2), 0.8), np.arange(3), neighbours)
    np.testing.assert_allclose(listed, np.take_along_axis(told, neighbours, axis=1))


def test_a_person_decides_where_pairs_tie_two_known_forms_together():
    forms = np.array([[0.95, 0.0], [0.0, 0.95], [0.95, 0.0], [0.1, 0.1]])
    assert KnownForms(forms, NO_PAIRS).sure.tolist() == [0, 1, 0, -1]
    assert KnownForms(forms, np.array([[0, 1]])).sure.tolist() == [-1, -1, 0, -1]
    assert KnownForms(forms, np.array([[2, 3]])).sure.tolist() == [0, 1, 0, 0]


def test_a_group_of_two_forms_is_split_and_the_unsure_go_to_their_neighbours():
    forms = np.array([[0.95, 0.0]] * 3 + [[0.0, 0.95]] * 2 + [[0.0, 0.0]] * 2)
    known = KnownForms(forms, NO_PAIRS)
    near = np.zeros((7, 7))
    near[5, 3] = near[6, 1] = 1
    labels = known.split(np.zeros(7, dtype=np.intp), lambda a, b: near[np.ix_(a, b)])
    assert labels.tolist() == [0, 0, 0, 1, 1, 1, 0]
    assert known.form_of_groups(labels).tolist() == [0, 1]
    whole = np.full((7, 7), 0.6)
    pairs = known.separated(labels, lambda a, b: whole[np.ix_(a, b)], 0.5)
    assert pairs.tolist() == [[0, 1]]
    assert not len(known.separated(labels, lambda a, b: whole[np.ix_(a, b)], 0.7))
