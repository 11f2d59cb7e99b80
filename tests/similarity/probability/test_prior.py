import numpy as np
import pytest
from sklearn.decomposition import PCA

from xrpdsim import PairwisePhaseClassifier
from xrpdsim.similarity.probability.prior import check_prior, estimate_prior, shift_prior


def test_prior_changes_probabilities_and_not_the_order():
    X, y = (
        [[0.0, 1.0], [0.1, 1.0], [1.0, 0.0], [1.0, 0.2], [0.6, 0.5], [0.5, 0.6]],
        [0, 0, 1, 1, 2, 2],
    )
    classifier = PairwisePhaseClassifier(PCA(1)).fit(X, y)
    assert classifier.prior_ == pytest.approx(3 / 15)
    before = classifier.predict_proba(X)[:, 1]
    after = classifier.set_prior(0.9).predict_proba(X)[:, 1]
    assert (after > before).all()
    odds = after / (1 - after) / (before / (1 - before))
    np.testing.assert_allclose(odds, 9 / (0.2 / 0.8), rtol=1e-8)
    asked = PairwisePhaseClassifier(PCA(1), prior=0.9).fit(X, y)
    np.testing.assert_allclose(asked.predict_proba(X)[:, 1], after)
    assert asked.estimate_prior(X) == pytest.approx(classifier.estimate_prior(X))
    for prior in (0, 1, "much"):
        with pytest.raises(ValueError, match="prior"):
            classifier.set_prior(prior)


def test_shifting_there_and_back_changes_nothing():
    probability = np.linspace(0.01, 0.99, 9)
    there = shift_prior(probability, 0.2, 0.7)
    np.testing.assert_allclose(shift_prior(there, 0.7, 0.2), probability, rtol=1e-12)
    assert (shift_prior(probability, 0.3, 0.3) == probability).all()


def test_estimates_stay_within_bounds_and_ignore_nan():
    assert estimate_prior([0.0, 0.0, np.nan], 0.5) == 1e-4
    assert estimate_prior([1.0, np.nan], 0.5) == 1 - 1e-4


def test_priors_are_numbers_between_0_and_1():
    assert check_prior(np.float32(0.5)) == 0.5
    for prior in (True, None, 0, 1.0, np.nan):
        with pytest.raises(ValueError, match="between 0 and 1"):
            check_prior(prior)
