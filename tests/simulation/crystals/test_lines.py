import pickle

import gemmi
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xrpdsim.simulation import (
    Lines,
    in_environment,
    lorentz_polarisation,
    near_relative,
    polytype,
    virtual_crystal,
)
from xrpdsim.simulation.crystals._geometry import orbit_keys

TRICLINIC = np.array([6.1, 7.4, 9.8, 82.0, 97.0, 104.0])


def made(cell, space_group, d_min=2.2, seed=0):
    group = gemmi.find_spacegroup_by_name(space_group)
    hkl = gemmi.make_miller_array(gemmi.UnitCell(*cell), group, d_min)
    f_squared = np.random.default_rng(seed).exponential(size=len(hkl))
    return Lines.from_structure_factors(hkl, f_squared, cell=cell, space_group=space_group)


def test_spacings_and_normals_agree_with_gemmi():
    lines = made(TRICLINIC, "P -1")
    cell = gemmi.UnitCell(*TRICLINIC)
    np.testing.assert_allclose(lines.d_spacing, cell.calculate_d_array(lines.hkl), rtol=1e-12)
    vectors = lines.hkl @ np.array(cell.frac.mat.tolist())
    np.testing.assert_allclose(
        lines.directions, vectors / np.linalg.norm(vectors, axis=1, keepdims=True), atol=1e-12
    )
    np.testing.assert_allclose(lines.volume, cell.volume)
    np.testing.assert_allclose(lines.reciprocal_axes.T @ lines.axes, np.eye(3), atol=1e-12)


def test_intensity_is_multiplicity_times_f_squared_times_lp():
    lines = made(TRICLINIC, "P -1")
    angle = np.radians(lines.two_theta)
    lp = (1 + np.cos(angle) ** 2) / (np.sin(angle / 2) ** 2 * np.cos(angle / 2))
    np.testing.assert_allclose(lorentz_polarisation(lines.two_theta), lp)
    ratio = lines.intensity / (2 * lp * lines.f_squared)
    np.testing.assert_allclose(ratio, 1.0)
    assert lines.intensity.max() == pytest.approx(100)
    assert (np.diff(lines.two_theta) >= 0).all()


def test_equivalents_hold_every_member_of_the_orbit_equally_often():
    lines = made([7, 7, 11, 90, 90, 90], "I 41/a", d_min=3.0)
    for images, size in zip(lines.equivalents(), lines.multiplicity, strict=True):
        signed = {tuple(plane) for plane in images} | {tuple(-plane) for plane in images}
        assert len(signed) == size
        _, counts = np.unique(np.concatenate([images, -images]), axis=0, return_counts=True)
        assert len(set(counts)) == 1


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_strain_moves_each_line_along_its_direction(seed):
    lines = virtual_crystal(seed)
    raw = 1e-4 * np.random.default_rng(seed).standard_normal((3, 3))
    strain = lines.symmetric_strain(raw + raw.T)
    moved = lines.with_cell(lines.strained(strain).cell)
    by_orbit = dict(zip(orbit_keys(moved.hkl, moved.space_group), moved.d_spacing, strict=True))
    d = np.array([by_orbit[key] for key in orbit_keys(lines.hkl, lines.space_group)])
    # Planes of the normal n move by 1 / |(1 + strain)^-1 n|, to first order by n strain n.
    normals = np.linalg.solve(np.eye(3) + strain, lines.directions.T)
    expected = 1 / np.linalg.norm(normals, axis=0) - 1
    np.testing.assert_allclose(d / lines.d_spacing - 1, expected, atol=1e-9)


@pytest.mark.parametrize(
    ("cell", "space_group"),
    [
        ([7, 9, 11, 90, 105, 90], "P 1 21/c 1"),
        ([7, 9, 11, 90, 90, 90], "P 21 21 21"),
        ([8, 8, 12, 90, 90, 120], "R -3:H"),
        ([8, 8, 8, 90, 90, 90], "P a -3"),
    ],
)
def test_strain_keeps_the_symmetry(cell, space_group):
    lines = made(cell, space_group, d_min=3)
    strain = np.random.default_rng(1).normal(scale=0.01, size=(3, 3))
    strained = lines.strained(strain + strain.T).cell
    assert gemmi.UnitCell(*strained).is_compatible_with_spacegroup(
        gemmi.find_spacegroup_by_name(space_group), eps=1e-6
    )
    assert np.abs(strained - lines.cell).max() > 1e-3


