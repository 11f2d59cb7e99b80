import numpy as np
import pytest

from xrpdsim.datasets import make_screening_campaign
from xrpdsim.patterns import CU_KALPHA1
from xrpdsim.sorting import Screen, sort_screen
from xrpdsim.sorting.screens._other_wavelengths import as_if_measured_at

COBALT = 1.788996


@pytest.fixture(scope="module")
def screen():
    """Two forms; two patterns of the second were measured with cobalt and are said to be copper."""
    campaign = make_screening_campaign(1, 2, 24, preset="transmission", random_state=3)
    X = campaign.X.copy()
    wrong = np.flatnonzero(campaign.form == "II")[:1]
    for row in wrong:
        X[row] = as_if_measured_at(X[row], campaign.two_theta, COBALT, CU_KALPHA1)
    files = [f"{row:02d}.xy" for row in range(24)]
    wavelengths = np.full(24, CU_KALPHA1)
    return Screen(X, campaign.two_theta, files, wavelengths=wavelengths), wrong, campaign


def asked(found):
    return {
        row: reason
        for row, reasons in found.review.items()
        for reason in reasons
        if "check the wavelength" in reason
    }


def test_a_wrong_wavelength_is_named(screen):
    patterns, wrong, campaign = screen
    found = sort_screen(patterns)
    reasons = asked(found)
    assert set(reasons) == set(wrong.tolist())
    right = found.group_of(int(np.flatnonzero(campaign.form == "II")[-1]))
    for reason in reasons.values():
        assert reason.startswith(f"would match {right} ")
        assert "Co Kα1 (1.78900 angstrom)" in reason


def test_right_wavelengths_raise_no_question(screen):
    patterns, wrong, _ = screen
    keep = np.setdiff1d(np.arange(24), wrong)
    files = [patterns.files[row] for row in keep]
    wavelengths = np.full(len(keep), CU_KALPHA1)
    right = Screen(patterns.X[keep], patterns.two_theta, files, wavelengths=wavelengths)
    assert asked(sort_screen(right)) == {}


def test_angles_follow_bragg_and_gaps_stay_gaps():
    two_theta = 5 + 0.02 * np.arange(1500)
    pattern = np.exp(-(((two_theta - 15) / 0.1) ** 2))
    pattern[1000:1100] = np.nan
    moved = as_if_measured_at(pattern, two_theta, CU_KALPHA1, COBALT)
    expected = 2 * np.degrees(np.arcsin(np.sin(np.radians(7.5)) * CU_KALPHA1 / COBALT))
    assert two_theta[np.nanargmax(moved)] == pytest.approx(expected, abs=0.02)
    assert np.isnan(moved).sum() > 50
    again = as_if_measured_at(moved, two_theta, COBALT, CU_KALPHA1)
    both = np.isfinite(again)
    np.testing.assert_allclose(again[both], pattern[both], atol=0.05)
