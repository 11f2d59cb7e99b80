import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer

from xrpdsim import (
    CorrelationSimilarity,
    DeGelderSimilarity,
    EuclideanSimilarity,
    LeaveTwoGroupsOut,
    PairwisePhaseClassifier,
    pair_scoring,
)
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.preprocessing import PatternNormalizer
from xrpdsim.similarity import ScreeningSimilarity
from xrpdsim.similarity.probability import PatternProbabilities

TWO_THETA = 5 + 0.1 * np.arange(300)


@pytest.fixture(scope="module")
def screen():
    found = make_screening_campaign(
        1, 3, 24, preset="transmission", two_theta=TWO_THETA, random_state=1
    )
    return found.X, found.form.astype(str)


class OnlyProbabilities:
    """Nothing but `pairwise_proba`: no `fit`, no scores."""

    def pairwise_proba(self, X, Y=None):
        Y = X if Y is None else Y
        probability = np.exp(-((X[:, None, :5] - Y[None, :, :5]) ** 2).sum(axis=2))
        probability[0] = np.nan
        return probability


class Fittable(OnlyProbabilities, BaseEstimator):
    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self


@pytest.mark.parametrize("estimator", [OnlyProbabilities(), Fittable()], ids=["bare", "fittable"])
def test_an_estimator_with_nothing_but_pairwise_proba_will_do(screen, estimator):
    X = screen[0] / screen[0].max()
    probabilities = PatternProbabilities(estimator, X)
    scores, probability = probabilities.with_scores(X, X[:4])
    assert (probability[0] == 0).all()
    assert (scores[0] == -np.inf).all()
    expected = estimator.pairwise_proba(X, X[:4])
    np.testing.assert_array_equal(probability[1:], expected[1:])
    np.testing.assert_array_equal(scores[1:], expected[1:])


@pytest.mark.parametrize(
    "measure",
    [
        DeGelderSimilarity(two_theta=TWO_THETA),
        CorrelationSimilarity(two_theta=TWO_THETA),
        make_pipeline(PatternNormalizer(), EuclideanSimilarity(two_theta=TWO_THETA)),
        PairwisePhaseClassifier(Normalizer(), "cosine", two_theta=TWO_THETA),
    ],
    ids=["de Gelder", "Pearson", "Euclid in a pipeline", "an embedder without NaN"],
)
def test_unfitted_measures_learn_probabilities_from_simulated_screens(screen, measure):
    X, forms = screen
    X = np.nan_to_num(X)
    probability = PatternProbabilities(measure, X)(X)
    same = forms[:, None] == forms
    np.fill_diagonal(same, False)
    assert probability[same].mean() > probability[~same].mean() + 0.2
    assert not hasattr(measure, "calibrator_")


@pytest.mark.parametrize(
    ("highest", "min_overlap"), [pytest.param(100, 35, marks=pytest.mark.slow), (60, 30)]
)
def test_cut_scans_among_the_simulated_ones_are_no_error(highest, min_overlap):
    two_theta = np.arange(4, highest, 0.1)
    patterns = make_screening_campaign(
        1, 2, 8, preset="bragg-brentano", two_theta=two_theta, random_state=0
    )
    measure = DeGelderSimilarity(two_theta=two_theta, min_overlap=min_overlap, overlap="raise")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = PatternProbabilities(measure, patterns.X)
    assert found.measure.overlap == "raise"
    assert 0 < found.measure.threshold_ < 1


def test_a_measure_that_has_probabilities_keeps_them(screen):
    X, _ = screen
    own = ScreeningSimilarity(two_theta=TWO_THETA)
    found = PatternProbabilities(own, X)
    np.testing.assert_array_equal(found(X), np.nan_to_num(own.fit(X).pairwise_proba(X)))
    learnt = DeGelderSimilarity(two_theta=TWO_THETA).fit(X, screen[1])
    assert PatternProbabilities(learnt, X).estimator is learnt


def test_a_search_over_pipelines_will_do():
    campaign = make_screening_campaign(4, 8, 40, two_theta=TWO_THETA, random_state=0)
    X = np.nan_to_num(campaign.X)
    search = GridSearchCV(
        make_pipeline(PatternNormalizer(), DeGelderSimilarity(two_theta=TWO_THETA)),
        {"degeldersimilarity__width": [0.3, 0.6]},
        cv=LeaveTwoGroupsOut(max_splits=2),
        scoring=pair_scoring,
        refit="auroc",
    ).fit(X, campaign.y, groups=campaign.y[:, 0])
    expected = search.best_estimator_[-1].pairwise_proba(PatternNormalizer().fit_transform(X))
    np.testing.assert_array_equal(PatternProbabilities(search, X)(X), expected)


def test_what_gives_no_pair_probabilities_is_refused(screen):
    with pytest.raises(TypeError, match="PCA gives no probabilities of pairs"):
        PatternProbabilities(PCA(2), np.nan_to_num(screen[0]))
    forest = RandomForestClassifier(2).fit(np.nan_to_num(screen[0]), screen[1])
    with pytest.raises(TypeError, match="no pairwise_proba"):
        PatternProbabilities(forest, screen[0])


def test_a_pipeline_that_changes_the_points_needs_labels(screen):
    X = np.nan_to_num(screen[0])
    with pytest.raises(ValueError, match="fit it with labels"):
        PatternProbabilities(make_pipeline(PCA(5), EuclideanSimilarity()), X)
