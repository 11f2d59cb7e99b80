import numpy as np
import pytest
from scipy.spatial.distance import squareform
from sklearn.cluster import DBSCAN
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from xrpdsim import EuclideanSimilarity
from xrpdsim.preprocessing import PatternNormalizer
from xrpdsim.similarity import pair_distances


@pytest.fixture
def patterns():
    rng = np.random.default_rng(0)
    X = np.repeat(rng.random((4, 30)), 5, axis=0) + 0.05 * rng.random((20, 30))
    return X, np.repeat(list("abcd"), 5)


def test_is_one_minus_the_probability_but_for_the_diagonal(patterns):
    X, y = patterns
    measure = EuclideanSimilarity().fit(X, y)
    distances = pair_distances(measure, X)
    probability = measure.pairwise_proba(X)
    assert (np.diag(probability) < 1).any()  # what other programs refuse
    assert (np.diag(distances) == 0).all()
    assert (distances == distances.T).all()
    off = ~np.eye(len(X), dtype=bool)
    np.testing.assert_allclose(distances[off], 1 - probability[off], rtol=0, atol=1e-15)


def test_is_taken_by_scipy_and_scikit_learn(patterns):
    X, y = patterns
    distances = pair_distances(EuclideanSimilarity().fit(X, y), X)
    assert squareform(distances).shape == (190,)
    found = DBSCAN(eps=0.5, min_samples=2, metric="precomputed").fit_predict(distances)
    assert len(set(zip(found, y, strict=True))) == len(set(found)) == 4


@pytest.mark.parametrize("frozen", [False, True])
def test_a_pipeline_treats_the_patterns_first(patterns, frozen):
    X, y = patterns
    model = make_pipeline(PatternNormalizer(), EuclideanSimilarity()).fit(X, y)
    expected = pair_distances(model[-1], model[0].transform(X))
    found = pair_distances(FrozenEstimator(model) if frozen else model, X)
    assert (found == expected).all()


def test_scans_with_too_little_in_common_stay_unknown():
    X = np.tile(np.arange(4.0), (3, 300)) + np.eye(3, 1200)
    X[1, 200:] = X[2, :-200] = np.nan
    whole = np.tile(np.arange(4.0), (3, 300)) + np.array([[0], [0], [1]]) * np.eye(1, 1200)
    measure = EuclideanSimilarity(overlap="nan", min_overlap=10.0).fit(whole, ["a", "a", "b"])
    with pytest.warns(UserWarning, match="in common"):
        distances = pair_distances(measure, X)
    assert np.isnan(distances[1, 2])
    assert np.isnan(distances[2, 1])
    assert (np.diag(distances) == 0).all()


def test_an_estimator_without_probabilities_is_refused(patterns):
    X, _ = patterns
    with pytest.raises(TypeError, match="MinMaxScaler has no pairwise_proba"):
        pair_distances(MinMaxScaler().fit(X), X)
