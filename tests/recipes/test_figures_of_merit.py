import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from xrpdsim.recipes.figures_of_merit import (
    ResampledPairs,
    brier_skill_score,
    chance_calibration_errors,
    error_in_bins_of_equal_count,
    expected_calibration_error,
    interval,
    share_of_best_f1,
)
from xrpdsim.recipes.labelled_patterns import LabelledPatterns


@pytest.fixture
def patterns():
    compound = np.repeat(np.arange(6), 8)
    phase = np.repeat(np.arange(12), 4)
    return LabelledPatterns(np.zeros((48, 1)), compound, phase)


@pytest.mark.parametrize("within", [False, True])
def test_resamples_weigh_compounds_as_scikit_learn_would(patterns, within):
    rng = np.random.default_rng(0)
    first, second = patterns.pairs()
    same = patterns.phase[first] == patterns.phase[second]
    scores = rng.normal(size=len(same)) + same
    ranking = ResampledPairs(patterns, 5, within=within)
    figures = ranking.figures(scores)
    a, b = patterns.compound[first], patterns.compound[second]
    kept = a == b if within else np.ones(len(a), dtype=bool)
    assert ranking.n_pairs == kept.sum()
    for row, count in zip(figures, ranking.counts, strict=True):
        weight = np.where(a == b, count[a], count[a] * count[b])[kept]
        assert row[0] == pytest.approx(
            roc_auc_score(same[kept], scores[kept], sample_weight=weight), abs=1e-12
        )
        # scikit-learn cumulates weights in one order with ties apart, as here
        expected = average_precision_score(same[kept], scores[kept], sample_weight=weight)
        assert row[1] == pytest.approx(expected, abs=1e-9)


def test_interval_is_of_the_resamples():
    values = np.concatenate([[0.5], np.linspace(0, 1, 101)])
    found = interval(values)
    assert found.value == 0.5
    assert (found.low, found.high) == pytest.approx((0.025, 0.975))


def test_probabilities_that_hold_and_that_do_not():
    rng = np.random.default_rng(0)
    probability = rng.random(200_000)
    same = rng.random(200_000) < probability
    assert expected_calibration_error(probability, same) < 0.01
    assert brier_skill_score(probability, same) == pytest.approx(1 / 3, abs=0.01)
    assert expected_calibration_error(probability**3, same) > 0.1
    constant = np.full(len(same), same.mean())
    assert brier_skill_score(constant, same) == pytest.approx(0)


def test_weights_count_pairs_several_times():
    rng = np.random.default_rng(1)
    probability = rng.random(300)
    same = rng.random(300) < probability**2
    weight = rng.integers(0, 4, 300)
    repeated = np.repeat(np.arange(300), weight)
    for figure in (expected_calibration_error, brier_skill_score):
        assert figure(probability, same, weight) == pytest.approx(
            figure(probability[repeated], same[repeated])
        )
    scores = probability.round(1)  # with ties
    assert share_of_best_f1(scores, same, 0.4, weight) == pytest.approx(
        share_of_best_f1(scores[repeated], same[repeated], 0.4)
    )


def test_share_of_the_best_f1():
    rng = np.random.default_rng(2)
    same = rng.random(200) < 0.3
    scores = (rng.normal(size=200) + 2 * same).round(1)
    f1 = {cut: f1_score(same, scores >= cut) for cut in np.unique(scores)}
    for cut in (-9.0, 0.5, 1.7):
        expected = f1_score(same, scores >= cut) / max(f1.values())
        assert share_of_best_f1(scores, same, cut) == pytest.approx(expected)
    assert share_of_best_f1(scores, same, 99.0) == 0.0


def test_probabilities_that_hold_err_as_much_as_chance_makes_them():
    rng = np.random.default_rng(3)
    probability = rng.random(150)
    found = [
        expected_calibration_error(probability, rng.random(150) < probability) for _ in range(300)
    ]
    by_chance = chance_calibration_errors(probability)
    assert np.mean(by_chance) == pytest.approx(np.mean(found), rel=0.05)
    assert np.percentile(by_chance, 95) == pytest.approx(np.percentile(found, 95), rel=0.1)
    assert 0.05 < np.mean(found) < 0.15


def test_bins_of_equal_count_are_cut_by_rank():
    rng = np.random.default_rng(0)
    probability = rng.random(90)
    same = rng.random(90) < probability**2
    order = np.argsort(probability)
    parts = np.array_split(order, 15)
    expected = sum(abs(probability[p].mean() - same[p].mean()) * len(p) for p in parts) / 90
    found = error_in_bins_of_equal_count(probability, same)
    assert found == pytest.approx(expected)
    twice = error_in_bins_of_equal_count(probability, same, np.full(90, 2))
    assert twice == pytest.approx(expected)
