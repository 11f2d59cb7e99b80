import numpy as np
import pandas as pd
import pytest

from xrpdsim.sorting import flag_patterns

TWO_THETA = 3 + 0.02 * np.arange(1950)


def lines(height, *angles, width=0.1):
    return sum(height * np.exp(-(((TWO_THETA - angle) / width) ** 2)) for angle in angles)


def halo(height):
    return height * np.exp(-(((TWO_THETA - 20) / 6) ** 2))


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_amorphous_patterns_are_those_without_lines(rng):
    X = rng.poisson([10 + halo(1000), 10 + halo(1000) + lines(800, 12, 24), 10 + lines(500, 12)])
    assert flag_patterns(X).amorphous.tolist() == [True, False, False]


def test_angles_in_columns_are_the_grid(rng):
    grid = 5 + 0.01 * np.arange(1950)
    counts = rng.poisson(30 + halo(1000) + lines(300, 12, 24), (3, 1950)).astype(float)
    frame = pd.DataFrame(counts, columns=grid)
    stated = flag_patterns(counts, two_theta=grid)
    for name, column in vars(flag_patterns(frame)).items():
        np.testing.assert_array_equal(column, getattr(stated, name))
    with pytest.raises(ValueError, match=r"the columns of X are 5 to 24\.49 degrees"):
        flag_patterns(frame, two_theta=TWO_THETA)


def test_noise_alone_is_no_crystal(rng):
    assert flag_patterns(rng.poisson(100, (5, 1950)).astype(float)).amorphous.all()


def test_simulated_screens_are_told_apart(mixed_screen):
    found = flag_patterns(mixed_screen.X).amorphous
    assert (found == (mixed_screen.form == "amorphous")).mean() > 0.95


def test_few_counts_are_weak(rng):
    X = rng.poisson([20 + lines(40, 12, 24), 20 + lines(10_000, 12, 24)])
    assert flag_patterns(X).weak.tolist() == [True, False]


def test_a_line_with_a_flat_top_is_saturated(rng):
    counted = rng.poisson(20 + lines(10_000, 12, 24)).astype(float)
    X = np.array([counted, np.minimum(counted, 6000)])
    assert flag_patterns(X).saturated.tolist() == [False, True]


def test_a_cut_scan_says_how_much_was_measured(rng):
    X = rng.poisson([20 + lines(1000, 12, 24)] * 2).astype(float)
    X[1, 975:] = np.nan
    found = flag_patterns(X)
    assert found.cut.tolist() == [False, True]
    np.testing.assert_allclose(found.coverage, [1, 0.5])
    assert found.names(1) == ["cut"]


def test_flags_do_not_depend_on_the_scale(rng):
    X = rng.poisson([20 + halo(500) + lines(300, 12, 24), 20 + halo(500)]).astype(float)
    first, second = flag_patterns(X), flag_patterns(X * 1e-3)
    np.testing.assert_allclose(first.line_share, second.line_share)
    np.testing.assert_allclose(first.line_over_noise, second.line_over_noise)


def test_masked_points_are_not_measured(rng):
    counts = rng.poisson(30 + lines(300, 12, 24), (3, 1950)).astype(float)
    masked = np.ma.masked_array(counts, np.zeros(counts.shape, dtype=bool))
    masked[:, :500] = np.ma.masked
    cut = np.where(masked.mask, np.nan, counts)
    for name, column in vars(flag_patterns(cut)).items():
        np.testing.assert_array_equal(column, getattr(flag_patterns(masked), name))
