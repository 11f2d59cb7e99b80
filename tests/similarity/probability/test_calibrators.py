import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from xrpdsim.similarity.probability.calibrators import (
    IsotonicCalibrator,
    SigmoidCalibrator,
    bin_scores,
)


def two_classes(n_same=3000, n_different=20000, seed=0):
    rng = np.random.default_rng(seed)
    return np.sort(rng.normal(0.7, 0.15, n_same)), np.sort(rng.normal(0.4, 0.15, n_different))


def test_sigmoid_equals_logistic_regression_of_every_pair():
    same, different = two_classes()
    scores = np.concatenate([same, different])
    label = np.repeat([1, 0], [same.size, different.size])
    oracle = LogisticRegression(C=1e12, tol=1e-10).fit(scores[:, None], label)
    grid = np.linspace(0, 1, 50)
    ours = SigmoidCalibrator(same, different).predict(grid)
    np.testing.assert_allclose(ours, oracle.predict_proba(grid[:, None])[:, 1], atol=2e-3)


def test_isotonic_equals_isotonic_regression_of_every_pair():
    same, different = two_classes()
    scores = np.concatenate([same, different])
    label = np.repeat([1.0, 0.0], [same.size, different.size])
    oracle = IsotonicRegression(out_of_bounds="clip").fit(scores, label)
    ours = IsotonicCalibrator(same, different).predict(scores)
    assert np.abs(ours - oracle.predict(scores)).mean() < 5e-3


@pytest.mark.parametrize("kind", [SigmoidCalibrator, IsotonicCalibrator])
def test_separated_scores_give_finite_probabilities(kind):
    calibrator = kind(np.array([0.9, 0.95]), np.array([0.1, 0.2]))
    probability = calibrator.predict([0.0, 0.15, 0.92, 1.0])
    assert np.isfinite(probability).all()
    assert probability[0] < 0.5 < probability[-1]


def test_sigmoid_never_falls_with_the_score():
    calibrator = SigmoidCalibrator(np.array([0.1, 0.2]), np.array([0.8, 0.9]))
    assert calibrator.slope >= 0


def test_equal_scores_give_the_share_of_positive_pairs():
    calibrator = SigmoidCalibrator(np.zeros(100), np.zeros(300))
    assert calibrator.predict(0.0) == pytest.approx(0.25, abs=0.01)


scores = arrays(
    np.float64, st.integers(1, 60), elements=st.sampled_from([-1.0, 0.0, 0.25, 0.5, 3.0])
)


@given(same=scores, different=scores)
@settings(deadline=None)
def test_bins_keep_every_pair_and_every_sum(same, different):
    same, different = np.sort(same), np.sort(different)
    means, n_same, n_different = bin_scores(same, different)
    assert n_same.sum() == same.size
    assert n_different.sum() == different.size
    assert (np.diff(means) > 0).all()
    total = (means * (n_same + n_different)).sum()
    assert total == pytest.approx(same.sum() + different.sum())
