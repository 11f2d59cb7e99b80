import gemmi
import numpy as np
import pytest
from scipy import stats

from xrpdsim.simulation.crystals._geometry import cartesian_axes
from xrpdsim.simulation.crystals._structure_factors import (
    centric_planes,
    draw_factors,
    mean_f_squared,
    possible_planes,
)

CELL = np.array([9.0, 12.0, 14.0, 90.0, 98.0, 90.0])


@pytest.mark.parametrize(("centric", "distribution"), [(False, stats.expon), (True, stats.chi2(1))])
def test_intensities_follow_wilson(centric, distribution):
    n_planes = 20_000
    mean = np.linspace(1.0, 5.0, n_planes)
    factors = draw_factors(mean, np.full(n_planes, centric), np.random.RandomState(0))
    normalised = np.abs(factors) ** 2 / mean
    assert stats.kstest(normalised, distribution.cdf).pvalue > 0.01
    if centric:
        assert np.isreal(factors).all()


def test_planes_are_allowed_and_complete():
    hkl = possible_planes(CELL, "P 1 21/c 1", 2.2)
    operations = gemmi.find_spacegroup_by_name("P 1 21/c 1").operations()
    assert not any(operations.is_systematically_absent(plane.tolist()) for plane in hkl)
    cell = gemmi.UnitCell(*CELL)
    assert cell.calculate_d_array(hkl).min() >= 2.2
    everything = gemmi.make_miller_array(
        cell, gemmi.find_spacegroup_by_name("P 1 21/c 1"), 2.2, unique=False
    )
    allowed = [p for p in everything if not operations.is_systematically_absent(p.tolist())]
    size = {tuple(op.apply_to_hkl(plane)) for plane in hkl.tolist() for op in operations}
    size |= {tuple(-i for i in plane) for plane in size}
    assert len(size) in (len(allowed), 2 * len(allowed))


def test_centric_planes_are_those_of_gemmi():
    hkl = possible_planes(CELL, "P 1 21 1", 2.5)
    centric = centric_planes(hkl, "P 1 21 1")
    np.testing.assert_array_equal(centric, hkl[:, 1] == 0)
    assert centric_planes(hkl, "P -1").all()


def test_the_mean_holds_epsilon():
    hkl = possible_planes(CELL, "P 1 21 1", 2.5)
    axes = cartesian_axes(CELL)
    ratio = mean_f_squared(hkl, axes, "P 1 21 1", 4.0) / mean_f_squared(hkl, axes, "P 1", 4.0)
    axial = (hkl[:, 0] == 0) & (hkl[:, 2] == 0)
    np.testing.assert_allclose(ratio, np.where(axial, 2.0, 1.0))


def test_the_mean_falls_with_displacement():
    hkl = possible_planes(CELL, "P -1", 2.2)
    axes = cartesian_axes(CELL)
    d = gemmi.UnitCell(*CELL).calculate_d_array(hkl)
    ratio = mean_f_squared(hkl, axes, "P -1", 6.0) / mean_f_squared(hkl, axes, "P -1", 4.0)
    np.testing.assert_allclose(ratio, np.exp(-2 * 2.0 / (2 * d) ** 2))


def test_stacking_raises_planes_along_its_direction_and_keeps_the_level():
    hkl = possible_planes(CELL, "P -1", 2.2)
    axes = cartesian_axes(CELL)
    direction = np.array([0.0, 0.0, 1.0])
    stacked = mean_f_squared(hkl, axes, "P -1", 4.0, direction)
    even = mean_f_squared(hkl, axes, "P -1", 4.0)
    vectors = hkl @ np.linalg.inv(axes)
    length = np.linalg.norm(vectors, axis=1)
    at_peak = np.abs(2 * np.pi * length - 1.92) < 0.08
    cosine = np.abs(vectors @ direction) / length
    assert (stacked > even)[at_peak & (cosine > 0.95)].all()
    assert (stacked < even)[at_peak & (cosine < 0.5)].all()
    np.testing.assert_allclose(stacked[length < 0.2], even[length < 0.2], rtol=1e-4)