def test_symmetric_strain_takes_stacks_and_is_a_projection():
    lines = made([7, 9, 11, 90, 105, 90], "P 1 21/c 1", d_min=3)
    stack = np.random.default_rng(2).standard_normal((5, 3, 3))
    stack += np.swapaxes(stack, 1, 2)
    symmetric = lines.symmetric_strain(stack)
    assert symmetric.shape == (5, 3, 3)
    np.testing.assert_allclose(symmetric[3], lines.symmetric_strain(stack[3]))
    np.testing.assert_allclose(lines.symmetric_strain(symmetric), symmetric, atol=1e-12)


def test_isotropic_strain_is_the_same_in_every_direction():
    lines = made(TRICLINIC, "P -1")
    larger = lines.strained(0.01 * np.eye(3))
    np.testing.assert_allclose(larger.d_spacing, 1.01 * lines.d_spacing)
    np.testing.assert_allclose(larger.f_squared / larger.f_squared[0],
                               lines.f_squared / lines.f_squared[0])  # fmt: skip


def test_another_wavelength_and_back():
    lines = made(TRICLINIC, "P -1")
    molybdenum = lines.with_wavelength(0.7093)
    np.testing.assert_allclose(molybdenum.d_spacing, lines.d_spacing)
    assert molybdenum.two_theta.max() < 20
    back = molybdenum.with_wavelength(1.5406)
    np.testing.assert_allclose(back.two_theta, lines.two_theta)
    np.testing.assert_allclose(back.intensity, lines.intensity)


def test_a_wavelength_too_long_for_a_plane_leaves_it_out():
    lines = made(TRICLINIC, "P -1")
    long = lines.with_wavelength(6.0)
    assert 0 < len(long) < len(lines)
    assert long.d_spacing.min() > 3.0


def test_where_lines_end_is_kept():
    lines = virtual_crystal(0, two_theta_max=50)
    assert lines.d_min == pytest.approx(1.5406 / (2 * np.sin(np.radians(25.0))))
    for moved in (
        lines.with_wavelength(0.7093),
        lines.strained(0.01 * np.eye(3)),
        in_environment(lines, temperature=100.0, random_state=0),
        near_relative(lines, random_state=0),
        polytype(lines, random_state=0),
        lines.up_to(20.0),  # cut on purpose
    ):
        assert moved.d_min == lines.d_min
    # at 4 angstrom planes below 2 no longer diffract
    assert lines.with_wavelength(4.0).with_wavelength(1.5406).d_min == 2.0


def test_lines_of_an_earlier_version_unpickle():
    lines = made(TRICLINIC, "P -1")
    del lines.__dict__["d_min"]
    assert pickle.loads(pickle.dumps(lines)).d_min == 0.0


def test_up_to_keeps_the_scale():
    lines = made(TRICLINIC, "P -1")
    part = lines.up_to(20.0)
    assert part.two_theta.max() <= 20
    np.testing.assert_array_equal(part.intensity, lines.intensity[: len(part)])


def test_lines_pickle():
    lines = made(TRICLINIC, "P -1")
    assert lines.directions is not None
    again = pickle.loads(pickle.dumps(lines))
    np.testing.assert_array_equal(again.two_theta, lines.two_theta)


def test_no_lines_is_allowed():
    empty = Lines.from_structure_factors([], [], cell=TRICLINIC, space_group="P -1")
    assert len(empty) == 0


def test_bad_lines_are_refused():
    good = {
        "hkl": [[1, 0, 0], [0, 1, 0]],
        "two_theta": [10.0, 12.0],
        "intensity": [100.0, 5.0],
        "multiplicity": [2, 2],
        "cell": TRICLINIC,
        "space_group": "P -1",
    }
    Lines(**good)
    with pytest.raises(ValueError, match="intensity has shape"):
        Lines(**{**good, "intensity": [1.0]})
    with pytest.raises(ValueError, match="ascend"):
        Lines(**{**good, "two_theta": [12.0, 10.0]})
    with pytest.raises(ValueError, match="'P 21/nonsense' is not a known"):
        Lines(**{**good, "space_group": "P 21/nonsense"})
