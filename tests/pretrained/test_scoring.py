import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from xrpdsim.pretrained.scoring import (
    LabelledPatterns,
    ResampledRanking,
    brier_skill_score,
    expected_calibration_error,
    interval,
)


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
    ranking = ResampledRanking(patterns, 5, within=within)
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
