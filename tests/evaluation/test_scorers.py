import numpy as np
import pytest
from scipy.spatial.distance import pdist
from sklearn import config_context, metrics
from sklearn.base import BaseEstimator
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    KFold,
    cross_val_score,
    cross_validate,
    learning_curve,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, Normalizer

from xrpdsim.evaluation import (
    pair_accuracy,
    pair_auroc,
    pair_average_precision,
    pair_average_precision_gain,
    pair_best_f1,
    pair_f1,
    pair_metrics,
    pair_scoring,
)
from xrpdsim.evaluation.scorers import METRICS
from xrpdsim.patterns.splitting import LeaveTwoGroupsOut


class Nearness(BaseEstimator):
    def __init__(self, norm=2.0, threshold=-1.0):
        self.norm = norm
        self.threshold = threshold

    def fit(self, X, y=None):
        self.threshold_ = self.threshold
        return self

    def decision_function(self, X):
        return -pdist(X, "minkowski", p=self.norm)


class Incomparable(Nearness):
    def decision_function(self, X):
        scores = super().decision_function(X)
        scores[0] = np.nan
        return scores


@pytest.fixture
def campaign():
    """Five compounds of two forms, four patterns each."""
    rng = np.random.default_rng(0)
    X = np.repeat(rng.random((10, 5)), 4, axis=0) + rng.normal(scale=0.2, size=(40, 5))
    y = [[f"c{number}", form] for number in range(5) for form in ("I", "II")]
    return X, np.repeat(np.array(y, dtype=object), 4, axis=0)


def by_scikit_learn(scores, same, threshold):
    precision, recall, _ = metrics.precision_recall_curve(same, scores)
    average_precision = metrics.average_precision_score(same, scores)
    return {
        "auroc": metrics.roc_auc_score(same, scores),
        "average_precision": average_precision,
        "average_precision_gain": average_precision - np.mean(same),
        "average_precision_gain_ceiling": 1 - np.mean(same),
        "accuracy": metrics.accuracy_score(same, scores >= threshold),
        "f1": metrics.f1_score(same, scores >= threshold),
        "best_f1": np.max(2 * precision * recall / (precision + recall)),
    }


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("digits", [2, 15])
def test_pair_metrics_equal_scikit_learn(dtype, digits):
    rng = np.random.default_rng(digits)
    same = rng.random(20_000) < 0.1
    scores = (rng.normal(size=same.size) + same).round(digits).astype(dtype)
    ours = pair_metrics(scores, same, threshold=0.7)
    theirs = by_scikit_learn(scores, same, threshold=0.7)
    assert tuple(ours) == tuple(theirs) == METRICS
    assert ours == pytest.approx(theirs, abs=1e-12)
    assert all(type(value) is float for value in ours.values())


def test_pair_metrics_without_a_threshold():
    found = pair_metrics([0.3, 0.2], [1, 0])
    assert set(found) == set(METRICS) - {"accuracy", "f1"}


def test_scores_all_pairs_of_the_test_patterns(campaign):
    X, y = campaign
    labels = [" ".join(row) for row in y]
    estimator = Nearness(threshold=-0.6).fit(X, y)
    first, second = np.triu_indices(40, 1)
    same = (y[first] == y[second]).all(axis=1)
    expected = by_scikit_learn(estimator.decision_function(X), same, -0.6)
    assert pair_scoring(estimator, X, y) == pytest.approx(expected, abs=1e-12)
    assert pair_scoring(estimator, X, labels) == pair_scoring(estimator, X, y)


def test_decision_function_is_called_once(campaign):
    X, y = campaign
    calls = []

    class Counting(Nearness):
        def decision_function(self, X):
            calls.append(len(X))
            return super().decision_function(X)

    pair_scoring(Counting().fit(X), X, y)
    assert calls == [40]


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("inside_pipeline", [False, True])
def test_cross_validate(campaign, routing, inside_pipeline):
    X, y = campaign
    estimator = make_pipeline(Normalizer(), Nearness()) if inside_pipeline else Nearness()
    with config_context(enable_metadata_routing=routing):
        compounds = {"params": {"groups": y[:, 0]}} if routing else {"groups": y[:, 0]}
        results = cross_validate(
            estimator,
            X,
            y,
            cv=LeaveTwoGroupsOut(),
            scoring=pair_scoring,
            error_score="raise",
            return_estimator=True,
            return_indices=True,
            **compounds,
        )
    assert [name for name in results if name.startswith("test_")] == [
        f"test_{name}" for name in METRICS
    ]
    rows = results["indices"]["test"][3]
    again = pair_scoring(results["estimator"][3], X[rows], y[rows])
    assert {name: results[f"test_{name}"][3] for name in METRICS} == again


