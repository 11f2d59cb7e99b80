import numpy as np
import pytest

from xrpdsim.io import PatternFileError


@pytest.mark.parametrize("kind", ["_COUNTS", "_2THETACOUNTS", "_CPS"])
def test_uxd_data_of_every_kind(kind, encode, expected, read):
    pattern = read(encode["uxd"](kind))
    np.testing.assert_allclose(pattern.two_theta, expected[0])
    np.testing.assert_allclose(pattern.intensity, expected[1])


def test_uxd_ranges(read):
    pattern = read(
        "_FILEVERSION=2\n_WL1=1.5\n_DRIVE='COUPLED'\n_STEPSIZE=0.5\n_START=5\n_COUNTS\n1 2 3\n"
        "_DRIVE='COUPLED'\n_STEPSIZE=0.25\n_START=9\n_COUNTS\n4 5 6\n"
    )
    assert pattern.ranges == ((5.0, 6.0), (9.0, 9.5))
    assert pattern.wavelength == 1.5


def test_uxd_refuses_other_axes_and_missing_points(encode, read):
    with pytest.raises(PatternFileError, match="'THETA', not 2theta"):
        read(encode["uxd"](drive="THETA"))
    with pytest.raises(PatternFileError, match="announces 62"):
        read(encode["uxd"]().replace(b"_STEPCOUNT=61", b"_STEPCOUNT=62"))


@pytest.mark.parametrize("name", ["udf", "cpi"])
def test_the_number_of_points_follows_from_the_range(name, encode, read):
    content = encode[name]()
    with pytest.raises(PatternFileError, match="announces 81 points but holds 61"):
        read(content.replace(b"8.0000", b"9.0000").replace(b"8.00", b"9.00"))


def test_cpi_decimal_commas(encode, expected, read):
    content = encode["cpi"]().replace(b"5.0\n", b"5,0\n").replace(b"0.05", b"0,05")
    np.testing.assert_allclose(read(content).two_theta, expected[0])


@pytest.mark.parametrize("axis", ["Q (Inverse Nanometres)", "X AXIS", "2-Theta (Radians)"])
def test_chi_refuses_other_axes(axis, encode, read):
    with pytest.raises(PatternFileError, match="axis is"):
        read(encode["chi"](axis))


def test_chi_counts_its_rows(encode, read):
    with pytest.raises(PatternFileError, match="announces 62"):
        read(encode["chi"]().replace(b"\n 61\n", b"\n 62\n"))


def test_uxd_with_blanks_around_the_sign_and_a_number_of_columns(encode, expected, read):
    content = encode["uxd"]().replace(b"=", b" = ").replace(b"_COUNTS\n", b"_COUNTS = 8\n")
    np.testing.assert_array_equal(read(content).intensity, expected[1])


def test_udf_without_slash_must_be_complete(encode, expected, read):
    content = encode["udf"]().replace(b"\n/\n", b"\n")
    np.testing.assert_array_equal(read(content).intensity, expected[1])
    for cut in (content[:-1], content[:-2], content[: content.rindex(b",")]):
        with pytest.raises(PatternFileError, match="cut off"):
            read(cut)


def test_uxd_wavelength_in_nanometres(encode, read):
    content = encode["uxd"]().replace(b"_WL1=1.540600", b"_WL_UNIT='nm'\n_WL1=0.154060")
    assert read(content).wavelength == pytest.approx(1.5406)
