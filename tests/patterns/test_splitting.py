from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist
from sklearn import config_context
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import GridSearchCV, LeavePGroupsOut, cross_validate

from xrpdsim.patterns.splitting import LeaveTwoGroupsOut


class Nearness(BaseEstimator):
    """The least that a pair estimator can be."""

    __metadata_request__fit = {"groups": True}  # noqa: RUF012

    def __init__(self, power=1):
        self.power = power

    def fit(self, X, y=None, *, groups=None):
        self.n_train_groups_ = None if groups is None else len(set(groups))
        self.threshold_ = -1.0
        return self

    def decision_function(self, X):
        return -(pdist(X) ** self.power)


def compounds(n_groups, n_each=3):
    return np.repeat([f"c{number:02}" for number in range(n_groups)], n_each)


def campaign(n_groups=5, seed=0):
    """Two forms a compound, three patterns each."""
    rng = np.random.default_rng(seed)
    forms = rng.normal(size=(2 * n_groups, 4))
    X = np.repeat(forms, 3, axis=0) + rng.normal(scale=0.3, size=(6 * n_groups, 4))
    y = [[f"c{number}", form] for number in range(n_groups) for form in ("I", "II")]
    return X, np.repeat(np.array(y, dtype=object), 3, axis=0)


@given(n_groups=st.integers(3, 40))
def test_all_pairs_once_and_every_start_even(n_groups):
    groups = compounds(n_groups)
    folds = LeaveTwoGroupsOut().test_groups(groups=groups)
    assert sorted(folds) == list(combinations(sorted(set(groups)), 2))
    times_tested = dict.fromkeys(groups.tolist(), 0)
    for fold in folds:
        for compound in fold:
            times_tested[compound] += 1
        assert max(times_tested.values()) - min(times_tested.values()) <= 1


def test_sixteen_compounds_in_rounds_of_eight():
    cv, groups = LeaveTwoGroupsOut(), compounds(16)
    folds = cv.test_groups(groups=groups)
    assert len(folds) == cv.get_n_splits(groups=groups) == 120
    for start in range(0, 120, 8):
        assert len({name for fold in folds[start : start + 8] for name in fold}) == 16


@given(
    labels=st.lists(st.integers(0, 7), min_size=8, max_size=40).filter(lambda g: len(set(g)) > 2)
)
def test_same_folds_as_scikit_learn(labels):
    X = np.zeros((len(labels), 1))
    ours = [(tuple(a), tuple(b)) for a, b in LeaveTwoGroupsOut().split(X, groups=labels)]
    theirs = LeavePGroupsOut(2).split(X, groups=labels)
    assert sorted(ours) == sorted((tuple(a), tuple(b)) for a, b in theirs)


def test_test_groups_name_the_rows_that_split_gives():
    groups = np.random.default_rng(0).permutation(compounds(7))
    cv = LeaveTwoGroupsOut(shuffle=True, random_state=3)
    X = np.zeros((groups.size, 1))
    splits = list(cv.split(X, groups=groups))
    assert [tuple(sorted(set(groups[test]))) for _, test in splits] == cv.test_groups(groups=groups)
    for train, test in splits:
        assert (np.diff(train) > 0).all()
        assert (np.diff(test) > 0).all()
        np.testing.assert_array_equal(np.sort(np.r_[train, test]), np.arange(groups.size))


def test_labels_come_back_as_given():
    assert LeaveTwoGroupsOut(max_splits=1).test_groups(groups=[30, 4, 30, 100]) == [(4, 30)]
    frame = pd.DataFrame({"compound": ["a", "b", "c"], "form": ["I", "I", "I"]})
    assert LeaveTwoGroupsOut(max_splits=1).test_groups(y=frame) == [("a", "b")]


@pytest.mark.parametrize(("max_splits", "expected"), [(None, 10), (1, 1), (4, 4), (99, 10)])
def test_max_splits_takes_the_first(max_splits, expected):
    X, y = campaign()
    cv = LeaveTwoGroupsOut(max_splits=max_splits)
    assert len(list(cv.split(X, y))) == cv.get_n_splits(X, y) == expected
    assert cv.test_groups(X, y) == LeaveTwoGroupsOut().test_groups(X, y)[:expected]


def test_shuffling():
    groups = compounds(16)
    plain = LeaveTwoGroupsOut(8).test_groups(groups=groups)
    seeded = LeaveTwoGroupsOut(8, shuffle=True, random_state=1)
    assert seeded.test_groups(groups=groups) == seeded.test_groups(groups=groups) != plain
    assert len({name for fold in seeded.test_groups(groups=groups) for name in fold}) == 16
    unseeded = LeaveTwoGroupsOut(8, shuffle=True)
    assert unseeded.test_groups(groups=groups) != unseeded.test_groups(groups=groups)


def test_global_generator_is_left_alone():
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    LeaveTwoGroupsOut(shuffle=True, random_state=0).test_groups(groups=compounds(5))
    np.testing.assert_array_equal(state, np.random.get_state()[1])  # noqa: NPY002