def test_grid_search_over_a_pipeline_and_back(campaign):
    X, y = campaign
    search = GridSearchCV(
        make_pipeline(MinMaxScaler(), Nearness()),
        {"nearness__norm": [1.0, 2.0], "nearness__threshold": [-0.5]},
        cv=LeaveTwoGroupsOut(),
        scoring=pair_scoring,
        refit="auroc",
        error_score="raise",
    ).fit(X, y)
    assert search.n_splits_ == 10
    assert search.best_score_ == search.cv_results_["mean_test_auroc"].max()
    # The threshold is found inside the search and its pipeline.
    assert pair_scoring(search, X, y) == pair_scoring(search.best_estimator_, X, y)
    assert search.score(X, y) == pair_scoring(search, X, y)["auroc"]


def test_no_threshold(campaign):
    X, y = campaign
    with pytest.raises(ValueError, match="Nearness has no threshold: fit it with y"):
        pair_scoring(Nearness(), X, y)
    with pytest.raises(ValueError, match="Nearness has no threshold"):
        pair_scoring(Nearness(threshold=None).fit(X), X, y)


def test_not_a_pair_estimator(campaign):
    X, y = campaign
    labels = y[:, 0]
    with pytest.raises(TypeError, match="MinMaxScaler has no decision_function"):
        pair_scoring(MinMaxScaler().fit(X), X, y)
    classifier = LogisticRegression().fit(X, labels)
    classifier.threshold_ = 0.0
    with pytest.raises(TypeError, match=r"each of the 780 pairs of X.*LogisticRegression"):
        pair_scoring(classifier, X, y)


@pytest.mark.parametrize(
    ("labels", "missing"),
    [
        (["I"] * 40, "of two different forms"),
        (range(40), "of the same form"),
        ([1], "of the same form"),
    ],
)
def test_metrics_that_are_not_defined_say_why_when_they_are_read(campaign, labels, missing):
    X = campaign[0][: len(labels)]
    found = pair_scoring(Nearness().fit(X), X, labels)
    for read in (lambda: found["auroc"], found.items, lambda: found.get("f1"), lambda: [*found]):
        with pytest.raises(ValueError, match=rf"no two of .* are {missing}.*cv=LeaveTwoGroupsOut"):
            read()
    assert "not defined" in repr(found)


@pytest.mark.parametrize("error_score", [np.nan, "raise"])
@pytest.mark.parametrize("n_splits", [5, 10, 40])  # all folds, some, and single patterns
def test_folds_of_one_kind_of_pairs_end_with_the_reason(campaign, n_splits, error_score):
    X, y = campaign
    options = {"cv": KFold(n_splits), "scoring": pair_scoring, "error_score": error_score}
    if n_splits == 5:
        y = np.repeat(np.arange(5), 8)
    with pytest.raises(ValueError, match=r"no two of the .* not defined"):
        cross_validate(Nearness(), X, y, **options)
    search = GridSearchCV(Nearness(), {"norm": [1.0, 2.0]}, refit="auroc", **options)
    with pytest.raises(ValueError, match=r"no two of the .* not defined"):
        search.fit(X, y)


@pytest.mark.parametrize("error_score", [np.nan, "raise"])
def test_pairs_without_a_score_end_with_the_reason(campaign, error_score):
    X, y = campaign
    options = {"cv": LeaveTwoGroupsOut(), "scoring": pair_scoring, "error_score": error_score}
    search = GridSearchCV(Incomparable(), {"norm": [1.0, 2.0]}, refit="auroc", **options)
    for use in (
        lambda: cross_validate(Incomparable(), X, y, groups=y[:, 0], **options),
        lambda: search.fit(X, y, groups=y[:, 0]),
        lambda: float(pair_auroc(Incomparable().fit(X), X, y)),
    ):
        with pytest.raises(ValueError, match=r"1 of \d+ pairs of the test patterns have no score"):
            use()


