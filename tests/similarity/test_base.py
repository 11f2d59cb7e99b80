import pickle
import tracemalloc
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.ensemble import StackingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_validate
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from xrpdsim import (
    BasePairSimilarity,
    CorrelationSimilarity,
    DeGelderSimilarity,
    EuclideanSimilarity,
    LeaveTwoGroupsOut,
    pair_scoring,
)
from xrpdsim.patterns import GridWarning
from xrpdsim.similarity import _pair_scores as scoring

# Scores of one pair in two calls differ by sums that a kernel adds in another order: of 300
# products, 3e-14 at most. Bounds of 1e-12 are thirty times that.

MEASURES = [
    EuclideanSimilarity(),
    DeGelderSimilarity(),
    DeGelderSimilarity(0.3, max_shift=0.04),
    CorrelationSimilarity(),
    CorrelationSimilarity("spearman"),
]
every_measure = pytest.mark.parametrize("measure", MEASURES, ids=str)


def campaign(n_compounds=5, forms=2, repeats=3, n_points=300, seed=0):
    """Compounds that share form names; repeats of a form differ by noise."""
    rng = np.random.default_rng(seed)
    X, y = [], []
    for compound in range(n_compounds):
        for form in range(forms):
            lines = (rng.random(n_points) < 0.05) * rng.exponential(size=n_points)
            for _ in range(repeats):
                X.append(lines * rng.uniform(0.5, 1.5, n_points) + 0.05 * rng.random(n_points))
                y.append([f"compound {compound}", f"form {form}"])
    return np.array(X), np.array(y, dtype=object)


@every_measure
def test_literal_cross_validation(measure):
    X, y = campaign()
    for estimator in (measure, make_pipeline(FunctionTransformer(), measure)):
        results = cross_validate(
            estimator,
            X,
            y,
            groups=y[:, 0],
            cv=LeaveTwoGroupsOut(),
            scoring=pair_scoring,
            error_score="raise",
        )
        assert len(results["test_auroc"]) == 10
        assert results["test_auroc"].mean() > 0.8


@every_measure
def test_condensed_matrix_and_pairs_agree(measure):
    X, y = campaign()
    X[3, :40] = X[7, 250:] = np.nan
    fitted = clone(measure).set_params(min_overlap=1).fit(X, y)
    matrix = fitted.pairwise(X)
    i, j = np.triu_indices(len(X), k=1)
    np.testing.assert_allclose(fitted.decision_function(X), matrix[i, j], atol=1e-12)
    pairs = np.random.default_rng(0).integers(0, len(X), (500, 2))
    found = fitted.decision_function(X, pairs=pairs)
    np.testing.assert_allclose(found, matrix[pairs[:, 0], pairs[:, 1]], atol=1e-12)
    np.testing.assert_allclose(fitted.pairwise(X[:4], X[4:]), matrix[:4, 4:], atol=1e-12)


@every_measure
def test_decisions_and_probabilities_follow_the_score(measure):
    X, y = campaign()
    fitted = clone(measure).fit(X, y)
    scores = fitted.decision_function(X)
    probability = fitted.predict_proba(X)
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    order = np.argsort(scores)
    assert (np.diff(probability[order, 1]) >= 0).all()
    np.testing.assert_array_equal(fitted.predict(X), scores >= fitted.threshold_)
    np.testing.assert_array_equal(fitted.pair_classes_, [0, 1])
    matrix = fitted.pairwise_proba(X)
    i, j = np.triu_indices(len(X), k=1)
    np.testing.assert_allclose(matrix[i, j], probability[:, 1], atol=1e-12)


@every_measure
def test_predict_and_the_probability_disagree_between_two_scores_only(measure):
    X, y = campaign(seed=3)
    fitted = clone(measure).fit(X, y)
    scores = fitted.decision_function(X)
    likely = fitted.predict_proba(X)[:, 1] >= 0.5
    half = scores[likely].min()
    low, high = sorted([half, fitted.threshold_])
    differ = fitted.predict(X) != likely
    np.testing.assert_array_equal(differ, (scores >= low) & (scores < high))
    # a threshold there makes them agree
    np.testing.assert_array_equal(fitted.set_threshold(half).predict(X), likely)


