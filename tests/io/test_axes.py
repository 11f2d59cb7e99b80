"""What axes are called, and the way from q and d to 2theta."""

import pytest

from xrpdsim.io._axes import moves_two_theta


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
