import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist
from sklearn.metrics.pairwise import nan_euclidean_distances

from xrpdsim import EuclideanSimilarity


def distances(X, **parameters):
    """Return the distances that the condensed scores stand for."""
    scores = EuclideanSimilarity(**parameters).fit(X).decision_function(X)
    return 1 / scores.astype(np.float64) - 1


def resolved(distance, dtype=np.float64):
    """Return the relative error of a distance taken from 1 / (1 + d), rounded twice.

    A score s is off by at most 2 eps s: d = 1 / s - 1 by 2 eps (1 + d).
    """
    return 2 * np.finfo(dtype).eps * (1 + distance) / distance


@given(seed=st.integers(0, 1000), scale=st.floats(1e-3, 1e5))
@settings(deadline=None, max_examples=30)
def test_equals_scipy(seed, scale):
    X = scale * np.random.default_rng(seed).random((8, 300))
    # 5e-7 is promised; here d^2 is a third of the norms, which are off by 300 eps at most: 1e-13.
    np.testing.assert_allclose(distances(X), pdist(X), rtol=1e-10)


@given(
    seed=st.integers(0, 1000),
    closeness=st.floats(-9, 0),
    background=st.floats(0, 1e4),
    n_points=st.integers(2, 2000),
)
@settings(deadline=None, max_examples=40)
def test_close_patterns_keep_their_digits(seed, closeness, background, n_points):
    rng = np.random.default_rng(seed)
    pattern = background + rng.random(n_points)
    away = 10**closeness * np.linalg.norm(pattern) * rng.standard_normal((6, n_points))
    X = pattern + away / np.sqrt(n_points)
    expected = pdist(X)
    error = np.abs(distances(X) / expected - 1)
    assert (error <= 1e-6 + resolved(expected)).all()


@pytest.mark.parametrize("noise", [0.01, 0.1, 1, 10, 100, 300])
def test_float32_keeps_its_digits_on_a_background(noise):
    rng = np.random.default_rng(0)
    X = (1000 + noise * rng.standard_normal((20, 1950))).astype(np.float32)
    expected = pdist(X.astype(np.float64))
    error = np.abs(distances(X) / expected - 1)
    assert (error <= 1e-3 + resolved(expected, np.float32)).all()


def test_float32_is_kept_and_exact_to_single_precision():
    X = np.random.default_rng(0).random((8, 300)).astype(np.float32)
    found = EuclideanSimilarity().fit(X).decision_function(X)
    assert found.dtype == np.float32
    # d^2 is half of one of the norms, each off by at most 300 eps / 2: 1e-4 in all
    np.testing.assert_allclose(1 / found.astype(float) - 1, pdist(X.astype(float)), rtol=1e-4)


def cut(X, seed=0):
    X = X.copy()
    for row, (start, end) in enumerate(
        np.random.default_rng(seed).integers(0, X.shape[1] // 8, (len(X) - 1, 2))
    ):
        X[row, :start] = np.nan
        X[row, X.shape[1] - end :] = np.nan
    return X


def test_cut_scans_equal_nan_euclidean_distances():
    X = cut(np.random.default_rng(0).random((8, 300)))
    found = EuclideanSimilarity(min_overlap=1).fit(X).pairwise(X)
    off_diagonal = ~np.eye(8, dtype=bool)
    # 300 eps of the norms, of which the squared distances are a third: 1e-13
    np.testing.assert_allclose(
        (1 / found - 1)[off_diagonal], nan_euclidean_distances(X)[off_diagonal], rtol=1e-10
    )


@given(seed=st.integers(0, 1000), closeness=st.floats(-7, 0), dtype=st.sampled_from(["f4", "f8"]))
@settings(deadline=None, max_examples=40)
def test_close_cut_scans_keep_their_digits(seed, closeness, dtype):
    rng = np.random.default_rng(seed)
    X = cut(100 + rng.random(300) + 10**closeness * rng.random((8, 300)), seed).astype(dtype)
    i, j = np.triu_indices(8, k=1)
    difference = X.astype(np.float64)[i] - X.astype(np.float64)[j]
    expected = np.sqrt(300 * np.nanmean(difference**2, axis=1))
    found = distances(X, min_overlap=1)
    differ = expected > 0
    assert (found[~differ] == 0).all()
    error = np.abs(found[differ] / expected[differ] - 1)
    promised = 1e-6 if dtype == "f8" else 1e-3
    assert (error <= promised + resolved(expected[differ], X.dtype)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("cut_short", [False, True])
def test_equal_patterns_score_exactly_one(dtype, cut_short):
    X = np.random.default_rng(0).gamma(1, 1000, (5, 1000)).astype(dtype)
    X[1] = X[0]
    if cut_short:
        X[1, :100] = np.nan
    fitted = EuclideanSimilarity().fit(X)
    matrix = fitted.pairwise(X)
    assert matrix[0, 1] == 1
    assert (np.diag(matrix) == 1).all()
    assert fitted.decision_function(X, pairs=[[1, 0]])[0] == 1
    assert (matrix[np.triu_indices(5, k=1)] == 1).sum() == 1


@given(seed=st.integers(0, 1000), closeness=st.floats(-6, 0))
@settings(deadline=None, max_examples=20)
def test_a_score_depends_on_its_two_patterns_only(seed, closeness):
    rng = np.random.default_rng(seed)
    X = 10 + rng.random(400) + 10**closeness * rng.random((12, 400))
    fitted = EuclideanSimilarity().fit(X)
    matrix = fitted.pairwise(X)
    np.testing.assert_array_equal(matrix, matrix.T)
    order = rng.permutation(12)
    some = order[:5]
    # scores below 1 are off by less than distances are: 1e-6
    np.testing.assert_allclose(fitted.pairwise(X[order]), matrix[np.ix_(order, order)], rtol=1e-6)
    np.testing.assert_allclose(fitted.pairwise(X[some], X), matrix[some], rtol=1e-6)


@pytest.mark.parametrize("exponent", [-300, -150, -20])
def test_intensities_too_low_for_the_score_warn(exponent):
    X = np.random.default_rng(0).random((3, 50)) * 10.0**exponent
    with pytest.warns(UserWarning, match=r"intensities of 3 pattern\(s\) .*PatternNormalizer"):
        EuclideanSimilarity().fit(X).pairwise(X)


def test_high_intensities_are_right_or_refused():
    X = np.random.default_rng(0).random((3, 50))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_allclose(distances(X * 1e150), 1e150 * pdist(X), rtol=1e-10)
    X[1] *= 1e200
    with pytest.raises(ValueError, match=r"row 1 of X\) cannot be squared in float64"):
        EuclideanSimilarity().fit(X).pairwise(X)
    high = np.array([[1e30, 0], [0, 1]], dtype=np.float32)
    with pytest.raises(ValueError, match=r"row 0 .* float32"):
        EuclideanSimilarity().fit(high).pairwise(high)