@every_measure
def test_clone_pickle_and_grid_search(measure):
    X, y = campaign()
    fitted = clone(measure).fit(X, y)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))
    search = GridSearchCV(
        Pipeline([("measure", measure)]),
        {"measure__calibration": ["sigmoid", "isotonic"]},
        cv=LeaveTwoGroupsOut(max_splits=2),
        scoring=pair_scoring,
        refit="auroc",
        error_score="raise",
    ).fit(X, y)
    assert search.best_score_ > 0.8


@every_measure
def test_blocks_do_not_change_the_scores(measure, monkeypatch):
    X, y = campaign(8)
    X[3, :40] = np.nan
    whole = clone(measure).set_params(min_overlap=1).fit(X, y)
    expected = whole.decision_function(X)
    monkeypatch.setattr(scoring, "_BLOCK_SIZE", 1)
    monkeypatch.setattr(scoring, "_FIRST_PATTERNS", 2)
    blocked = clone(measure).set_params(min_overlap=1).fit(X, y)
    np.testing.assert_allclose(blocked.decision_function(X), expected, atol=1e-12)
    assert blocked.threshold_ == pytest.approx(whole.threshold_)
    np.testing.assert_allclose(
        blocked.decision_function(X, pairs=[[5, 1], [0, 3], [0, 9], [7, 7]]),
        whole.pairwise(X)[[5, 0, 0, 7], [1, 3, 9, 7]],
        atol=1e-12,
    )


@every_measure
def test_flat_pattern_scores_zero(measure):
    X, _ = campaign()
    X[2] = 5.0
    flat = r"1 pattern\(s\) are flat \(rows 2\): they have no features"
    with pytest.warns(UserWarning, match=flat) as caught:
        matrix = clone(measure).fit(X).pairwise(X)
    told = [warning.filename for warning in caught if "are flat" in str(warning.message)]
    assert told == [__file__]  # the line of the caller, not one of ours
    assert (matrix[2] == 0).all()
    assert (matrix[:, 2] == 0).all()


def test_flat_pattern_is_below_every_other_distance():
    X, _ = campaign()
    X[2] = X[3] = 0
    with pytest.warns(UserWarning, match="flat"):
        matrix = EuclideanSimilarity().fit(X).pairwise(X)
    assert matrix[2, 3] == 0
    assert np.delete(np.delete(matrix, [2, 3], 0), [2, 3], 1).min() > 0


