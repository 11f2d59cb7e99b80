import numpy as np
import pytest

from xrpdsim.preprocessing import LogScaler, SquareRootScaler


def test_square_root():
    X = np.array([[0.0, 2.0, 9.0, -4.0, np.nan]])
    expected = [[0.0, np.sqrt(2), 3.0, 0.0, np.nan]]
    np.testing.assert_array_equal(SquareRootScaler().fit_transform(X), expected)


def test_square_root_makes_counting_noise_even():
    rng = np.random.default_rng(0)
    counts = rng.poisson([[30.0], [300.0], [3000.0]], size=(3, 20_000)).astype(float)
    # a deviation of 20,000 counts is off by 1 / sqrt(40,000): six of these, and 1 / (8 * 30) by the
    # next term of the expansion
    np.testing.assert_allclose(SquareRootScaler().fit_transform(counts).std(axis=1), 0.5, rtol=0.03)


@pytest.mark.parametrize("decades", [1, 3.0, 6.5])
def test_log_formula(decades):
    X = np.random.default_rng(0).gamma(0.3, 100, size=(5, 40))
    relative = X / X.max(axis=1, keepdims=True)
    expected = np.log10(1 + 10**decades * relative) / np.log10(1 + 10**decades)
    scaled = LogScaler(decades).fit_transform(X)
    np.testing.assert_allclose(scaled, expected, rtol=1e-12, atol=1e-15)
    assert (scaled.max(axis=1) == 1).all()


def test_log_forgets_scale_and_clips_negatives():
    X = np.array([[10.0, 1.0, -3.0, 0.0]])
    scaled = LogScaler().fit_transform(X)
    np.testing.assert_allclose(LogScaler().fit_transform(X * 1234), scaled, rtol=1e-12)
    assert scaled[0, 2:].tolist() == [0, 0]
    assert (LogScaler().fit_transform([[-1.0, -2.0]]) == 0).all()


@pytest.mark.parametrize("decades", [0, -1, np.nan, np.inf, "3"])
def test_log_decades(decades):
    with pytest.raises(ValueError, match="decades"):
        LogScaler(decades).fit([[1.0, 2.0]])
