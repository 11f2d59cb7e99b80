"""What axes are called, and the way from q and d to 2theta."""

import numpy as np
import pytest

from xrpdsim.io import PatternFileError
from xrpdsim.io._axes import in_two_theta, kind_of_axis, moves_two_theta
from xrpdsim.io._scan import Scan


@pytest.mark.parametrize(
    "axis",
    ["2Theta", "2\u03b8", "TwoTheta", "Gonio", "2Theta-Omega", "Omega-2Theta", "TwoThetaTheta",
     "Theta/2-Theta", "Coupled TwoTheta/Theta", "Locked Coupled", "2theta/theta", "COUPLED"],
)  # fmt: skip
def test_axes_that_move_2theta(axis):
    assert moves_two_theta(axis)


@pytest.mark.parametrize("axis", ["Omega", "Theta", "Phi", "Chi", "Q", "", "Rocking Curve", "time"])
def test_axes_that_do_not(axis):
    assert not moves_two_theta(axis)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("2th_deg", ("2theta", "deg")), ("2-Theta Angle (Degrees)", ("2theta", "deg")),
        ("2\u03b8 [\u00b0]", ("2theta", "deg")), ("Pos. [\u00b02Th.]", ("2theta", "deg")),
        ("Angle", ("2theta", "deg")), ("2th_rad", ("2theta", "rad")),
        ("q_nm^-1", ("q", "1/nm")), ("q (1/A)", ("q", "1/A")),
        ("Q / \u212b\u207b\u00b9", ("q", "1/A")),
        ("q(A-1)", ("q", "1/A")), ("Q (Inverse Nanometres)", ("q", "1/nm")), ("q", ("q", "")),
        ("q (m-1)", ("q", "")), ("d (A)", ("d", "A")), ("d-spacing [nm]", ("d", "nm")),
        ("d_spacing", ("d", "")), ("theta", ("other", "")), ("Energy (keV)", ("other", "")),
        ("counts", None), ("sample A", None), ("", None), ("q" * 200, None),
    ],
)  # fmt: skip
def test_names_of_axes(name, kind):
    assert kind_of_axis(name) == kind


def test_values_below_zero_are_no_q():
    with pytest.raises(PatternFileError, match="below 0"):
        in_two_theta(Scan([-1.0, 1.0, 2.0], [1, 2, 3], axis="q (1/A)"))


def test_columns_of_different_lengths_are_told():
    with pytest.raises(PatternFileError, match=r"3 values of q .* but 2"):
        in_two_theta(Scan([1.0, 2.0, 3.0], [1, 2], axis="q (1/A)"))
    with pytest.raises(PatternFileError, match="announces 4 points but holds 3"):
        in_two_theta(Scan([1.0, 2.0, 3.0], [1, 2, 3], axis="q (1/A)", n_declared=4))


def test_an_infinite_spacing_is_the_direct_beam():
    scan = in_two_theta(Scan([0.0, 1.0, 2.0], [1, 2, 3], axis="q (1/A)", wavelength=1.0))
    np.testing.assert_allclose(
        scan.two_theta, [0, *2 * np.degrees(np.arcsin(np.array([1, 2]) / (4 * np.pi)))]
    )


@pytest.mark.parametrize("wavelength", [0.4, 1.5406, 2.29])
def test_q_and_d_follow_braggs_law(wavelength):
    angles = np.linspace(1.0, 150.0, 400)
    d = wavelength / 2 / np.sin(np.radians(angles) / 2)
    for values, axis in (
        (d, "d (A)"), (d / 10, "d (nm)"), (2 * np.pi / d, "q (1/A)"), (20 * np.pi / d, "q (1/nm)")
    ):  # fmt: skip
        scan = in_two_theta(Scan(values, np.arange(400), axis=axis, wavelength=wavelength))
        # A rounding of sin(theta), 1e-16, grows by tan(theta) < 4 and in a few operations.
        np.testing.assert_allclose(scan.two_theta, angles, rtol=1e-13)
        np.testing.assert_array_equal(scan.intensity, np.arange(400))
