import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from xrpdsim.simulation import Lines
from xrpdsim.simulation.artefacts.texture import (
    azimuth_average,
    draw_axes,
    march_dollase,
    texture_factors,
)

CELL = [7.0, 9.0, 11.0, 90.0, 90.0, 90.0]


def orthorhombic():
    hkl = [[1, 0, 0], [0, 1, 0], [0, 0, 2], [1, 1, 0], [1, 1, 1], [0, 2, 1]]
    return Lines.from_structure_factors(hkl, np.ones(6), cell=CELL, space_group="P 21 21 21")


def row_of(lines, hkl):
    return lines.hkl.tolist().index(hkl)


@given(st.floats(0.2, 4.0))
def test_march_dollase_has_mean_one_over_the_sphere(r):
    mean, _ = quad(lambda cosine: march_dollase(cosine, r), 0, 1)
    assert mean == pytest.approx(1)


@pytest.mark.parametrize("r", [0.3, 0.7, 1.8])
@pytest.mark.parametrize("inclination", [0.0, 40.0, 75.0, 90.0])
@pytest.mark.parametrize("psi", [0.0, 25.0, 60.0, 90.0])
def test_azimuth_average_is_the_integral(r, inclination, psi):
    def weight(phi):
        a, b = np.radians(psi), np.radians(inclination)
        cosine = np.cos(a) * np.cos(b) + np.sin(a) * np.sin(b) * np.cos(phi)
        return (r**2 * cosine**2 + (1 - cosine**2) / r) ** -1.5

    mean = quad(weight, 0, np.pi)[0] / np.pi
    assert azimuth_average(np.cos(np.radians(psi)), r, inclination) == pytest.approx(mean, rel=2e-3)


def test_against_crystallites_turned_at_random():
    # Axes are drawn from the March-Dollase distribution by weights; a line counts the crystallites
    # whose plane normal points along the scattering vector.
    generator = np.random.default_rng(0)
    lines = orthorhombic()
    vectors = generator.standard_normal((400_000, 4))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    w, x, y, z = vectors.T
    turned_axis = np.stack([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)], 1)
    for inclination in (0.0, 80.0):
        chi = np.radians(inclination)
        sample_axis = np.array([np.sin(chi), 0.0, np.cos(chi)])
        weight = march_dollase(turned_axis @ sample_axis, 0.6)
        normal = lines.directions[row_of(lines, [0, 2, 1])]
        # The axis is [001] of the crystal; the third row of the rotation gives the normal's z.
        turned_normal_z = (
            2 * (x * z - w * y) * normal[0]
            + 2 * (y * z + w * x) * normal[1]
            + (1 - 2 * (x * x + y * y)) * normal[2]
        )
        stands_right = turned_normal_z > np.cos(np.radians(4.0))
        expected = weight[stands_right].mean()
        ours = texture_factors(lines, [[0, 0, 1]], [0.6], inclination)[0]
        assert ours[row_of(lines, [0, 2, 1])] == pytest.approx(expected, rel=0.05)


def test_plates_in_reflection_and_transmission():
    lines = orthorhombic()
    plate = row_of(lines, [0, 0, 2])
    assert texture_factors(lines, [[0, 0, 1]], [0.4])[0, plate] == pytest.approx(15.625)
    across = texture_factors(lines, [[0, 0, 1]], [0.4], 90.0)[0, plate]
    assert across == pytest.approx(0.4**1.5, rel=1e-6)


def test_needles_in_transmission_gain_along_their_axis():
    lines = orthorhombic()
    needle, across = row_of(lines, [1, 0, 0]), row_of(lines, [0, 1, 0])
    factors = texture_factors(lines, [[1, 0, 0]], [2.0], 90.0)[0]
    assert factors[needle] == pytest.approx(2.0**1.5, rel=1e-6)
    assert factors[across] < 1


@pytest.mark.parametrize("inclination", [0.0, 90.0])
def test_more_texture_moves_intensity_monotonically(inclination):
    lines = orthorhombic()
    r = np.array([1.0, 0.9, 0.7, 0.5, 0.3])
    factors = texture_factors(lines, np.tile([0, 0, 1], (5, 1)), r, inclination)
    change = np.diff(factors[:, row_of(lines, [0, 0, 2])])
    assert (change > 0).all() if inclination == 0 else (change < 0).all()
    np.testing.assert_allclose(factors[0], 1)


def test_equivalent_planes_share_one_factor():
    cubic = Lines.from_structure_factors(
        [[1, 0, 0], [1, 1, 1]], [1.0, 1.0], cell=[8, 8, 8, 90, 90, 90], space_group="P m -3 m"
    )
    # Of six faces of a cube, two lie along the axis: (r^-3 + 2 r^1.5) / 3.
    factors = texture_factors(cubic, [[1, 0, 0]], [0.5])[0]
    assert factors[0] == pytest.approx((0.5**-3 + 2 * 0.5**1.5) / 3)


def test_axes_are_planes_of_the_crystal_and_keep_to_the_habit():
    lines = orthorhombic()
    same = draw_axes(lines, 50, 1.0, np.random.default_rng(0))
    assert (same == same[0]).all()
    varied = draw_axes(lines, 200, 0.0, np.random.default_rng(0))
    assert len(np.unique(varied, axis=0)) > 2
    assert all(axis in lines.hkl.tolist() for axis in varied.tolist())
