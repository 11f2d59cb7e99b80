import numpy as np
import pytest

from xrpdsim.similarity.probability import JudgedPairs


def test_three_ways_to_say_the_same():
    by_labels = JudgedPairs.from_labels(["I", "I", "II"])
    by_answers = JudgedPairs.from_answers([[0, 1], [0, 2], [1, 2]], [True, False, False], 3)
    by_relations = JudgedPairs.from_relations([[0, 1]], [[0, 2], [1, 2]], 3)
    for other in (by_answers, by_relations):
        np.testing.assert_array_equal(other.pairs, by_labels.pairs)
        np.testing.assert_array_equal(other.same, by_labels.same)
        assert other.weight == 1
    assert by_labels.same_pairs.tolist() == [[0, 1]]
    assert by_labels.different_pairs.tolist() == [[0, 2], [1, 2]]
    assert by_labels.rows.tolist() == [0, 1, 2]


def test_labels_of_many_patterns_weigh_as_many_patterns():
    judged = JudgedPairs.from_labels(["I"] * 10 + [None] * 5)
    assert len(judged) == 45
    assert judged.weight * len(judged) == pytest.approx(10)


def test_corrections_weigh_as_many_patterns_as_are_in_them():
    assert JudgedPairs.from_relations([[0, 1]], None, 5).weight == 2
    assert JudgedPairs.from_relations([[0, 1], [1, 2]], [[0, 3]], 5).weight == 4 / 3


def test_labels_of_two_columns_are_compound_and_form():
    y = [["a", "I"], ["b", "I"], ["a", "I"], ["a", None]]
    judged = JudgedPairs.from_labels(y)
    assert judged.pairs.tolist() == [[0, 1], [0, 2], [1, 2]]
    assert judged.same.tolist() == [False, True, False]


def test_too_few_labels_are_refused():
    for y in ([None, "I", None], [np.nan, np.nan], np.array([None, None])):
        with pytest.raises(ValueError, match="two at least are needed"):
            JudgedPairs.from_labels(y)
    with pytest.raises(ValueError, match="empty label"):
        JudgedPairs.from_labels(["I", "I", " "])


def test_missing_labels_of_pandas_are_not_known():
    pandas = pytest.importorskip("pandas")
    y = pandas.Series(["I", pandas.NA, "I"], dtype="string")
    assert JudgedPairs.from_labels(y).pairs.tolist() == [[0, 2]]


def test_a_repeated_answer_counts_once():
    judged = JudgedPairs.from_answers([[0, 1], [2, 1], [1, 0]], [1, 0, 1], 3)
    assert judged.pairs.tolist() == [[0, 1], [2, 1]]
    assert judged.same.tolist() == [True, False]


def test_answers_are_checked():
    with pytest.raises(ValueError, match="patterns 0 and 1 are said to be different"):
        JudgedPairs.from_answers([[0, 1], [1, 0]], [True, False], 3)
    with pytest.raises(ValueError, match="patterns 0 and 1 are said to be different"):
        JudgedPairs.from_relations([[0, 1]], [[1, 0]], 3)
    with pytest.raises(ValueError, match=r"patterns 0 and 2 are said .* other answers make them"):
        JudgedPairs.from_answers([[0, 1], [1, 2], [0, 2]], [True, True, False], 3)
    with pytest.raises(ValueError, match="pattern 1 is paired with itself; leave pair 1 out"):
        JudgedPairs.from_answers([[0, 1], [1, 1]], [True, True], 3)
    for answers in (["yes", "no"], [True, None], [2, 0], [True, np.nan]):
        with pytest.raises(ValueError, match="same must be True or False"):
            JudgedPairs.from_answers([[0, 1], [1, 2]], answers, 3)
    with pytest.raises(ValueError, match="inconsistent"):
        JudgedPairs.from_answers([[0, 1]], [True, False], 3)
    with pytest.raises(ValueError, match="rows 0 to 2"):
        JudgedPairs.from_relations([[0, 3]], None, 3)


def test_there_may_be_no_answers():
    assert len(JudgedPairs.from_answers([], [], 3)) == 0
    assert JudgedPairs.from_relations([[0, 1]], [], 3).pairs.tolist() == [[0, 1]]
