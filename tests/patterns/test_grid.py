import warnings

import numpy as np
import pandas as pd
import pytest

from xrpdsim.patterns import (
    GridWarning,
    angles_in_columns,
    check_grid,
    check_same_grid,
    default_two_theta,
    grid_in_force,
)


@pytest.mark.parametrize(
    ("grid", "message"), [([1, 2], "shape"), ([1, 3, 2], "increasing"), ([1, np.nan, 2], "finite")]
)
def test_bad_grids(grid, message):
    with pytest.raises(ValueError, match=message):
        check_grid(grid, 3)


def frame(columns):
    return pd.DataFrame(np.zeros((1, len(columns))), columns=columns)


@pytest.mark.parametrize(
    "columns", [[3.0, 3.02, 3.04], ["3.00", "3.02", "3.04"], [np.float32(3), 3.02, " 3.04 "]]
)
def test_numbers_in_columns_are_angles(columns):
    np.testing.assert_allclose(angles_in_columns(frame(columns)), [3, 3.02, 3.04])


@pytest.mark.parametrize(
    "columns",
    [
        ["a", "b", "c"],
        ["3.00", "3.02", "sample"],
        ["3.00", "3.02", "nan"],
        [0, 1, 2],
        [300, 302, 304],
        ["0", "1", "2"],
        [None, 3.02, 3.04],
    ],
)
def test_names_and_counts_of_columns_are_no_angles(columns):
    assert angles_in_columns(frame(columns)) is None


def test_arrays_have_no_names():
    assert angles_in_columns(np.zeros((2, 3))) is None
    assert angles_in_columns([[1.0, 2.0]]) is None


@pytest.mark.parametrize("columns", [[3.04, 3.02, 3.0], [3.1, 3.1, 3.2], [-0.5, 1], [90.5, 200]])
def test_numbers_that_cannot_be_angles_are_refused(columns):
    with pytest.raises(ValueError, match="no increasing angles between 0 and 180"):
        angles_in_columns(frame(columns))


def test_columns_and_two_theta_must_agree_within_half_a_step():
    grid = 5 + 0.0131 * np.arange(100)
    rounded = frame([f"{angle:.2f}" for angle in 5 + 0.02 * np.arange(100)])
    np.testing.assert_array_equal(
        grid_in_force(frame([f"{angle:.3f}" for angle in grid]), grid, 100), grid
    )
    with pytest.raises(ValueError, match=r"columns of X are 5 to 6.98 .* in force is 5 to 6.2969"):
        grid_in_force(rounded, grid, 100)
    check_same_grid(grid + 0.0065, grid)
    with pytest.raises(ValueError, match="bring the patterns to that grid"):
        check_same_grid(grid + 0.0066, grid)


def test_grid_that_nobody_gave_is_questioned_only_where_it_matters():
    X = np.zeros((1, 975))
    with pytest.warns(GridWarning, match="Baseline takes the 975 points .* 3 to 22.48") as caught:
        found = grid_in_force(X, None, 975, asked_by="Baseline")
    np.testing.assert_array_equal(found, default_two_theta(975))
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        grid_in_force(X, None, 975)
        grid_in_force(X, default_two_theta(975), 975, asked_by="Baseline")
        grid_in_force(np.zeros((1, 1950)), None, 1950, asked_by="Baseline")
        grid_in_force(frame(3 + 0.04 * np.arange(975)), None, 975, asked_by="Baseline")