@every_measure
def test_too_little_in_common(measure):
    X, _ = campaign(n_points=700)
    X[0, 300:] = X[1, :350] = np.nan
    strict = clone(measure).fit(X)
    with pytest.raises(ValueError, match=r"patterns 0 and 1 have 0.00 .* min_overlap=5"):
        strict.decision_function(X)
    lenient = clone(measure).set_params(overlap="nan", min_overlap=1).fit(X)
    with pytest.warns(UserWarning, match=r"1 score\(s\) are NaN: .* min_overlap=1"):
        scores = lenient.decision_function(X)
    assert np.isnan(scores).sum() == 1
    with pytest.raises(ValueError, match="patterns 1 and 0 have"):
        lenient.decision_function(X, pairs=[[2, 3], [1, 0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lenient.decision_function(X, pairs=[[0, 2], [1, 2]])  # their block holds 0 with 2 only


@every_measure
def test_predict_refuses_pairs_that_cannot_be_decided(measure):
    X, y = campaign(n_points=700)
    fitted = clone(measure).set_params(overlap="nan", min_overlap=1).fit(X, y)
    X[0, 300:] = X[1, :350] = np.nan
    with (
        pytest.warns(UserWarning, match="NaN"),
        pytest.raises(
            ValueError, match=r"1 pair\(s\) have no score, so that predict has no answer"
        ),
    ):
        fitted.predict(X)
    with pytest.warns(UserWarning, match="NaN"):
        assert np.isnan(fitted.predict_proba(X)).all(axis=1).sum() == 1
    fitted.predict(X, pairs=[[0, 2], [1, 2]])


@every_measure
def test_mask_of_a_masked_array_means_not_measured(measure):
    X, y = campaign()
    missing = np.zeros(X.shape, dtype=bool)
    missing[3, :40] = missing[7, 250:] = True
    masked = np.ma.masked_array(X, mask=missing)
    fitted = clone(measure).set_params(min_overlap=1).fit(masked, y)
    with_nan = clone(measure).set_params(min_overlap=1).fit(np.where(missing, np.nan, X), y)
    assert fitted.threshold_ == with_nan.threshold_
    np.testing.assert_array_equal(
        fitted.pairwise(masked), with_nan.pairwise(np.where(missing, np.nan, X))
    )


def as_frame(X, first, step, text=False):
    angles = first + step * np.arange(X.shape[1])
    return pd.DataFrame(X, columns=[f"{angle:.4f}" for angle in angles] if text else angles)


@pytest.mark.parametrize("text", [False, True])
def test_columns_that_are_angles_are_the_grid(text):
    X, y = campaign()
    frame = as_frame(X, 5, 0.04, text)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = DeGelderSimilarity(0.4).fit(frame, y)
        matrix = found.pairwise(frame)
    np.testing.assert_allclose(found.two_theta_, 5 + 0.04 * np.arange(300), atol=1e-9)
    given = DeGelderSimilarity(0.4, two_theta=5 + 0.04 * np.arange(300)).fit(X, y)
    # the steps differ in their last digits, and so may the smoothing: by 1e-16 of a step in width
    np.testing.assert_allclose(matrix, given.pairwise(X), atol=1e-6)
    with pytest.raises(ValueError, match=r"columns of X are 3 to .* the grid in force is 5 to"):
        found.pairwise(as_frame(X, 3, 0.02, text))
    with pytest.raises(ValueError, match=r"columns of X are 5 to .* the grid in force is 3 to"):
        DeGelderSimilarity(two_theta=3 + 0.02 * np.arange(300)).fit(frame)


@every_measure
def test_measures_in_degrees_warn_once_a_fit_where_the_angles_are_not_known(measure):
    X, y = campaign()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        clone(measure).fit(X, y).pairwise(X)
    told = [each for each in caught if issubclass(each.category, GridWarning)]
    in_degrees = isinstance(measure, DeGelderSimilarity)
    assert len(told) == in_degrees
    if in_degrees:
        assert "takes the 300 points for 3 + 0.02 k degrees 2theta, 3 to 8.98" in str(
            told[0].message
        )
        assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clone(measure).set_params(two_theta=3 + 0.02 * np.arange(300)).fit(X, y)
        clone(measure).fit(np.hstack([X] * 7)[:, :1950], y)


def test_pairs_with_too_little_in_common_do_not_set_the_threshold():
    X, y = campaign()
    expected = DeGelderSimilarity().fit(np.delete(X, [0, 1], 0), np.delete(y, [0, 1], 0))
    X[0, 10:], X[1, :290] = np.nan, np.nan
    with pytest.warns(UserWarning, match=r"score\(s\) are NaN"):
        found = DeGelderSimilarity(overlap="nan").fit(X, y)
    assert found.threshold_ == pytest.approx(expected.threshold_)


def test_complete_patterns_always_have_enough_in_common():
    X, _ = campaign(n_points=20)
    DeGelderSimilarity(min_overlap=30).fit(X).decision_function(X)


def test_score_is_the_area_under_the_roc_curve_weighted_by_patterns():
    X, y = campaign()
    fitted = DeGelderSimilarity().fit(X, y)
    weight = np.random.default_rng(0).random(len(X))
    i, j = np.triu_indices(len(X), k=1)
    same = (y[i] == y[j]).all(axis=1)
    scores = fitted.decision_function(X)
    assert fitted.score(X, y) == pytest.approx(roc_auc_score(same, scores))
    expected = roc_auc_score(same, scores, sample_weight=weight[i] * weight[j])
    assert fitted.score(X, y, sample_weight=weight) == pytest.approx(expected)
    weight[::2] = 0
    expected = roc_auc_score(same, scores, sample_weight=weight[i] * weight[j])
    assert fitted.score(X, y, sample_weight=weight) == pytest.approx(expected)
    pairs = np.column_stack([i, j])[::3]
    expected = roc_auc_score(same[::3], scores[::3])
    assert fitted.score(X, y, pairs=pairs) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("weights", "message"),
    [({0: -1.0}, "Negative values"), ({0: np.nan}, "NaN"), ({}, "no pairs of both kinds")],
)
def test_weights_that_score_nothing_are_refused(weights, message):
    X, y = campaign()
    weight = np.ones(len(X)) if weights else (y == y[0]).all(axis=1).astype(float)
    for row, value in weights.items():
        weight[row] = value
    with pytest.raises(ValueError, match=message):
        DeGelderSimilarity().fit(X, y).score(X, y, sample_weight=weight)


def test_fit_without_labels():
    X, y = campaign()
    fitted = DeGelderSimilarity().fit(X)
    assert fitted.pairwise(X).shape == (len(X), len(X))
    with pytest.raises(NotFittedError, match="set_threshold"):
        fitted.predict(X)
    with pytest.raises(NotFittedError, match="calibrate_threshold"):
        fitted.predict_proba(X)
    assert set(fitted.set_threshold(0.9).predict(X)) == {0, 1}
    fitted.calibrate_threshold(X, y)
    labelled = DeGelderSimilarity().fit(X, y)
    assert fitted.threshold_ == labelled.threshold_
    np.testing.assert_array_equal(fitted.predict_proba(X), labelled.predict_proba(X))
    assert not hasattr(fitted.fit(X), "threshold_")


def test_threshold_given_as_a_number():
    X, y = campaign()
    assert DeGelderSimilarity(threshold=0.8).fit(X, y).threshold_ == 0.8


def test_threshold_maximises_f1_over_the_training_pairs():
    X, y = campaign()
    fitted = EuclideanSimilarity().fit(X, y)
    found = pair_scoring(fitted, X, y)
    assert found["f1"] == found["best_f1"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: (np.where(X[2, 5] == X, np.inf, X), y), "infinity"),
        (
            lambda X, y: (np.where(np.arange(len(X))[:, None] == 4, np.nan, X), y),
            "row 4 of X is all NaN",
        ),
        (lambda X, y: (X[:1], y[:1]), "minimum of 2"),
        (lambda X, y: (X, np.tile(y[:1], (len(X), 1))), "one form"),
        (lambda X, y: (X[::3], y[::3]), "different forms"),
        (lambda X, y: (X, y[:-1]), "inconsistent numbers of samples"),
        (lambda X, y: (X, np.where(np.arange(len(X)) == 3, None, y[:, 1])), "no label in row 3"),
    ],
)
def test_bad_input_to_fit(change, message):
    X, y = change(*campaign())
    with pytest.raises(ValueError, match=message):
        EuclideanSimilarity().fit(X, y)


