import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from xrpdsim.similarity.probability import (
    CALIBRATORS,
    IsotonicCalibrator,
    LikelihoodRatioCalibrator,
    SigmoidCalibrator,
    estimate_prior,
    shift_prior,
)
from xrpdsim.similarity.probability._scores import bin_scores


def two_classes(n_same=3000, n_different=20000, seed=0):
    rng = np.random.default_rng(seed)
    return np.sort(rng.normal(0.7, 0.15, n_same)), np.sort(rng.normal(0.4, 0.15, n_different))


def test_sigmoid_equals_logistic_regression_of_every_pair():
    same, different = two_classes()
    scores = np.concatenate([same, different])
    label = np.repeat([1, 0], [same.size, different.size])
    oracle = LogisticRegression(C=1e12, tol=1e-10).fit(scores[:, None], label)
    grid = np.linspace(0, 1, 50)
    ours = SigmoidCalibrator.from_scores(same, different).predict(grid)
    np.testing.assert_allclose(ours, oracle.predict_proba(grid[:, None])[:, 1], atol=2e-3)


def test_isotonic_equals_isotonic_regression_of_every_pair():
    same, different = two_classes()
    scores = np.concatenate([same, different])
    label = np.repeat([1.0, 0.0], [same.size, different.size])
    oracle = IsotonicRegression(out_of_bounds="clip").fit(scores, label)
    ours = IsotonicCalibrator.from_scores(same, different).predict(scores)
    assert np.abs(ours - oracle.predict(scores)).mean() < 5e-3


@pytest.mark.parametrize("kind", [SigmoidCalibrator, IsotonicCalibrator])
def test_separated_scores_give_finite_probabilities(kind):
    calibrator = kind.from_scores(np.array([0.9, 0.95]), np.array([0.1, 0.2]))
    probability = calibrator.predict([0.0, 0.15, 0.92, 1.0])
    assert np.isfinite(probability).all()
    assert probability[0] < 0.5 < probability[-1]


def test_sigmoid_never_falls_with_the_score():
    calibrator = SigmoidCalibrator.from_scores(np.array([0.1, 0.2]), np.array([0.8, 0.9]))
    assert calibrator.slope >= 0


def test_equal_scores_give_the_share_of_positive_pairs():
    calibrator = SigmoidCalibrator.from_scores(np.zeros(100), np.zeros(300))
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


@pytest.fixture(scope="module")
def two_normals():
    rng = np.random.default_rng(0)
    return np.sort(rng.normal(0.8, 0.1, 20_000)), np.sort(rng.normal(0.4, 0.15, 60_000))


def test_likelihood_ratio_of_two_normals(two_normals):
    calibrator = LikelihoodRatioCalibrator.from_scores(*two_normals)
    scores = np.linspace(0.52, 0.75, 11)
    exact = norm.logpdf(scores, 0.8, 0.1) - norm.logpdf(scores, 0.4, 0.15)
    np.testing.assert_allclose(calibrator.log_likelihood_ratio(scores), exact, atol=0.25)
    assert calibrator.prior == 0.25


def test_probabilities_are_those_of_bayes(two_normals):
    calibrator = LikelihoodRatioCalibrator.from_scores(*two_normals)
    scores = np.array([0.5, 0.6, 0.7])
    for prior in (0.05, 0.5, 0.9):
        odds = np.exp(calibrator.log_likelihood_ratio(scores)) * prior / (1 - prior)
        there = LikelihoodRatioCalibrator(
            calibrator.scores, calibrator.log_likelihood_ratios, prior
        ).predict(scores)
        np.testing.assert_allclose(there, odds / (1 + odds), rtol=1e-10)
        shifted = shift_prior(calibrator.predict(scores), calibrator.prior, prior)
        np.testing.assert_allclose(shifted, there, rtol=1e-10)


