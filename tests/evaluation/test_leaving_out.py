import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist
from sklearn.base import BaseEstimator
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler

from xrpdsim import LeaveTwoGroupsOut, leave_two_compounds_out, pair_average_precision
from xrpdsim.evaluation import compare_cv, pair_scoring, summarize_cv
from xrpdsim.evaluation.scorers import METRICS


class Nearness(BaseEstimator):
    def __init__(self, norm=2.0):
        self.norm = norm

    def fit(self, X, y):
        self.threshold_ = -0.6
        self.seen_ = np.asarray(y)
        seen.append(self.seen_)
        return self

    def decision_function(self, X):
        return -pdist(X, "minkowski", p=self.norm)


seen = []


@pytest.fixture
def campaign():
    """Five compounds of two forms, four patterns each."""
    seen.clear()
    rng = np.random.default_rng(0)
    X = np.repeat(rng.random((10, 5)), 4, axis=0) + rng.normal(scale=0.2, size=(40, 5))
    y = [[f"c{number}", form] for number in range(5) for form in ("I", "II")]
    return X, np.repeat(np.array(y, dtype=object), 4, axis=0)


def test_folds_without_a_figure_can_be_printed(campaign):
    X, y = campaign

    def sometimes(estimator, X, y):
        return {"auroc": 0.5, "own": np.nan if y[0, 0] == "c0" else 1.0}

    folds = leave_two_compounds_out(Nearness(), X, y, scoring=sometimes)
    assert "nan" in str(folds)
    assert "10 folds, each tested on two of 5 compounds" in str(folds)
    assert "10 folds" in folds._repr_html_()


@pytest.mark.parametrize("max_folds", [0, -1, 2.5])
def test_a_number_of_folds_that_is_none(campaign, max_folds):
    with pytest.raises(ValueError, match=rf"max_folds={max_folds} must be None or an integer"):
        leave_two_compounds_out(Nearness(), *campaign, max_folds=max_folds)


def test_is_the_literal_call_of_scikit_learn(campaign):
    X, y = campaign
    literal = cross_validate(
        Nearness(),
        X,
        y,
        groups=y[:, 0],
        cv=LeaveTwoGroupsOut(),
        scoring=pair_scoring,
        return_indices=True,
    )
    folds = leave_two_compounds_out(Nearness(), X, y)
    for metric in METRICS:
        assert folds[metric] == literal[f"test_{metric}"].tolist()
    assert dict(folds.summary()) == dict(summarize_cv(literal, groups=y[:, 0]))
    assert folds["n_test"] == [16] * 10
    assert folds["n_train"] == [24] * 10
    assert len(set(zip(folds["compound_1"], folds["compound_2"], strict=True))) == 10


@pytest.mark.parametrize("kind", ["two columns", "frame", "groups", "both"])
def test_fit_knows_the_compounds_however_they_are_given(campaign, kind):
    X, y = campaign
    expected = leave_two_compounds_out(Nearness(), X, y)
    expected_y = seen[0]
    joined = [" ".join(row) for row in y]
    given = {
        "two columns": (y,),
        "frame": (pd.DataFrame(y, columns=["compound", "form"]),),
        "groups": (joined, y[:, 0]),
        "both": (y, y[:, 0]),
    }[kind]
    seen.clear()
    found = leave_two_compounds_out(Nearness(), X, *given)
    assert [found[metric] for metric in METRICS] == [expected[metric] for metric in METRICS]
    assert (seen[0][:, 0] == expected_y[:, 0]).all()


def test_printed_it_is_the_summary(campaign):
    X, y = campaign
    folds = leave_two_compounds_out(make_pipeline(Normalizer(), Nearness()), X, y)
    lines = str(folds).splitlines()
    assert lines[0].split() == ["metric", "mean", "fold_spread", "low", "high"]
    assert [line.split()[0] for line in lines[1:-1]] == list(METRICS)
    assert lines[-1] == "10 folds, each tested on two of 5 compounds that it was not fitted on"
    assert "<table>" in folds._repr_html_()
    assert "10 folds" in folds._repr_html_()


def test_one_figure_and_a_few_folds(campaign):
    X, y = campaign
    folds = leave_two_compounds_out(
        Nearness(), X, y, scoring=pair_average_precision, max_folds=3, n_jobs=1
    )
    every = leave_two_compounds_out(Nearness(), X, y)
    assert folds["average_precision"] == every["average_precision"][:3]
    assert [row["metric"] for row in folds.summary().rows()] == ["average_precision"]


def test_folds_compare_copy_and_pickle(campaign):
    X, y = campaign
    one, other = (leave_two_compounds_out(Nearness(norm), X, y) for norm in (2.0, 8.0))
    assert compare_cv(one, other, metrics=["auroc"])["metric"] == ["auroc"]
    assert len(pd.DataFrame(one)) == 10
    for again in (copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert dict(again) == dict(one)
        assert str(again) == str(one)


def test_compounds_that_are_not_known(campaign):
    X, y = campaign
    with pytest.raises(ValueError, match="the compound of each pattern is not known: give groups"):
        leave_two_compounds_out(Nearness(), X, [" ".join(row) for row in y])


def test_one_form_in_two_compounds(campaign):
    X, y = campaign
    with pytest.raises(ValueError, match="I"):
        leave_two_compounds_out(Nearness(), X, y[:, 1], y[:, 0])


def test_an_estimator_that_does_not_decide_about_pairs(campaign):
    X, y = campaign
    with pytest.raises(TypeError, match=r"StandardScaler .*PairwisePhaseClassifier"):
        leave_two_compounds_out(StandardScaler(), X, y)


def test_a_fold_that_fails_ends_the_run(campaign):
    class Failing(Nearness):
        def fit(self, X, y):
            raise RuntimeError("no")

    X, y = campaign
    with pytest.raises(RuntimeError, match="no"):
        leave_two_compounds_out(Failing(), X, y)
