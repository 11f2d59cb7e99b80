import numpy as np
import pytest

from xrpdsim.io import PatternFileError, PatternFileWarning


def test_deviations_in_brackets(encode, expected, read):
    pattern = read(encode["pdcif"]())
    np.testing.assert_allclose(pattern.esd, np.round(expected[1] ** 0.5))
    assert pattern.sample == "SAMPLE"


def test_listed_angles_and_decimals_of_deviations(read):
    pattern = read(
        "data_a\nloop_\n_pd_meas_2theta_scan\n_pd_meas_intensity_total\n5.0 12.50(15)\n"
        "5.1 13.0(2)\n5.3 1.2e2(3)\n"
    )
    np.testing.assert_allclose(pattern.two_theta, [5.0, 5.1, 5.3])
    np.testing.assert_allclose(pattern.intensity, [12.5, 13, 120])
    np.testing.assert_allclose(pattern.esd, [0.15, 0.2, 30])


def test_a_deviation_of_zero_loses_no_others(read):
    loop = "data_a\nloop_\n_pd_meas_2theta_scan\n_pd_meas_intensity_total\n"
    assert read(f"{loop}5.0 12.50(15)\n5.1 0(0)\n5.3 9(3)\n").esd.tolist() == [0.15, 0, 3]
    assert read(f"{loop}5.0 12(0)\n5.1 0(0)\n5.3 9(0)\n").esd is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("_pd_meas_number_of_points 61", "_pd_meas_number_of_points 62", "announces 62"),
        ("_pd_meas_2theta_range_max 8.0000", "_pd_meas_2theta_range_max 9.0", "end at 8"),
        ("_pd_meas_2theta_range_inc 0.05", "_pd_meas_2theta_range_inc ?", "no 2theta"),
        ("_pd_meas_counts_total", "_pd_calc_intensity_total", "no measured powder profile"),
        ("200(14)", ".", "not given at every point"),
        ("200(14)", "200(x)", "not a number"),
    ],
)
def test_refusals(old, new, message, encode, read):
    content = encode["pdcif"]().decode()
    assert old in content
    with pytest.raises(PatternFileError, match=message):
        read(content.replace(old, new, 1))


def test_a_structure_is_no_pattern(read):
    with pytest.raises(PatternFileError, match="a structure is no pattern"):
        read("data_x\n_cell_length_a 5.0\n")


def test_neutrons_are_told(encode, read):
    content = encode["pdcif"]() + b"_diffrn_radiation_probe neutron\n"
    with pytest.warns(PatternFileWarning, match="neutrons"):
        read(content)


def test_the_spelling_of_cif_2(encode, expected, read):
    content = encode["pdcif"]().replace(b"_pd_meas_", b"_pd_meas.")
    np.testing.assert_array_equal(read(content).intensity, expected[1])