@pytest.mark.parametrize("kind", [list, np.asarray, pd.DataFrame])
def test_compounds_from_two_columns(kind):
    X, y = campaign()
    two_columns = kind([list(row) for row in y])
    expected = list(LeaveTwoGroupsOut().split(X, groups=y[:, 0]))
    for got, wanted in zip(LeaveTwoGroupsOut().split(X, two_columns), expected, strict=True):
        np.testing.assert_array_equal(got[0], wanted[0])
        np.testing.assert_array_equal(got[1], wanted[1])


class TestErrors:
    def test_compounds_unknown(self):
        X, y = campaign()
        for arguments in ((X,), (X, y[:, 1])):
            with pytest.raises(ValueError, match="compound of each pattern is not known"):
                LeaveTwoGroupsOut().split(*arguments)
        with pytest.raises(ValueError, match="compound of each pattern is not known"):
            LeaveTwoGroupsOut().get_n_splits(X)

    @pytest.mark.parametrize("n_groups", [1, 2])
    def test_too_few_compounds(self, n_groups):
        groups = compounds(n_groups)
        with pytest.raises(ValueError, match=f"at least three of them, got {n_groups}"):
            LeaveTwoGroupsOut().split(groups, groups=groups)

    def test_form_in_two_compounds(self):
        X, y = campaign()
        with pytest.raises(ValueError, match="occurs in more than one group"):
            LeaveTwoGroupsOut().split(X, y[:, 1], groups=y[:, 0])

    def test_fold_without_positive_pair_before_the_first_fold(self):
        y = [["a", "I"], ["a", "I"], ["b", "I"], ["b", "II"], ["c", "I"], ["d", "I"], ["d", "I"]]
        X = np.zeros((7, 1))
        with pytest.raises(ValueError, match="tests 'b' and 'c', which have only one pattern"):
            LeaveTwoGroupsOut().split(X, y)
        without_y = LeaveTwoGroupsOut().split(X, groups=[compound for compound, _ in y])
        assert len(list(without_y)) == 6

    def test_unused_folds_may_lack_positive_pairs(self):
        y = [["a", "I"], ["a", "I"], ["b", "I"], ["c", "I"], ["c", "I"], ["d", "I"]]
        X = np.zeros((6, 1))
        assert LeaveTwoGroupsOut().test_groups(X, y)[:2] == [("a", "b"), ("c", "d")]
        assert len(list(LeaveTwoGroupsOut(max_splits=2).split(X, y))) == 2
        with pytest.raises(ValueError, match="tests 'b' and 'd'"):
            LeaveTwoGroupsOut().split(X, y)

    @pytest.mark.parametrize("max_splits", [0, -1, 2.0, "all"])
    def test_max_splits(self, max_splits):
        with pytest.raises(ValueError, match="max_splits"):
            LeaveTwoGroupsOut(max_splits).get_n_splits(groups=compounds(4))

    def test_random_state_without_shuffling(self):
        with pytest.raises(ValueError, match="shuffle=True"):
            LeaveTwoGroupsOut(random_state=0).get_n_splits(groups=compounds(4))

    def test_lengths(self):
        X, y = campaign()
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            LeaveTwoGroupsOut().split(X[:-1], y)


def test_repr_and_clone():
    cv = LeaveTwoGroupsOut(max_splits=3)
    assert repr(cv) == "LeaveTwoGroupsOut(max_splits=3, random_state=None, shuffle=False)"
    assert repr(clone(cv, safe=False)) == repr(cv)


def score_nothing(estimator, X, y):
    return float(estimator.n_train_groups_ or 0)


def test_groups_reach_split_and_fit_by_every_road():
    X, y = campaign()
    groups, labels = y[:, 0], [" ".join(row) for row in y]
    common = {"cv": LeaveTwoGroupsOut(), "scoring": score_nothing, "error_score": "raise"}
    plain = cross_validate(Nearness(), X, y, **common)
    assert plain["test_score"].tolist() == [0.0] * 10
    off = cross_validate(Nearness(), X, labels, groups=groups, params={"groups": groups}, **common)
    assert off["test_score"].tolist() == [3.0] * 10
    with config_context(enable_metadata_routing=True):
        on = cross_validate(Nearness(), X, labels, params={"groups": groups}, **common)
    assert on["test_score"].tolist() == [3.0] * 10


def test_nested_search_takes_compounds_from_y():
    X, y = campaign(6)
    search = GridSearchCV(
        Nearness(), {"power": [1, 2]}, cv=LeaveTwoGroupsOut(), scoring=score_nothing
    )
    results = cross_validate(
        search,
        X,
        y,
        groups=y[:, 0],
        cv=LeaveTwoGroupsOut(2),
        scoring=lambda estimator, X, y: estimator.n_splits_,
        error_score="raise",
    )
    assert results["test_score"].tolist() == [6, 6]  # four training compounds


def test_groups_of_numbers_and_text_are_two_where_they_differ():
    groups = [1, 1.0, "1", "1", "x", "x"]
    with pytest.warns(UserWarning, match="groups has labels that differ"):
        found = LeaveTwoGroupsOut().test_groups(np.zeros((6, 1)), groups=groups)
    assert sorted(found, key=str) == [("1", "x"), (1, "1"), (1, "x")]
