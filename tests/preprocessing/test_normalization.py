import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import zscore
from sklearn.preprocessing import minmax_scale

from xrpdsim.preprocessing import PatternNormalizer, StandardNormalVariate

counts = arrays(np.float64, (3, 20), elements=st.integers(0, 100_000).map(float))


@given(counts)
def test_normalizer_equals_scikit_learn_by_rows(X):
    expected = minmax_scale(X, axis=1)
    np.testing.assert_allclose(PatternNormalizer().fit_transform(X), expected, atol=1e-12)


@given(counts, st.floats(0.01, 100), st.floats(-100, 100))
def test_normalizer_forgets_scale_and_offset(X, scale, offset):
    plain, other = (PatternNormalizer().fit_transform(Z) for Z in (X, X * scale))
    np.testing.assert_allclose(plain, other, atol=1e-9)
    if (np.ptp(X, axis=1) > 0).all():
        moved = PatternNormalizer().fit_transform(X * scale + offset)
        np.testing.assert_allclose(plain, moved, atol=1e-6)


def test_normalizer_reaches_exactly_0_and_1():
    X = np.random.default_rng(0).gamma(1, 1000, size=(200, 30)).astype(np.float32)
    scaled = PatternNormalizer().fit_transform(X)
    assert (scaled.min(axis=1) == 0).all()
    assert (scaled.max(axis=1) == 1).all()


def test_standard_normal_variate_equals_scipy():
    rng = np.random.default_rng(0)
    X = rng.gamma(1, 100, size=(10, 60))
    X[rng.random(X.shape) < 0.2] = np.nan
    expected = zscore(X, axis=1, ddof=1, nan_policy="omit")
    np.testing.assert_allclose(StandardNormalVariate().fit_transform(X), expected, atol=1e-12)


def test_standard_normal_variate_of_flat_patterns_and_single_points():
    flat = np.full((1, 7), 0.1)  # 0.1 seven times has a mean that is not quite 0.1
    assert (StandardNormalVariate().fit_transform(flat) == 0).all()
    single = np.array([[np.nan, 5.0, np.nan]])
    np.testing.assert_array_equal(
        StandardNormalVariate().fit_transform(single), [[np.nan, 0.0, np.nan]]
    )