ONE_FIGURE = {
    "auroc": pair_auroc,
    "average_precision": pair_average_precision,
    "average_precision_gain": pair_average_precision_gain,
    "best_f1": pair_best_f1,
    "f1": pair_f1,
    "accuracy": pair_accuracy,
}


@pytest.mark.parametrize("metric", ONE_FIGURE)
def test_scorers_of_one_figure_are_those_of_all(campaign, metric):
    X, y = campaign
    estimator = make_pipeline(MinMaxScaler(), Nearness()).fit(X)
    assert ONE_FIGURE[metric](estimator, X, y) == pair_scoring(estimator, X, y)[metric]
    scores = cross_val_score(
        estimator, X, y, groups=y[:, 0], cv=LeaveTwoGroupsOut(), scoring=ONE_FIGURE[metric]
    )
    assert scores.shape == (10,)
    assert np.isfinite(scores).all()


def test_a_threshold_is_asked_for_where_it_is_needed(campaign):
    X, y = campaign
    estimator = Nearness(threshold=None).fit(X)
    for metric, scorer in ONE_FIGURE.items():
        if metric in ("f1", "accuracy"):
            with pytest.raises(ValueError, match="Nearness has no threshold"):
                scorer(estimator, X, y)
        else:
            assert 0 <= scorer(estimator, X, y) <= 1
        with pytest.raises(TypeError, match="MinMaxScaler has no decision_function"):
            scorer(MinMaxScaler().fit(X), X, y)


def test_learning_curve(campaign):
    X, y = campaign
    _, train, test = learning_curve(
        Nearness(),
        X,
        y,
        cv=LeaveTwoGroupsOut(3),
        scoring=pair_average_precision,
        train_sizes=[0.8, 1.0],
        shuffle=True,
        random_state=0,
    )
    assert np.isfinite(train).all()
    # nothing is learnt from the patterns
    assert (test[0] == test[1]).all()


def test_successive_halving(campaign):
    X, y = campaign
    search = HalvingGridSearchCV(
        Nearness(),
        {"norm": [1.0, 2.0, 4.0, 8.0]},
        resource="threshold",
        min_resources=1,
        max_resources=2,
        factor=2,
        cv=LeaveTwoGroupsOut(4),
        scoring=pair_auroc,
        error_score="raise",
        random_state=0,
    ).fit(X, y)
    assert search.n_candidates_ == [4, 2]
    assert search.best_score_ == search.cv_results_["mean_test_score"][4:].max()


@pytest.mark.parametrize("error_score", [np.nan, "raise"])
@pytest.mark.parametrize("scorer", ONE_FIGURE.values())
def test_one_figure_is_never_nan_but_an_error_with_the_reason(campaign, scorer, error_score):
    X, y = campaign
    options = {"cv": KFold(10), "scoring": scorer, "error_score": error_score}
    reason = r"no two of the 4 test patterns are of two different forms"
    with pytest.raises(ValueError, match=reason):
        cross_val_score(Nearness(), X, y, **options)
    with pytest.raises(ValueError, match=reason):
        cross_validate(Nearness(), X, y, **options)
    with pytest.raises(ValueError, match=reason):
        GridSearchCV(Nearness(), {"norm": [1.0, 2.0]}, **options).fit(X, y)
    with pytest.raises(ValueError, match=reason):
        learning_curve(Nearness(), X, y, **options)


def test_one_figure_that_is_not_defined_is_no_number(campaign):
    X, _ = campaign
    found = pair_auroc(Nearness().fit(X), X, ["I"] * 40)
    assert "not defined: no two" in repr(found)
    for use in (float, round, lambda f: f > 0.5, lambda f: f == 1, lambda f: f + 1, np.float64):
        with pytest.raises(ValueError, match="no two of the 40 test patterns"):
            use(found)
