import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist
from sklearn.metrics.pairwise import nan_euclidean_distances

from xrpdsim import EuclideanSimilarity


@given(seed=st.integers(0, 1000), scale=st.floats(1e-3, 1e5))
@settings(deadline=None, max_examples=30)
def test_equals_scipy(seed, scale):
    X = scale * np.random.default_rng(seed).random((8, 300))
    found = EuclideanSimilarity().fit(X).decision_function(X)
    np.testing.assert_allclose(1 / found - 1, pdist(X), rtol=1e-9)


def test_close_patterns_keep_their_digits():
    X = 1000 + np.random.default_rng(0).random((5, 300)) * 1e-3
    found = EuclideanSimilarity().fit(X).decision_function(X)
    np.testing.assert_allclose(1 / found - 1, pdist(X), rtol=1e-2)


def test_float32_is_kept_and_exact_to_single_precision():
    X = np.random.default_rng(0).random((8, 300)).astype(np.float32)
    found = EuclideanSimilarity().fit(X).decision_function(X)
    assert found.dtype == np.float32
    np.testing.assert_allclose(1 / found.astype(float) - 1, pdist(X.astype(float)), rtol=1e-5)


def test_cut_scans_equal_nan_euclidean_distances():
    rng = np.random.default_rng(0)
    X = rng.random((8, 300))
    for row, (start, end) in enumerate(rng.integers(0, 40, (7, 2))):
        X[row, :start] = np.nan
        X[row, 300 - end :] = np.nan
    found = EuclideanSimilarity(min_overlap=1).fit(X).pairwise(X)
    np.testing.assert_allclose(1 / found - 1, nan_euclidean_distances(X), atol=1e-6)


def test_identical_patterns_score_one():
    X = np.random.default_rng(0).random((3, 100))
    X[1] = X[0]
    assert EuclideanSimilarity().fit(X).pairwise(X)[0, 1] == pytest.approx(1, abs=1e-6)
