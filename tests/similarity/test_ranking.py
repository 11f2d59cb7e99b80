import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics

from xrpdsim.similarity import RankedPairs
from xrpdsim.similarity.ranking import truth_values

TINY = 1e-12


@st.composite
def scored_pairs(draw):
    """Scores of both classes, with many ties or with none, in every float type."""
    n_pairs = draw(st.integers(2, 60))
    dtype = draw(st.sampled_from([np.float64, np.float32, np.float16]))
    few = st.integers(-3, 3).map(lambda level: level / 4)
    any_float = st.floats(-1000, 1000, width=16)
    scores = draw(arrays(dtype, n_pairs, elements=draw(st.sampled_from([few, any_float]))))
    same = draw(arrays(bool, n_pairs).filter(lambda same: 0 < same.sum() < same.size))
    return scores, same


@given(scored_pairs())
def test_areas_equal_scikit_learn(pairs):
    scores, same = pairs
    ranked = RankedPairs.from_scores(scores, same)
    assert ranked.auroc == pytest.approx(metrics.roc_auc_score(same, scores), abs=TINY)
    expected = metrics.average_precision_score(same, scores)
    assert ranked.average_precision == pytest.approx(expected, abs=TINY)
    assert ranked.positive_rate == same.mean()


@given(scored_pairs())
def test_best_f1_equals_the_best_of_scikit_learns_curve(pairs):
    scores, same = pairs
    ranked = RankedPairs.from_scores(scores, same)
    precision, recall, _ = metrics.precision_recall_curve(same, scores)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-300)
    assert ranked.best_f1 == pytest.approx(f1.max(), abs=TINY)


@given(scored_pairs())
def test_best_f1_is_reached_at_its_threshold_in_either_precision(pairs):
    scores, same = pairs
    ranked = RankedPairs.from_scores(scores, same)
    threshold = ranked.best_f1_threshold
    assert isinstance(threshold, float)
    assert ranked.f1(threshold) == ranked.best_f1
    for called_same in (scores >= threshold, scores.astype(np.float64) >= threshold):
        assert metrics.f1_score(same, called_same) == pytest.approx(ranked.best_f1, abs=TINY)


@given(scored_pairs(), st.floats(-2, 2))
def test_decisions_equal_scikit_learn(pairs, threshold):
    scores, same = pairs
    ranked = RankedPairs.from_scores(scores, same)
    called_same = scores >= threshold
    expected = metrics.f1_score(same, called_same, zero_division=0)
    assert ranked.f1(threshold) == pytest.approx(expected, abs=TINY)
    expected = metrics.accuracy_score(same, called_same)
    assert ranked.accuracy(threshold) == pytest.approx(expected, abs=TINY)


@given(scored_pairs(), st.integers(2, 50))
def test_roc_curve_lies_on_scikit_learns(pairs, n_points):
    scores, same = pairs
    grid, rate = RankedPairs.from_scores(scores, same).roc_curve(n_points)
    false_positive, true_positive, _ = metrics.roc_curve(same, scores, drop_intermediate=False)
    # Just right of the grid point, so that a vertical step counts with its upper end.
    expected = np.interp(grid + 1e-9, false_positive, true_positive)
    np.testing.assert_allclose(rate, expected, atol=1e-6)
    np.testing.assert_array_equal(grid, np.linspace(0, 1, n_points))


@given(scored_pairs(), st.integers(2, 50))
def test_precision_recall_curve_is_scikit_learns_by_steps(pairs, n_points):
    scores, same = pairs
    grid, precision = RankedPairs.from_scores(scores, same).precision_recall_curve(n_points)
    # A last point (recall 0, precision 1), which no threshold gives, is scikit-learn's addition.
    theirs, recall, _ = metrics.precision_recall_curve(same, scores)
    theirs, recall = theirs[-2::-1], recall[-2::-1]
    has_positive = np.r_[recall[0] > 0, np.diff(recall) > 0]
    theirs, recall = theirs[has_positive], recall[has_positive]
    step = np.searchsorted(recall, grid - 1e-9)
    np.testing.assert_allclose(precision, theirs[step], atol=TINY)