@pytest.mark.parametrize("share", [0.03, 0.2, 0.5, 0.8])
def test_prior_is_read_from_unlabelled_scores(two_normals, share):
    calibrator = LikelihoodRatioCalibrator.from_scores(*two_normals)
    rng = np.random.default_rng(1)
    n_same = round(share * 20_000)
    scores = np.concatenate([rng.normal(0.8, 0.1, n_same), rng.normal(0.4, 0.15, 20_000 - n_same)])
    found = estimate_prior(calibrator.predict(scores), calibrator.prior)
    assert abs(found - share) < 0.015


def test_threshold_is_where_the_probability_is_one_half(two_normals):
    for prior in (0.1, 0.5, 0.8):
        calibrator = LikelihoodRatioCalibrator.from_scores(*two_normals)
        there = calibrator.predict(calibrator.threshold(prior))
        assert abs(float(shift_prior(there, calibrator.prior, prior)) - 0.5) < 1e-6


def test_bad_knots_and_priors_are_refused():
    with pytest.raises(ValueError, match="ascend"):
        LikelihoodRatioCalibrator([0.0, 0.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="descend"):
        LikelihoodRatioCalibrator([0.0, 1.0], [2.0, 1.0])
    with pytest.raises(ValueError, match="as long as"):
        LikelihoodRatioCalibrator([0.0, 1.0], [2.0])
    with pytest.raises(ValueError, match="prior"):
        LikelihoodRatioCalibrator([0.0, 1.0], [0.0, 1.0], prior=1.0)
    with pytest.raises(ValueError, match="no scores"):
        estimate_prior([np.nan], 0.5)


@pytest.mark.parametrize("name", CALIBRATORS)
@pytest.mark.parametrize("prior", [0.02, 0.3, 0.7])
def test_at_the_threshold_of_a_prior_both_answers_are_as_likely(name, prior):
    calibrator = CALIBRATORS[name].from_scores(*two_classes())
    threshold = calibrator.threshold(prior)
    just_below, just_above = (
        shift_prior(calibrator.predict([threshold + step]), calibrator.prior, prior)[0]
        for step in (-1e-6, 1e-6)
    )
    assert just_below <= 0.5 <= just_above


@pytest.mark.parametrize("name", CALIBRATORS)
def test_prior_of_a_calibrator_is_the_share_it_learnt_from(name):
    same, different = two_classes(30, 70)
    assert CALIBRATORS[name].from_scores(same, different).prior == 0.3


def test_a_prior_that_no_score_overcomes_leaves_no_threshold():
    calibrator = LikelihoodRatioCalibrator([0.0, 1.0], [-4.0, 4.0])
    # odds of 1 to 100 against evidence of e^4 = 55 at most
    assert calibrator.threshold(1 / 101) == np.inf
    assert calibrator.threshold(100 / 101) == -np.inf
    assert SigmoidCalibrator(0.0, -1.0).threshold(0.5) == np.inf
    assert SigmoidCalibrator(0.0, 1.0).threshold(0.5) == -np.inf
    assert IsotonicCalibrator.from_scores(np.zeros(1), np.zeros(3)).threshold(0.25) == np.inf
    assert IsotonicCalibrator.from_scores(np.zeros(3), np.zeros(1)).threshold(0.75) == -np.inf


def test_a_slope_that_falls_is_refused():
    for slope in (-1.0, np.nan):
        with pytest.raises(ValueError, match="slope"):
            SigmoidCalibrator(slope, 0.0)


@pytest.mark.parametrize("scale", [1e-9, 1e-6, 0.04, 1e3])
def test_likelihood_ratios_do_not_depend_on_the_scale_of_the_scores(scale):
    same, different = two_classes()
    expected = LikelihoodRatioCalibrator.from_scores(same, different)
    found = LikelihoodRatioCalibrator.from_scores(scale * same, scale * different)
    grid = np.linspace(0, 1, 50)
    np.testing.assert_allclose(found.predict(scale * grid), expected.predict(grid), atol=0.02)
    assert found.threshold(0.5) == pytest.approx(scale * expected.threshold(0.5), rel=0.02)


def test_knots_of_similarities_keep_three_decimals():
    knots = LikelihoodRatioCalibrator.from_scores(*two_classes()).scores
    np.testing.assert_array_equal(knots, knots.round(3))
