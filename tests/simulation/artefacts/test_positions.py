import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrpdsim.simulation import Lines
from xrpdsim.simulation.artefacts.positions import (
    height_displacement,
    levels,
    line_strain,
    second_wavelength,
    strained,
    transmission_displacement,
)


@given(st.floats(3.0, 60.0), st.floats(-0.4, 0.4))
def test_transmission_displacement_is_the_geometry_of_the_circle(two_theta, displacement):
    # A ray from a point s before the centre, followed to the circle.
    radius, angle = 290.0, np.radians(two_theta)
    along = np.array([np.cos(angle), np.sin(angle)])
    origin = np.array([-displacement, 0.0])
    half = origin @ along
    reach = -half + np.sqrt(half**2 - displacement**2 + radius**2)
    x, y = origin + reach * along
    seen = np.degrees(np.arctan2(y, x))
    shift = transmission_displacement(two_theta, displacement, radius)
    assert two_theta + shift == pytest.approx(seen, abs=1e-4)


@given(st.floats(3.0, 60.0), st.floats(-0.4, 0.4))
def test_height_displacement_is_the_geometry_of_the_circle(two_theta, displacement):
    # The surface lies s below the axis and stays at theta to the beam, which meets it further on.
    radius, theta = 217.5, np.radians(two_theta) / 2
    beam, out = np.array([1.0, 0.0]), np.array([np.cos(2 * theta), np.sin(2 * theta)])
    met = displacement / np.sin(theta) * beam
    half = met @ out
    reach = -half + np.sqrt(half**2 - met @ met + radius**2)
    x, y = met + reach * out
    seen = np.degrees(np.arctan2(y, x))
    shift = height_displacement(two_theta, displacement, radius)
    assert two_theta + shift == pytest.approx(seen, abs=2e-3 * abs(shift) + 1e-3)


def test_displacement_follows_cos_theta():
    angle = np.array([5.0, 20.0, 40.0])
    shift = height_displacement(angle, 0.1, 217.5)
    cosine = np.cos(np.radians(angle) / 2)
    np.testing.assert_allclose(shift / shift[0], cosine / cosine[0])
    assert shift[0] == pytest.approx(-0.0526, abs=1e-4)


def test_a_plate_that_turns():
    shift = transmission_displacement(40.0, 0.1, 290.0, fixed_omega=False)
    assert shift == pytest.approx(np.degrees(2 * 0.1 * np.sin(np.radians(20)) / 290))


def test_strain_by_bragg():
    d = 1.5406 / (2 * np.sin(np.radians(15.0)))
    expected = 2 * np.degrees(np.arcsin(1.5406 / (2 * 1.004 * d)))
    assert strained(30.0, 0.004) == pytest.approx(expected)


def test_line_strain_moves_lines_as_the_strained_cell_does():
    lines = Lines.from_structure_factors(
        [[1, 0, 0], [0, 1, 1], [1, 1, -2], [2, 0, 1]],
        np.ones(4),
        cell=[7.1, 9.3, 11.2, 90, 103.0, 90],
        space_group="P 1 21/c 1",
    )
    tensor = np.array([[2.0, 0.7, -1.0], [0.7, -1.5, 0.4], [-1.0, 0.4, 3.0]]) * 1e-3
    symmetric = lines.symmetric_strain(tensor[None])
    ours = strained(lines.two_theta, line_strain(lines.directions, symmetric))[0]
    exact = lines.strained(tensor)
    for hkl, angle in zip(lines.hkl.tolist(), ours, strict=True):
        assert angle == pytest.approx(exact.two_theta[exact.hkl.tolist().index(hkl)], abs=2e-4)


def test_second_wavelength_by_bragg():
    d = 2.0
    first, second = (2 * np.degrees(np.arcsin(w / (2 * d))) for w in (1.540593, 1.544390))
    assert second_wavelength(first) == pytest.approx(second)


def test_levels_keep_the_mean_height():
    generator = np.random.default_rng(0)
    for _ in range(20):
        height, share = levels(0.2, generator)
        assert share.sum() == pytest.approx(1)
        assert height @ share == pytest.approx(0, abs=1e-12)
        assert 0.02 < np.ptp(height) <= 0.4
