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
