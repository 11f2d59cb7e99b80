"""Peaks against lines whose angles are known: simulated ones, and LaB6 of NIST."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from xrpdsim.io import read_pattern
from xrpdsim.patterns import CU_KALPHA1, Pattern, convert_two_theta, to_grid
from xrpdsim.preprocessing.peaks import PeakList, find_peaks
from xrpdsim.simulation import simulate_patterns, virtual_crystal

TWO_THETA = 3 + 0.02 * np.arange(1950)
VENDOR_FILES = Path(__file__).parents[3] / "../shared/data/vendor_files"


def gaussians(two_theta, lines, width=0.1, background=100.0):
    counts = np.full(two_theta.shape, background)
    for angle, height in lines:
        counts += height * np.exp(-4 * np.log(2) * ((two_theta - angle) / width) ** 2)
    return counts


def alone(lines, first, last):
    """The lines of a crystal above 5 % that have no neighbour worth mention within 0.35 degrees."""
    near = np.abs(lines.two_theta[:, None] - lines.two_theta) < 0.35
    enough = (lines.intensity >= 5) & (near @ lines.intensity < 1.02 * lines.intensity)
    return lines.two_theta[enough & (lines.two_theta > first) & (lines.two_theta < last)]


@pytest.mark.parametrize(("preset", "bound"), [("ideal", 0.002), ("transmission", 0.012)])
def test_lines_of_crystals_are_found_where_they_are(preset, bound):
    still = {"displacement": 0, "zero_error": 0, "axial_sample": 0, "axial_detector": 0}
    still |= {f"strain_{axes}": 0 for axes in ("xx", "yy", "zz", "xy", "xz", "yz")}
    n_lines = 0
    for seed in range(6):
        crystal = virtual_crystal(random_state=seed)
        X, drawn = simulate_patterns(
            crystal, preset=preset, random_state=seed, return_parameters=True
        )
        # what the instrument shifts is put back; what is left is the error of the search
        drawn |= {name: 0 * drawn[name] for name in still if name in drawn}
        if "counts" in drawn:
            drawn["counts"] = np.array([20_000.0])
        X = simulate_patterns(crystal, preset=preset, parameters=drawn)
        measured = ~np.isnan(X[0])
        peaks = find_peaks(Pattern(TWO_THETA[measured], X[0][measured], wavelength=CU_KALPHA1))
        first, last = TWO_THETA[measured][[0, -1]]
        for angle in alone(crystal, first + 0.5, last - 0.5):
            assert np.abs(peaks.two_theta - angle).min() < bound
            n_lines += 1
    assert n_lines > 20


@pytest.mark.skipif(not VENDOR_FILES.is_dir(), reason="the files are not there")
def test_lines_of_lanthanum_hexaboride_lie_as_its_certificate_says():
    path = VENDOR_FILES / "pdcif/nist_srm660c_100a.cif"
    pattern = read_pattern(path, scan=0, default_wavelength="CuKa1")
    peaks = find_peaks(pattern)
    # primitive cubic, 4.156826 angstrom (certificate of SRM 660c)
    squares = [h * h + k * k + m * m for h in range(6) for k in range(h + 1) for m in range(k + 1)]
    sine = CU_KALPHA1 * np.sqrt(np.unique(squares)[1:]) / (2 * 4.156826)
    expected = np.degrees(2 * np.arcsin(sine[sine < 1]))
    expected = expected[(expected > 20.5) & (expected < 150)]
    assert peaks.two_theta.shape == expected.shape
    assert peaks.n_kalpha2 > 15
    # the scan as measured is shifted as a whole
    error = peaks.two_theta - expected
    assert np.abs(error - np.median(error)).max() < 0.008


def test_heights_are_those_above_the_background():
    lines = [(8.013, 900.0), (12.5, 300.0), (21.111, 90.0)]
    peaks = find_peaks(Pattern(TWO_THETA, gaussians(TWO_THETA, lines), wavelength=CU_KALPHA1))
    np.testing.assert_allclose(peaks.two_theta, [8.013, 12.5, 21.111], atol=0.001)
    np.testing.assert_allclose(peaks.height, [900, 300, 90], rtol=0.02)
    np.testing.assert_allclose(peaks.intensity, [100, 100 / 3, 10], rtol=0.02)
    np.testing.assert_allclose(
        peaks.d_spacing, CU_KALPHA1 / 2 / np.sin(np.radians(peaks.two_theta / 2))
    )


@pytest.mark.parametrize("level", [3, 30, 1000])
def test_noise_has_hardly_any_peaks(level):
    rng = np.random.default_rng(0)
    halo = level * (1 + np.exp(-(((TWO_THETA - 20) / 8) ** 2)))
    patterns = [Pattern(TWO_THETA, rng.poisson(halo), wavelength=CU_KALPHA1) for _ in range(20)]
    assert sum(len(find_peaks(pattern)) for pattern in patterns) <= 10


@pytest.mark.parametrize("step", [0.02, 0.025, 0.03, 0.04, 0.05])
@pytest.mark.parametrize("first", [3.0, 3.01])
def test_a_scan_brought_to_a_finer_grid_has_no_more_peaks(step, first):
    angles = np.arange(first, 42, step)
    lines = [(8, 3000), (11.3, 800), (15.1, 400), (19.7, 1500), (24.4, 300), (30.2, 600)]
    counts = np.random.default_rng(2).poisson(gaussians(angles, lines, width=0.15))
    scan = Pattern(angles, counts, wavelength=CU_KALPHA1)
    brought = to_grid(scan, TWO_THETA)
    measured = ~np.isnan(brought)
    on_grid = Pattern(TWO_THETA[measured], brought[measured], wavelength=CU_KALPHA1)
    for peaks in (find_peaks(scan), find_peaks(on_grid, measured_step=step)):
        np.testing.assert_allclose(peaks.two_theta, [place for place, _ in lines], atol=0.03)


def test_scale_of_the_counts_changes_nothing():
    rng = np.random.default_rng(1)
    counts = rng.poisson(gaussians(TWO_THETA, [(10, 2000), (20, 100), (25, 400)])).astype(float)
    one = find_peaks(Pattern(TWO_THETA, counts, wavelength=CU_KALPHA1))
    other = find_peaks(Pattern(TWO_THETA, 1e-4 * counts, wavelength=CU_KALPHA1))
    np.testing.assert_allclose(one.two_theta, other.two_theta, atol=1e-9)
    np.testing.assert_allclose(one.intensity, other.intensity, rtol=1e-6)


def doublet(angles, heights, two_theta):
    second = convert_two_theta(angles, CU_KALPHA1, 1.544427)
    lines = [*zip(angles, heights, strict=True), *zip(second, np.divide(heights, 2), strict=True)]
    return gaussians(two_theta, lines, width=0.06)


def test_lines_of_kalpha2_are_left_out_where_all_lines_have_one():
    two_theta = np.arange(20, 80, 0.01)
    angles, heights = [35.0, 47.2, 61.3, 70.4], [1000.0, 600.0, 400.0, 800.0]
    both = find_peaks(
        Pattern(two_theta, doublet(angles, heights, two_theta), wavelength=CU_KALPHA1)
    )
    np.testing.assert_allclose(both.two_theta, angles, atol=0.003)
    assert both.n_kalpha2 == 4
    # one line that happens to stand where a K-alpha2 would
    chance = [
        *zip(angles, heights, strict=True),
        (convert_two_theta(47.2, CU_KALPHA1, 1.5444), 300),
    ]
    one = find_peaks(
        Pattern(two_theta, gaussians(two_theta, chance, width=0.06), wavelength=CU_KALPHA1)
    )
    assert len(one) == 5
    assert one.n_kalpha2 == 0


def test_gaps_and_uneven_steps_are_no_peaks():
    two_theta = np.concatenate([np.arange(5, 15, 0.02), np.arange(20, 30, 0.031)])
    counts = gaussians(two_theta, [(8, 500), (24.5, 800)]) + 300 * (two_theta > 17)
    pattern = Pattern(two_theta, counts, 1.5406, ranges=((5, 15), (20, 30)))
    np.testing.assert_allclose(find_peaks(pattern).two_theta, [8, 24.5], atol=0.003)


def test_a_pattern_without_lines_has_none():
    flat = find_peaks(Pattern(TWO_THETA, np.full(TWO_THETA.shape, 7.0), wavelength=CU_KALPHA1))
    short = find_peaks(Pattern([5, 5.1, 5.2], [1, 9, 1], wavelength=CU_KALPHA1))
    assert len(flat) == len(short) == 0
    assert short.one_line().endswith("no peaks")
    assert short.table().rows() == []


def test_the_strongest_stay_in_the_order_of_their_angles():
    peaks = PeakList(np.array([5.0, 7.0, 9.0]), np.array([50.0, 20.0, 100.0]), np.ones(3))
    assert peaks.strongest(2).two_theta.tolist() == [5.0, 9.0]
    assert len(peaks.strongest(9)) == 3


def test_bad_input_is_named():
    pattern = Pattern(TWO_THETA, gaussians(TWO_THETA, [(8, 100)]), source="a.xy")
    with pytest.raises(ValueError, match=r"a\.xy does not name its wavelength"):
        find_peaks(pattern)
    with pytest.raises(ValueError, match="min_intensity=-1 must be"):
        find_peaks(pattern.with_wavelength(1.5406), min_intensity=-1)
    with pytest.raises(ValueError, match=r"measured_step=0 must be"):
        find_peaks(pattern.with_wavelength(1.5406), measured_step=0)


def test_arrays_are_no_pattern():
    with pytest.raises(TypeError, match=r"must be a Pattern, got ndarray; make one: Pattern\("):
        find_peaks(np.ones(100))


def test_a_pattern_without_noise_has_peaks_and_no_warning():
    two_theta = np.arange(5, 40, 0.02)
    counts = gaussians(two_theta, [(15, 1e5), (20, 3e4)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        peaks = find_peaks(Pattern(two_theta, counts, wavelength=CU_KALPHA1))
    assert peaks.two_theta == pytest.approx([15, 20])
