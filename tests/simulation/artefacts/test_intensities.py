import numpy as np
import pytest
from scipy.integrate import quad

from xrpdsim.simulation.artefacts.intensities import (
    absorption,
    beam_overflow,
    few_grains,
    polarisation,
)


def test_polarisation_by_hand():
    # At 2theta = 90 an unpolarised beam keeps half, one with A = 0.8 keeps 1 / 1.8.
    assert polarisation(90.0, 0.8) == pytest.approx(2 / 1.8)
    np.testing.assert_allclose(polarisation([10.0, 40.0], 1.0), 1)
    square = np.cos(np.radians(30.0)) ** 2
    expected = ((1 + 0.79 * square) / 1.79) / ((1 + square) / 2)
    assert polarisation(30.0, 0.79) == pytest.approx(expected)


@pytest.mark.parametrize("thickness", [0.1, 0.5, 2.0])
@pytest.mark.parametrize("two_theta", [0.0, 10.0, 40.0])
def test_absorption_is_the_mean_over_depth(thickness, two_theta):
    angle = np.radians(two_theta)

    def through(z):
        return np.exp(-thickness * (z + (1 - z) / np.cos(angle)))

    assert absorption(two_theta, thickness) == pytest.approx(quad(through, 0, 1)[0])


def test_absorption_of_a_plate_that_turns():
    # In and out the path is t / cos theta in all, and the beam meets 1 / cos theta more of it.
    theta = np.radians(20.0)
    expected = np.exp(-0.4 / np.cos(theta)) / np.cos(theta)
    assert absorption(40.0, 0.4, fixed_omega=False) == pytest.approx(expected)
    np.testing.assert_allclose(absorption([3.0, 40.0], 0.0), 1)


def test_beam_overflow_is_the_ratio_of_footprints():
    # A beam 1 mm wide on a sample 15 mm long.
    full = 2 * np.degrees(np.arcsin(1 / 15))
    footprint = 1 / np.sin(np.radians(4.0) / 2)
    assert beam_overflow(4.0, full) == pytest.approx(15 / footprint)
    np.testing.assert_array_equal(beam_overflow([3.0, 40.0], 0.0), 1)


def test_few_grains_scatter_as_one_over_the_root_of_their_number():
    generator = np.random.default_rng(0)
    factors = np.array([few_grains([2, 8], 10.0, generator) for _ in range(20_000)])
    np.testing.assert_allclose(factors.mean(axis=0), 1, atol=0.01)
    np.testing.assert_allclose(factors.std(axis=0), 1 / np.sqrt([20.0, 80.0]), rtol=0.03)
