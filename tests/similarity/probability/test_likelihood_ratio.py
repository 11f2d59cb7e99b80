import numpy as np
import pytest
from scipy.stats import norm

from xrpdsim.similarity.probability import LikelihoodRatioCalibrator
from xrpdsim.similarity.probability.prior import estimate_prior, shift_prior


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
