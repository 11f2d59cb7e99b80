import numpy as np
import pytest

from xrpdsim.io import PatternFileError, PatternFileWarning


@pytest.mark.parametrize("kind", ["_COUNTS", "_2THETACOUNTS", "_CPS"])
def test_uxd_data_of_every_kind(kind, encode, expected, read):
    pattern = read(encode["uxd"](kind))
    np.testing.assert_allclose(pattern.two_theta, expected[0])
    np.testing.assert_allclose(pattern.intensity, expected[1])


@pytest.mark.filterwarnings("ignore::xrpdsim.io.PatternFileWarning")
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


def test_uxd_with_blanks_around_the_sign_and_a_number_of_columns(encode, expected, read):
    content = encode["uxd"]().replace(b"=", b" = ").replace(b"_COUNTS\n", b"_COUNTS = 8\n")
    np.testing.assert_array_equal(read(content).intensity, expected[1])


def test_uxd_wavelength_in_nanometres(encode, read):
    content = encode["uxd"]().replace(b"_WL1=1.540600", b"_WL_UNIT='nm'\n_WL1=0.154060")
    content = content.replace(b"_WL2=1.544400", b"_WL2=0.154440")
    assert read(content).wavelength == pytest.approx(1.5406)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("kind", ["_COUNTS", "_2THETACOUNTS"])
def test_line_ends_and_encodings_keep_the_wavelength(
    kind, line_end, encoding, encode, expected, read
):
    content = encode["uxd"](kind).decode().replace("\n", line_end).encode(encoding)
    pattern = read(content)
    assert pattern.metadata["format"] == "Bruker UXD"
    assert pattern.wavelength == 1.5406
    np.testing.assert_array_equal(pattern.intensity, expected[1])


def test_a_cut_file_that_announces_no_number_of_points_is_not_read_in_silence(encode, read):
    content = encode["uxd"]().replace(b"_STEPCOUNT=61\n", b"")
    cut = content[: content.rindex(b"\n", 0, -20) + 1]
    with pytest.warns(PatternFileWarning, match="whether it is complete cannot be told"):
        assert read(cut).two_theta.size < 61
