import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrpdsim.patterns import CU_KALPHA1, Pattern, convert_two_theta, default_two_theta, to_grid


def gaussian(two_theta, centre, width=0.1):
    return np.exp(-0.5 * ((two_theta - centre) / width) ** 2)


@given(
    two_theta=st.floats(0.5, 60),
    first=st.floats(0.5, 1.6),
    second=st.floats(0.5, 1.6),
)
def test_conversion_keeps_the_plane_spacing(two_theta, first, second):
    converted = convert_two_theta(two_theta, first, second)
    d_spacing = first / (2 * np.sin(np.radians(two_theta / 2)))
    if second / (2 * d_spacing) <= 1:
        assert second / (2 * np.sin(np.radians(converted / 2))) == pytest.approx(d_spacing)
        assert convert_two_theta(converted, second, first) == pytest.approx(two_theta)
    else:
        assert np.isnan(converted)


def test_line_lies_where_bragg_says_at_any_wavelength():
    d_spacing = 4.26  # quartz 100
    for wavelength in (0.7093, 1.2, CU_KALPHA1, 1.78897):
        centre = 2 * np.degrees(np.arcsin(wavelength / (2 * d_spacing)))
        angles = np.arange(2.0, 60, 0.01)
        pattern = Pattern(angles, gaussian(angles, centre), wavelength)
        row = to_grid(pattern)
        expected = 2 * np.degrees(np.arcsin(CU_KALPHA1 / (2 * d_spacing)))
        # the nearest point of the grid is half a step of 0.02 away at most
        assert default_two_theta()[np.nanargmax(row)] == pytest.approx(expected, abs=0.011)


def test_what_was_not_measured_is_missing():
    angles = np.concatenate([np.arange(5.0, 15.001, 0.02), np.arange(20.0, 30.001, 0.02)])
    pattern = Pattern(angles, np.ones_like(angles), CU_KALPHA1, ranges=((5, 15), (20, 30)))
    grid = default_two_theta()
    row = to_grid(pattern)
    measured = ((grid >= 4.99) & (grid <= 15.011)) | ((grid >= 19.99) & (grid <= 30.011))
    np.testing.assert_array_equal(~np.isnan(row), measured)
    np.testing.assert_allclose(row[measured], 1)


def test_fine_scans_are_averaged_not_picked():
    rng = np.random.default_rng(0)
    angles = np.arange(3.0, 42, 0.001)
    noise = rng.normal(100, 10, angles.size)
    row = to_grid(Pattern(angles, noise, CU_KALPHA1))
    assert np.nanstd(row) == pytest.approx(10 / np.sqrt(20), rel=0.1)


def test_coarse_scans_are_interpolated():
    row = to_grid(Pattern([10, 10.1], [0, 10], CU_KALPHA1))
    inside = ~np.isnan(row)
    np.testing.assert_allclose(row[inside], np.linspace(0, 10, 6), atol=1e-9)


def test_scan_on_the_grid_is_left_alone():
    counts = np.random.default_rng(0).poisson(50, 1950).astype(float)
    row = to_grid(Pattern(default_two_theta(), counts, CU_KALPHA1))
    np.testing.assert_allclose(row, counts, atol=1e-6)


@pytest.mark.parametrize("step", [0.001, 0.005, 0.01, 0.0131, 0.02, 0.05])
def test_bins_of_the_common_grid_are_a_step_wide(step):
    grid = default_two_theta()
    # many of these lie on edges of bins, where a rounding decides
    angles = 3 + step * np.arange(int(38 / step))
    counts = np.random.default_rng(0).poisson(50, angles.size).astype(float)
    row = to_grid(Pattern(angles, counts, CU_KALPHA1))
    angles = convert_two_theta(angles, CU_KALPHA1)
    half = np.median(np.diff(grid)) / 2
    expected = np.interp(grid, angles, counts)
    if step < 0.015:
        starts = np.searchsorted(angles, grid - half)
        ends = np.searchsorted(angles, np.append(grid[1:] - half, grid[-1] + half))
        for k in np.flatnonzero(ends > starts):
            expected[k] = counts[starts[k] : ends[k]].mean()
    measured = ~np.isnan(row)
    np.testing.assert_array_equal(row[measured], expected[measured])


