import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr, spearmanr

from xrpdsim import CorrelationSimilarity

ORACLES = {"pearson": pearsonr, "spearman": spearmanr}


def patterns(seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 12, (7, 280)).astype(float) + 100  # counts: many ties


@pytest.mark.parametrize("method", ORACLES)
def test_equals_scipy(method):
    X = patterns()
    found = CorrelationSimilarity(method).fit(X).pairwise(X)
    for i in range(len(X)):
        for j in range(len(X)):
            # sums of 280 centred values are off by 280 eps at most: 6e-14
            assert found[i, j] == pytest.approx(ORACLES[method](X[i], X[j])[0], abs=1e-12)


@pytest.mark.parametrize("method", ORACLES)
def test_cut_scans_are_compared_over_what_both_cover(method):
    X = patterns()
    X[0, :30] = X[1, :30] = X[2, 200:] = X[3, 100:130] = np.nan
    found = CorrelationSimilarity(method, min_overlap=1).fit(X).pairwise(X)
    for i in range(len(X)):
        for j in range(len(X)):
            common = ~np.isnan(X[i]) & ~np.isnan(X[j])
            expected = ORACLES[method](X[i, common], X[j, common])[0]
            assert found[i, j] == pytest.approx(expected, abs=1e-9)


def correlation_of_common_points(method, first, second):
    common = ~np.isnan(first) & ~np.isnan(second)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a constant input: SciPy warns, and gives NaN
        return np.nan_to_num(ORACLES[method](first[common], second[common])[0])


@given(
    seed=st.integers(0, 10_000),
    levels=st.integers(1, 300),
    n_masks=st.integers(1, 20),
    dtype=st.sampled_from([np.float32, np.float64]),
)
@settings(deadline=None, max_examples=25)
def test_spearman_of_scans_cut_differently_equals_scipy(seed, levels, n_masks, dtype):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, levels, (20, 90)).astype(dtype)
    masks = rng.random((n_masks, 90)) < 0.3
    X[masks[rng.integers(0, n_masks, 20)]] = np.nan  # shared by many, or each its own
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few levels make flat patterns
        fitted = CorrelationSimilarity("spearman", min_overlap=0, overlap="nan").fit(X)
        matrix, other = fitted.pairwise(X), fitted.pairwise(X[:7], X[7:])
    for i, j in rng.integers(0, 20, (5, 2)):
        if not np.isnan(matrix[i, j]):
            expected = correlation_of_common_points("spearman", X[i], X[j])
            # the sums are whole numbers: what is left is a few roundings of the quotient
            assert matrix[i, j] == pytest.approx(expected, abs=40 * float(np.finfo(dtype).eps))
    np.testing.assert_array_equal(other[~np.isnan(other)], matrix[:7, 7:][~np.isnan(other)])
    np.testing.assert_array_equal(matrix, matrix.T)


def test_both_ways_of_ranking_give_the_same_bits():
    rng = np.random.default_rng(0)
    X = rng.poisson(5, (40, 120)).astype(float)
    X[::2, :30] = X[1::3, 80:] = np.nan
    few_masks = CorrelationSimilarity("spearman", min_overlap=0.1).fit(X).pairwise(X)
    with_others = X.copy()
    with_others[20:] = np.where(rng.random((20, 120)) < 0.1, np.nan, X[20:])
    many_masks = CorrelationSimilarity("spearman", min_overlap=0.1).fit(X).pairwise(with_others)
    np.testing.assert_array_equal(few_masks[:20, :20], many_masks[:20, :20])


@pytest.mark.parametrize("method", ORACLES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pattern_flat_over_the_common_range_scores_exactly_zero(method, dtype):
    rng = np.random.default_rng(0)
    for n_points in (100, 257, 1000):
        X = rng.random((40, n_points)) * 10.0 ** rng.integers(-3, 6, (40, 1))
        half = n_points // 2
        X[:20, : half + 10] = rng.random((20, 1)) * 100
        X[20:, half:] = np.nan
        X = X.astype(dtype)
        found = CorrelationSimilarity(method, min_overlap=0.1).fit(X).pairwise(X[:20], X[20:])
        assert (found == 0).all()


def test_pearson_over_a_nearly_flat_common_range_keeps_its_digits():
    rng = np.random.default_rng(0)
    X = 100 + 1e-2 * rng.random((6, 300))
    X[:, 200:] += 1e5 * rng.random((6, 100))  # so that own means are far from the common range
    X[3:, 200:] = np.nan
    found = CorrelationSimilarity(min_overlap=1).fit(X).pairwise(X[:3], X[3:])
    # Centring by its own mean of 2e4 rounds a value by eps 2e4 / 2, of a spread of 3e-3: 1e-9.
    expected = [
        [correlation_of_common_points("pearson", first, second) for second in X[3:]]
        for first in X[:3]
    ]
    np.testing.assert_allclose(found, expected, atol=1e-8, rtol=0)


@pytest.mark.parametrize("method", ORACLES)
@pytest.mark.parametrize("exponent", [-300, -150, 150, 300])
def test_any_scale_gives_the_same_bits(method, exponent):
    X = patterns() - 100
    X[0, :30] = np.nan
    fitted = CorrelationSimilarity(method, min_overlap=1).fit(X)
    scale = 2.0 ** round(exponent / np.log10(2))
    np.testing.assert_array_equal(fitted.pairwise(X * scale), fitted.pairwise(X))
