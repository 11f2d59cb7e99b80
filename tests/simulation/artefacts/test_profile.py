import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import voigt_profile

from xrpdsim.simulation.artefacts.profile import (
    LineWidths,
    pseudo_voigt,
    pseudo_voigt_transform,
    size_broadening,
    strain_broadening,
    thompson_cox_hastings,
)


@pytest.mark.parametrize(("gaussian", "lorentzian"), [(0.1, 0.02), (0.1, 0.1), (0.05, 0.2)])
def test_pseudo_voigt_stands_for_the_voigt_function(gaussian, lorentzian):
    sigma, gamma = gaussian / (2 * np.sqrt(2 * np.log(2))), lorentzian / 2
    top = voigt_profile(0, sigma, gamma)
    half = brentq(lambda x: voigt_profile(x, sigma, gamma) - top / 2, 0, 1)
    fwhm, mixing = thompson_cox_hastings(gaussian, lorentzian)
    assert fwhm == pytest.approx(2 * half, rel=3e-3)
    offset = np.linspace(-1, 1, 401)
    ours = pseudo_voigt(offset, fwhm, mixing)
    np.testing.assert_allclose(ours, voigt_profile(offset, sigma, gamma), atol=0.02 * top)


def test_pure_gaussian_and_pure_lorentzian():
    offset = np.linspace(-0.5, 0.5, 11)
    sigma = 0.2 / (2 * np.sqrt(2 * np.log(2)))
    np.testing.assert_allclose(pseudo_voigt(offset, 0.2, 0), voigt_profile(offset, sigma, 0))
    np.testing.assert_allclose(pseudo_voigt(offset, 0.2, 1), voigt_profile(offset, 0, 0.1))


@given(st.floats(0.02, 1.0), st.floats(0.0, 1.0))
def test_half_the_height_at_half_the_width(fwhm, mixing):
    top, half = pseudo_voigt([0.0, fwhm / 2], fwhm, mixing)
    assert half == pytest.approx(top / 2)


@pytest.mark.parametrize("mixing", [0.0, 0.4, 1.0])
def test_transform_is_the_fourier_integral(mixing):
    for frequency in (0.0, 0.7, 3.0):
        value, _ = quad(
            lambda x: 2 * pseudo_voigt(x, 0.3, mixing),
            0,
            np.inf if frequency == 0 else 400,
            weight=None if frequency == 0 else "cos",
            wvar=None if frequency == 0 else 2 * np.pi * frequency,
            limit=2000,
        )
        assert pseudo_voigt_transform(frequency, 0.3, mixing) == pytest.approx(value, abs=1e-5)


def test_size_and_strain_by_hand():
    # 0.9 * 1.5406 / (200 * cos 15 deg) rad, and 4 * 0.002 * tan 15 deg rad.
    assert size_broadening(20.0, 30.0) == pytest.approx(np.degrees(0.00717726), rel=1e-5)
    assert strain_broadening(0.002, 30.0) == pytest.approx(np.degrees(0.00214359), rel=1e-5)
    assert size_broadening(np.inf, 30.0) == 0


def test_caglioti_and_the_sum_of_lorentzian_widths():
    widths = LineWidths(w=0.01, u=0.02, v=-0.004, lorentzian=0.03, size=100.0, microstrain=0.001)
    tangent = np.tan(np.radians(20.0))
    expected = np.sqrt(0.02 * tangent**2 - 0.004 * tangent + 0.01)
    assert widths.gaussian_fwhm([40.0])[0, 0] == pytest.approx(expected)
    parts = 0.03 + size_broadening(100.0, 40.0) + strain_broadening(0.001, 40.0)
    assert widths.lorentzian_fwhm([40.0])[0, 0] == pytest.approx(parts)


def test_an_impossible_instrument_is_refused():
    with pytest.raises(ValueError, match="not positive at every angle"):
        LineWidths(w=0.01, v=-1.0).gaussian_fwhm([40.0])