def test_form_names_that_repeat_over_groups_are_refused():
    X, y = campaign()
    with pytest.raises(ValueError, match=r"form 'form 0' occurs in more than one group"):
        EuclideanSimilarity().fit(X, y[:, 1], groups=y[:, 0])


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([[0, 99]], r"pair 0 is \[0, 99\]"),
        ([[0, -1]], r"pair 0 is \[0, -1\]"),
        ([[0.0, 1.0]], "integer"),
        ([0, 1], "shape"),
    ],
)
def test_bad_pairs(pairs, message):
    X, y = campaign()
    with pytest.raises(ValueError, match=message):
        EuclideanSimilarity().fit(X, y).decision_function(X, pairs=pairs)


def test_other_number_of_points():
    X, y = campaign()
    fitted = EuclideanSimilarity().fit(X, y)
    with pytest.raises(ValueError, match="300 features"):
        fitted.pairwise(X[:, :200])
    with pytest.raises(ValueError, match="two_theta has shape"):
        EuclideanSimilarity(two_theta=np.arange(5)).fit(X, y)


def test_one_pattern_has_no_pairs():
    X, _ = campaign()
    fitted = EuclideanSimilarity().fit(X)
    assert fitted.pairwise(X[:1], X).shape == (1, len(X))
    with pytest.raises(ValueError, match="minimum of 2"):
        fitted.decision_function(X[:1])


