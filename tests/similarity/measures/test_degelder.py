import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import correlate

from xrpdsim import DeGelderSimilarity
from xrpdsim.similarity.measures.degelder import _root_of_triangle

STEP = 0.02


# Bounds that are not derived beside them are more than ten times what three kernels of OpenBLAS
# gave: sums of some hundred products of numbers up to 5 are off by 1e-14 or so.


def degelder_by_definition(f, g, width):
    """Cross-correlations under a triangle, summed over every shift, from the formula."""

    def weighted(a, b):
        shifts = np.arange(-len(b) + 1, len(a)) * STEP
        triangle = np.clip(1 - np.abs(shifts) / width, 0, None)
        return float((triangle * correlate(a, b, mode="full", method="direct")).sum())

    return weighted(f, g) / np.sqrt(weighted(f, f) * weighted(g, g))


def patterns(n_patterns=5, n_points=400, seed=0):
    rng = np.random.default_rng(seed)
    lines = rng.random((n_patterns, n_points)) < 0.03
    return lines * rng.exponential(size=lines.shape) + 0.01 * rng.random(lines.shape)


@pytest.mark.parametrize("width", [0.02, 0.03, 0.037, 0.195, 0.6, 0.6 + 1e-7, 1.0, 1.2345, 9.0])
def test_equals_the_definition_for_any_width(width):
    X = patterns()
    measure = DeGelderSimilarity(width=width).fit(X)
    expected = [
        degelder_by_definition(X[i], X[j], width) for i in range(5) for j in range(i + 1, 5)
    ]
    np.testing.assert_allclose(measure.decision_function(X), expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("steps", [1.001, 1.5, 2.0, 9.75, 30.001, 30.999, 61.725, 449.3])
def test_root_of_the_triangle(steps):
    root = _root_of_triangle(steps)
    expected = np.clip(1 - np.arange(len(root)) / steps, 0, None)
    found = np.correlate(root, root, mode="full")[len(root) - 1 :]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_equals_the_definition_to_rounding():
    X = patterns()
    expected = degelder_by_definition(X[0], X[1], 0.61)
    found = DeGelderSimilarity(width=0.61).fit(X).decision_function(X, pairs=[[0, 1]])
    assert found[0] == pytest.approx(expected, abs=1e-13)


def test_width_below_the_step_warns_and_is_the_cosine():
    X = patterns()
    with pytest.warns(UserWarning, match="plain cosine"):
        measure = DeGelderSimilarity(width=0.005).fit(X)
    cosine = X[0] @ X[1] / np.linalg.norm(X[0]) / np.linalg.norm(X[1])
    assert measure.pairwise(X)[0, 1] == pytest.approx(cosine)


def test_width_of_one_step_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        DeGelderSimilarity(width=0.02).fit(patterns(n_points=1950))


@pytest.mark.parametrize("width", [0.1, 0.6, 0.61])
@pytest.mark.parametrize("cut", [np.s_[300:], np.s_[:100], np.s_[150:200]])
def test_scan_and_itself_cut_short_score_one(width, cut):
    X = patterns(2)
    X[1] = X[0]
    X[1, cut] = np.nan
    measure = DeGelderSimilarity(width=width, min_overlap=1).fit(X)
    assert measure.decision_function(X)[0] == pytest.approx(1, abs=1e-12)


def test_cut_pairs_equal_the_cosine_over_points_a_width_inside_both():
    X = patterns(2)
    X[0, :37] = np.nan
    X[1, 310:] = np.nan
    m = 10
    smoothed = [np.convolve(np.nan_to_num(x), np.ones(m)) for x in X]
    inside = np.arange(37 + m - 1, 310)
    a, b = smoothed[0][inside], smoothed[1][inside]
    expected = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    found = DeGelderSimilarity(width=m * STEP, min_overlap=1).fit(X).decision_function(X)
    assert found[0] == pytest.approx(expected)


def test_shift_is_found():
    x = patterns(1, 600)[0]
    x[:20] = x[480:] = 0  # no line leaves the range
    X = np.stack([x[:500], x[4:504], x[15:515]])
    width = 0.1
    still = DeGelderSimilarity(width=width).fit(X).decision_function(X)
    moved = DeGelderSimilarity(width=width, max_shift=0.1).fit(X).decision_function(X)
    assert moved[0] > 0.99
    assert (moved >= still).all()
    assert moved[1] < 0.9


def test_shift_equals_a_loop_over_shifts():
    X = patterns(3, 200)
    m, most = 5, 3
    smoothed = [np.convolve(x, np.ones(m)) for x in X]

    def cosine(a, b):
        return a @ b / np.linalg.norm(a) / np.linalg.norm(b)

    n = smoothed[0].size
    expected = max(
        cosine(smoothed[0][max(s, 0) : n + min(s, 0)], smoothed[1][max(-s, 0) : n + min(-s, 0)])
        for s in range(-most, most + 1)
    )
    found = DeGelderSimilarity(m * STEP, max_shift=most * STEP).fit(X).pairwise(X)
    assert found[0, 1] == pytest.approx(expected)
    np.testing.assert_allclose(found, found.T)


@given(
    width=st.floats(0.02, 2.0),
    seed=st.integers(0, 1000),
    scale=st.floats(1e-3, 1e6),
)
@settings(deadline=None, max_examples=40)
def test_kernel_properties(width, seed, scale):
    X = patterns(6, 150, seed)
    measure = DeGelderSimilarity(width=width).fit(X)
    S = measure.pairwise(X)
    np.testing.assert_array_equal(S, S.T)
    np.testing.assert_allclose(np.diag(S), 1)
    assert np.linalg.eigvalsh(S).min() > -1e-10
    np.testing.assert_allclose(measure.pairwise(scale * X, X), S, atol=1e-9)
    np.testing.assert_allclose(measure.pairwise(X[::-1]), S[::-1, ::-1], atol=1e-12)


def test_uneven_grid_is_refused():
    X = patterns(3, 100)
    grid = np.linspace(3, 20, 100) ** 1.1
    with pytest.raises(ValueError, match="evenly spaced"):
        DeGelderSimilarity(two_theta=grid).fit(X)


def test_own_grid_sets_the_width_in_steps():
    X = patterns(3, 100)
    coarse = DeGelderSimilarity(1.0, two_theta=5 + 0.1 * np.arange(100)).fit(X)
    fine = DeGelderSimilarity(0.2).fit(X)
    np.testing.assert_allclose(coarse.pairwise(X), fine.pairwise(X))


@pytest.mark.parametrize(
    ("parameters", "named"), [({"width": 0}, "width"), ({"max_shift": -1}, "max_shift")]
)
def test_impossible_parameters_are_refused(parameters, named):
    with pytest.raises(ValueError, match=named):
        DeGelderSimilarity(**parameters).fit(patterns())


@pytest.mark.parametrize("width", [0.1, 0.195, 0.6, 0.61])  # sums, points, Fourier transforms
@pytest.mark.parametrize("exponent", [-300, -150, 150, 300])
def test_any_scale_gives_the_same_bits(width, exponent):
    X = patterns()
    X[0, 300:] = np.nan
    fitted = DeGelderSimilarity(width=width, min_overlap=1).fit(X)
    scale = 2.0 ** round(exponent / np.log10(2))
    np.testing.assert_array_equal(fitted.pairwise(X * scale), fitted.pairwise(X))


def test_gaps_closer_together_than_the_width_are_told():
    X = patterns(3, 1950)
    X[1, ::25] = np.nan
    fitted = DeGelderSimilarity(width=0.6).fit(X)
    with pytest.warns(UserWarning, match=r"1 pattern\(s\) \(rows 1\) .* 24 of 1872 points"):
        fitted.pairwise(X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        DeGelderSimilarity(width=0.2).fit(X).pairwise(X)  # 16 of 25 points are left


def test_pair_with_nothing_left_beside_gaps_is_refused():
    X = patterns(3, 1950)
    X[1, ::25] = X[1, 1900:] = np.nan
    lenient = DeGelderSimilarity(width=0.6, overlap="nan").fit(X)
    with pytest.warns(UserWarning, match=r"4 score\(s\) are NaN"):
        matrix = lenient.pairwise(X[:2], X)
    np.testing.assert_array_equal(np.isnan(matrix), [[0, 1, 0], [1, 1, 1]])
    with (
        pytest.warns(match="less than half"),
        pytest.raises(ValueError, match="0 and 1 have nothing left"),
    ):
        DeGelderSimilarity(width=0.6).fit(X).pairwise(X)


@pytest.mark.parametrize("width", [0.1, 0.195, 0.6, 0.61])
def test_common_range_where_nothing_was_counted_scores_exactly_zero(width):
    X = patterns(2, 600)
    X[0, :300] = 0
    X[1, 250:] = np.nan
    assert DeGelderSimilarity(width, min_overlap=1).fit(X).pairwise(X)[0, 1] == 0