@pytest.mark.parametrize("centre", [8.0, 12.003, 14.5, 20.0, 30.02])
def test_lines_keep_their_place_on_an_uneven_grid(centre):
    grid = np.concatenate([np.arange(3, 15, 0.02), np.arange(15, 42, 0.05)])
    angles = np.arange(2.5, 43, 0.002)
    row = to_grid(Pattern(angles, gaussian(angles, centre, 0.08), CU_KALPHA1), grid)
    near = np.abs(grid - centre) < 0.45
    # a point of the scan on the edge of a bin moves it by half a step of the scan
    assert np.average(grid[near], weights=row[near]) == pytest.approx(centre, abs=0.0011)


def test_bins_end_midway_between_the_points_of_the_grid():
    angles = np.arange(5, 8, 0.001) + 0.0005
    row = to_grid(Pattern(angles, angles, CU_KALPHA1), [5.5, 5.6, 5.9, 6.0])
    # each value is the middle of its bin; the first and the last end as far on either side
    np.testing.assert_allclose(row, [5.5, (5.55 + 5.75) / 2, (5.75 + 5.95) / 2, 6.0], atol=1e-9)


def test_bins_do_not_reach_into_a_gap_of_the_grid():
    grid = np.concatenate([np.arange(5, 10, 0.02), np.arange(20, 30, 0.02)])
    angles = np.arange(4, 31, 0.002) + 0.001
    np.testing.assert_allclose(to_grid(Pattern(angles, angles, CU_KALPHA1), grid), grid, atol=1e-9)


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ([12.0, 11.0, 10.0], "two_theta must be finite and strictly increasing"),
        ([10.0, 10.0, 11.0], "two_theta must be finite and strictly increasing"),
        ([10.0, np.nan, 11.0], "two_theta must be finite and strictly increasing"),
        ([[10.0, 11.0], [12.0, 13.0]], r"shape \(2, 2\), but a grid is one-dimensional"),
        ([10.0], r"shape \(1,\), but .* at least two points"),
        ([], r"shape \(0,\), but .* at least two points"),
    ],
)
def test_what_is_no_grid_is_refused(grid, message):
    with pytest.raises(ValueError, match=message):
        to_grid(Pattern([5.0, 10.0, 15.0], [1, 2, 3], CU_KALPHA1), grid)


@pytest.mark.parametrize("wavelength", [np.float64(1.5406), np.float32(1.5), np.int64(1), 1])
def test_a_wavelength_is_a_plain_number(wavelength):
    pattern = Pattern([5.0, 6.0], [1, 2], wavelength=wavelength)
    assert type(pattern.wavelength) is float
    assert type(pattern.with_wavelength(wavelength).wavelength) is float


def test_unknown_wavelength_is_not_guessed():
    pattern = Pattern([5.0, 5.1], [1, 2], source="scan.xy")
    with pytest.raises(ValueError, match=r"scan\.xy: the wavelength is not known"):
        to_grid(pattern)
    assert to_grid(pattern.with_wavelength(1.5406)).shape == (1950,)


def test_scan_outside_the_grid():
    with pytest.raises(ValueError, match=r"covers 50\.00 to 51\.00 .* check the wavelength"):
        to_grid(Pattern([50.0, 50.5, 51.0], [1, 2, 1], CU_KALPHA1))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, 2.0], [1.0]), "intensity has shape"),
        (([1.0], [1.0]), "at least two points"),
        (([1.0, 1.0, 2.0], [1, 2, 3]), "must increase, but goes from 1 to 1 degrees at point 1"),
        (([1.0, 2.0], [1.0, np.nan]), "intensity is not finite at point 1"),
        (([1.0, 2.0], [1.0, 2.0], 154.06), "not a plausible X-ray wavelength"),
        (([1.0, 2.0], [1.0, 2.0], "CuKa1"), "wavelength='CuKa1' is not a number; .* 1.5406"),
    ],
)
def test_impossible_patterns(arguments, message):
    with pytest.raises(ValueError, match=message):
        Pattern(*arguments)


def test_scan_of_which_no_plane_spacing_diffracts_at_the_wavelength_of_the_grid():
    pattern = Pattern([90.0, 91.0, 92.0], [1, 2, 3], wavelength=0.7107, source="scan.xy")
    with pytest.raises(
        ValueError, match=r"scan\.xy: the scan covers 90\.00 to 92\.00 .* at 0\.7107 angstrom"
    ):
        to_grid(pattern)
