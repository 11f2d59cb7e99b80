import numpy as np
import pytest

from xrpdsim.io import PatternFileError


@pytest.mark.parametrize("axis", ["Q", "X AXIS", "Channel", "2-Theta (Gradians)"])
def test_other_axes_are_refused(axis, encode, read):
    with pytest.raises(PatternFileError, match="axis is"):
        read(encode["chi"](axis))


def test_q_and_radians_are_converted(encode, expected, read):
    q = read(encode["chi"]("Q (Inverse Nanometres)"))
    # The numbers of the sample, 5 to 8, are then in 1/nm.
    np.testing.assert_allclose(
        q.two_theta, 2 * np.degrees(np.arcsin(expected[0] / 10 * 1.5406 / (4 * np.pi)))
    )
    assert q.wavelength == 1.5406
    content = encode["chi"]("2-Theta (Radians)").replace(b"E+00", b"E-02")
    np.testing.assert_allclose(read(content).two_theta, np.degrees(expected[0] / 100))


def test_chi_counts_its_rows(encode, read):
    with pytest.raises(PatternFileError, match="announces 62"):
        read(encode["chi"]().replace(b"\n 61\n", b"\n 62\n"))