@pytest.mark.parametrize("routing", [False, True])
def test_pairs_pass_through_a_pipeline(routing):
    X, y = campaign()
    measure = DeGelderSimilarity().fit(X, y)
    pipeline = make_pipeline(FunctionTransformer(), DeGelderSimilarity()).fit(X, y)
    pairs = [[0, 1], [0, 9]]
    with config_context(enable_metadata_routing=routing):
        found = pipeline.predict_proba(X, pairs=pairs)
        np.testing.assert_array_equal(pipeline.predict(X, pairs=pairs), [1, 0])
    np.testing.assert_array_equal(found, measure.predict_proba(X, pairs))


def test_no_pairs_times_points_in_memory():
    X = np.random.default_rng(0).random((400, 500)).astype(np.float32)
    fitted = DeGelderSimilarity().fit(X)
    tracemalloc.start()
    fitted.decision_function(X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    pairs_times_points = 400 * 399 / 2 * 500 * 4
    assert peak < pairs_times_points / 5


def test_own_measure_by_embedding_and_comparison():
    class Manhattan(BasePairSimilarity):
        def _embed(self, X):
            return X

        def _compare(self, a, b):
            return -np.abs(a.values[:, None] - b.values[None]).sum(axis=2)

    X, y = campaign()
    results = cross_validate(
        Manhattan(),
        X,
        y,
        groups=y[:, 0],
        cv=LeaveTwoGroupsOut(),
        scoring=pair_scoring,
        error_score="raise",
    )
    assert results["test_auroc"].mean() > 0.8


@every_measure
def test_stacking_and_cross_val_predict_are_refused(measure):
    # they take the answer about pair k for one about pattern k, and fitted nonsense in silence
    X, y = campaign()
    labels = np.array([" ".join(label) for label in y])
    stack = StackingClassifier([("measure", measure)], cv=3)
    with pytest.raises(AttributeError, match="answers for pairs of patterns"):
        stack.fit(X, labels)
    for method in ("predict_proba", "decision_function"):
        with pytest.raises(AttributeError, match="StackingClassifier"):
            cross_val_predict(measure, X, labels, method=method, cv=3)


@pytest.mark.parametrize("calibration", ["sigmoid", "isotonic", "likelihood-ratio"])
def test_a_measure_of_distances_is_told_from_one_of_similarities(calibration):
    class Distance(BasePairSimilarity):
        def _embed(self, X):
            return X

        def _compare(self, a, b):
            return np.abs(a.values[:, None] - b.values[None]).sum(axis=2)

    X, y = campaign()
    measure = Distance(calibration=calibration)
    with pytest.warns(UserWarning, match=r"same-form pairs score lower .* 1 / \(1 \+ distance\)"):
        measure.fit(X, y)
    with pytest.warns(UserWarning, match="must return similarities"):
        measure.calibrate_threshold(X, y)


@pytest.mark.parametrize(
    "labels",
    [
        lambda y: ["one form"] * len(y),
        lambda y: np.arange(len(y)),
        lambda y: y[:-1],
        lambda y: [None, *range(len(y) - 1)],
    ],
)
def test_a_fit_that_fails_leaves_what_the_last_one_learnt(labels):
    X, y = campaign()
    fitted = DeGelderSimilarity(two_theta=10 + 0.1 * np.arange(300)).fit(X, y)
    before, probability = fitted.threshold_, fitted.predict_proba(X)
    with pytest.raises(ValueError):  # noqa: PT011 - each has its own message, tested elsewhere
        fitted.fit(X[:, :200], labels(y))
    assert fitted.n_features_in_ == len(fitted.two_theta_) == 300
    assert fitted.threshold_ == before
    np.testing.assert_array_equal(fitted.predict_proba(X), probability)
    unfitted = DeGelderSimilarity(two_theta=10 + 0.1 * np.arange(300))
    with pytest.raises(ValueError):  # noqa: PT011
        unfitted.fit(X, labels(y))
    with pytest.raises(NotFittedError, match="not fitted yet"):
        unfitted.predict(X)
