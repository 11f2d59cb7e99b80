import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xrpdsim.patterns import GridWarning
from xrpdsim.preprocessing import BaselineRemover

TWO_THETA = 3 + 0.02 * np.arange(1950)


def snip_by_hand(y, n_smoothed, farthest):
    """The formulas of the docstring, point by point."""
    n = len(y)
    half = n_smoothed // 2
    smooth = []
    for i in range(n):
        around = [y[k] for k in range(max(i - half, 0), min(i + half, n - 1) + 1)]
        around = [value for value in around if not math.isnan(value)]
        smooth.append(sum(around) / len(around) if not math.isnan(y[i]) else math.nan)
    measured = [value for value in smooth if not math.isnan(value)]
    low, span = min(measured), max(measured) - min(measured)
    v = [math.log(math.log(math.sqrt((value - low) / span * 1e4 + 1) + 1) + 1) for value in smooth]
    for distance in range(farthest, 0, -1):
        w = list(v)
        for i in range(distance, n - distance):
            mean = (v[i - distance] + v[i + distance]) / 2
            if mean < v[i]:  # false where one of the three is NaN
                w[i] = mean
        v = w
    return [((math.exp(math.exp(x) - 1) - 1) ** 2 - 1) / 1e4 * span + low for x in v]


def background(rng):
    decay = 0.2 * np.exp(-(TWO_THETA - 3) / rng.uniform(2, 4))
    hump = 0.2 * np.exp(-(((TWO_THETA - rng.uniform(18, 24)) / rng.uniform(4, 7)) ** 2))
    return 0.03 + decay + hump


def lines(rng, width=0.15):
    signal = np.zeros_like(TWO_THETA)
    for centre, height in zip(rng.uniform(5, 41, 30), rng.exponential(1, 30), strict=True):
        signal += height / (1 + ((TWO_THETA - centre) / (width / 2)) ** 2)
    return signal / signal.max()


@pytest.mark.parametrize(
    ("half_width", "smoothing", "farthest", "n_smoothed"),
    [(0.6, 0.15, 30, 7), (0.6, 0.0, 30, 1), (0.02, 0.1, 1, 5), (100.0, 0.02, 74, 1)],
)
def test_equals_the_formula_point_by_point(half_width, smoothing, farthest, n_smoothed):
    rng = np.random.default_rng(0)
    X = rng.gamma(1.0, 100.0, size=(70, 150))  # more rows than are treated at a time
    X[1, :20] = X[1, 60:75] = X[1, 149:] = np.nan
    X[69, 3::40] = np.nan
    found = BaselineRemover(half_width, smoothing).baseline(X)
    for row in (0, 1, 69):
        expected = snip_by_hand(X[row].tolist(), n_smoothed, farthest)
        np.testing.assert_allclose(found[row], expected, rtol=1e-8, atol=1e-8)


def test_widths_are_degrees_of_the_grid():
    X = np.random.default_rng(0).gamma(1.0, 100.0, size=(2, 120))
    coarse = BaselineRemover(1.2, 0.3, two_theta=10 + 0.04 * np.arange(120)).fit_transform(X)
    np.testing.assert_array_equal(coarse, BaselineRemover(0.6, 0.15).fit_transform(X))


@pytest.mark.parametrize("counts", [300, 3000, 30_000])
def test_known_background(counts):
    rng = np.random.default_rng(counts)
    clean, humps = [], []
    for _ in range(20):
        clean.append(lines(rng))
        humps.append(background(rng))
    clean, humps = np.array(clean), np.array(humps)
    X = rng.poisson(counts * (clean + humps)).astype(float)
    error = BaselineRemover().baseline(X) / counts - humps
    left = np.sqrt((error**2).mean())
    assert left < 0.02
    assert left < 0.2 * np.sqrt((humps**2).mean())


def test_smoothing_takes_the_baseline_off_the_lower_edge_of_the_noise():
    rng = np.random.default_rng(0)
    X = rng.poisson(100 * np.ones((20, 1950))).astype(float)
    assert BaselineRemover(smoothing=0).baseline(X).mean() < 82
    assert BaselineRemover().baseline(X).mean() > 91


@settings(max_examples=20)
@given(scale=st.floats(1e-3, 1e3), offset=st.floats(-1e3, 1e3), seed=st.integers(0, 1000))
def test_scale_and_offset_of_the_counts_do_not_matter(scale, offset, seed):
    rng = np.random.default_rng(seed)
    X = rng.gamma(1.0, 100.0, size=(1, 200))
    expected = BaselineRemover().transform(X)
    moved = BaselineRemover().transform(scale * X + offset) / scale
    np.testing.assert_allclose(moved, expected, atol=1e-4)


def test_far_from_a_gap_nothing_changes():
    rng = np.random.default_rng(0)
    X = 1000 * (lines(rng) + background(rng))[None]
    cut = X.copy()
    cut[:, 900:1000] = np.nan
    near = 200  # clipping hands influence on, but less with each distance
    whole, gap = BaselineRemover().transform(X), BaselineRemover().transform(cut)
    for far in (slice(0, 900 - near), slice(1000 + near, None)):
        # a thousandth of the strongest line; no product of matrices is involved
        np.testing.assert_allclose(gap[:, far], whole[:, far], atol=1.0)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"half_width": 0.0}, "half_width=0.0 is below the step of the grid, 0.02"),
        ({"half_width": 0.01}, "below the step"),
        ({"half_width": -1}, "half_width=-1 must be degrees"),
        ({"half_width": np.nan}, "half_width=nan"),
        ({"half_width": "wide"}, "half_width='wide'"),
        ({"smoothing": -0.1}, "smoothing=-0.1"),
        ({"smoothing": np.inf}, "smoothing=inf"),
        ({"two_theta": [5.0, 5.1]}, "give one angle a point"),
        ({"two_theta": np.geomspace(3, 42, 100)}, "evenly spaced two_theta"),
    ],
)
def test_bad_parameters(parameters, message):
    X = np.ones((1, 100))
    with pytest.raises(ValueError, match=message):
        BaselineRemover(**parameters).fit(X)
    with pytest.raises(ValueError, match=message):
        BaselineRemover(**parameters).baseline(X)


def test_columns_that_are_angles_are_the_grid():
    X = np.random.default_rng(0).gamma(1.0, 100.0, size=(2, 120))
    grid = 10 + 0.04 * np.arange(120)
    frame = pd.DataFrame(X, columns=grid)
    expected = BaselineRemover(1.2, 0.3, two_theta=grid).fit_transform(X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted = BaselineRemover(1.2, 0.3).fit(frame)
        for found in (
            fitted.transform(frame),
            fitted.transform(X),  # as a later step of a Pipeline, or predict, may give it
            BaselineRemover(1.2, 0.3).transform(frame),
            BaselineRemover(1.2, 0.3).baseline(frame) * -1 + X,
        ):
            np.testing.assert_array_equal(found, expected)
    with pytest.raises(ValueError, match="columns of X are 5 to"):
        fitted.transform(pd.DataFrame(X, columns=5 + 0.02 * np.arange(120)))


def test_warns_where_the_angles_are_not_known():
    X = np.random.default_rng(0).gamma(1.0, 100.0, size=(2, 975))
    for call in (BaselineRemover().fit, BaselineRemover().transform, BaselineRemover().baseline):
        with pytest.warns(GridWarning, match="BaselineRemover takes the 975 points") as caught:
            call(X)
        assert len(caught) == 1
        assert caught[0].filename == __file__