def test_mean_of_curves_is_the_area():
    rng = np.random.default_rng(0)
    ranked = RankedPairs(rng.normal(1, 1, 300), rng.normal(0, 1, 3000))
    assert ranked.roc_curve(20001)[1].mean() == pytest.approx(ranked.auroc, abs=1e-4)
    precision = ranked.precision_recall_curve(20001)[1]
    assert precision.mean() == pytest.approx(ranked.average_precision, abs=1e-3)


def test_threshold_lies_between_neighbours_so_that_rounding_turns_nothing():
    ranked = RankedPairs([0.8, 0.9], [0.1, 0.4])
    assert ranked.best_f1_threshold == pytest.approx(0.6)
    assert RankedPairs([0.8], [0.9]).best_f1_threshold == 0.8  # nothing below


def test_threshold_between_neighbouring_floats():
    low = np.float32(0.7)
    high = np.nextafter(low, np.float32(1))
    ranked = RankedPairs(np.array([high]), np.array([low]))
    assert ranked.best_f1_threshold == float(high)
    assert ranked.f1(ranked.best_f1_threshold) == 1


def test_highest_of_equally_good_thresholds():
    # One of two positives without a false positive, or both with one: F1 is 2/3 at 3 and at 1.
    ranked = RankedPairs([3.0, 1.0], [2.5, 2.0])
    assert ranked.f1(3.0) == pytest.approx(2 / 3)
    assert ranked.f1(1.0) == pytest.approx(2 / 3)
    assert ranked.best_f1_threshold == 2.75


@given(scored_pairs())
def test_only_the_order_of_scores_counts(pairs):
    scores, same = pairs
    scores = scores.astype(np.float64)
    plain = RankedPairs.from_scores(scores, same)
    turned = RankedPairs.from_scores(3 * scores + 7, same)
    assert plain.average_precision == turned.average_precision
    assert plain.best_f1 == turned.best_f1
    flipped = RankedPairs.from_scores(-scores, same)
    assert plain.auroc == pytest.approx(1 - flipped.auroc, abs=TINY)


def test_infinite_scores():
    ranked = RankedPairs([np.inf, 1.0], [-np.inf, 0.5])
    assert ranked.auroc == ranked.average_precision == 1
    assert ranked.best_f1_threshold == 0.75
    assert RankedPairs([np.inf], [0.5]).best_f1_threshold == np.inf
    assert RankedPairs([1.0], [-np.inf]).best_f1_threshold == 1


def test_scores_of_the_caller_stay_as_they_were():
    positive, negative = np.array([3.0, 1.0, 2.0]), np.array([5, 4])
    ranked = RankedPairs(positive, negative)
    assert positive.tolist() == [3.0, 1.0, 2.0]
    assert negative.tolist() == [5, 4]
    assert ranked.positive.tolist() == [1.0, 2.0, 3.0]
    assert ranked.negative.dtype == np.float64


@pytest.mark.parametrize(
    ("scores", "same", "message"),
    [
        ([0.1, np.nan], [0, 1], "1 scores of pairs of same phase are NaN"),
        ([np.nan, 0.1], [0, 1], "1 scores of pairs of different phase are NaN"),
        ([0.1, 0.2], [1, 1], "no pair of different phase"),
        ([0.1, 0.2], [0, 0], "no pair of same phase"),
        ([0.1, 0.2], [0, 2], "same must hold"),
        ([0.1, 0.2], ["a", "b"], "same must hold"),
        ([0.1, 0.2], [0, 1, 1], r"shape \(2,\) and same has shape \(3,\)"),
        ([[0.1], [0.2]], [[0], [1]], r"\(n_pairs,\)"),
        (["a", "b"], [0, 1], "array of numbers"),
    ],
)
def test_bad_input(scores, same, message):
    with pytest.raises(ValueError, match=message):
        RankedPairs.from_scores(scores, same)


def test_threshold_nan():
    with pytest.raises(ValueError, match="threshold is NaN"):
        RankedPairs([1.0], [0.0]).f1(np.nan)


def test_truth_values():
    for same in ([True, False], [1, 0], np.array([1.0, 0.0])):
        assert truth_values(same).tolist() == [True, False]
    for same in ([0.9, 0.2], ["a", "b"], [2, 0]):
        with pytest.raises(ValueError, match="same must hold True or 1"):
            truth_values(same)
