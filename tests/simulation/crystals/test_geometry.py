import gemmi
import numpy as np
import pytest

from xrpdsim.simulation.crystals._geometry import (
    cartesian_axes,
    cell_parameters,
    orbit_keys,
    orbit_sizes,
    proper_rotations,
    smallest_spacing,
)


def test_axes_and_parameters_are_inverse_and_agree_with_gemmi():
    cell = [6.1, 7.4, 9.8, 82.0, 97.0, 104.0]
    axes = cartesian_axes(cell)
    np.testing.assert_allclose(axes, np.array(gemmi.UnitCell(*cell).orth.mat.tolist()), atol=1e-9)
    np.testing.assert_allclose(cell_parameters(axes), cell)


@pytest.mark.parametrize(
    "space_group",
    ["P -1", "P 1 21/c 1", "C 1 2/c 1", "P b c a", "I 41/a", "R -3:H", "P 63/m", "F m -3 m"],
)
def test_orbits_agree_with_all_operations_of_the_space_group(space_group):
    group = gemmi.find_spacegroup_by_name(space_group)
    rng = np.random.default_rng(0)
    hkl = rng.integers(-4, 5, size=(60, 3))
    hkl = hkl[hkl.any(axis=1)]
    for plane, size, key in zip(
        hkl, orbit_sizes(hkl, space_group), orbit_keys(hkl, space_group), strict=True
    ):
        orbit = {tuple(op.apply_to_hkl(plane.tolist())) for op in group.operations().sym_ops}
        orbit |= {tuple(-index for index in member) for member in orbit}
        assert size == len(orbit)
        assert set(orbit_keys(np.array(sorted(orbit)), space_group)) == {key}


@pytest.mark.parametrize("cell", [[5, 5, 5, 30, 30, 100], [0, 5, 5, 90, 90, 90]])
def test_impossible_cells_are_refused(cell):
    with pytest.raises(ValueError, match="no unit cell has the parameters"):
        cartesian_axes(cell)


def test_rotations_form_a_group_modulo_the_inversion():
    for symbol in ("P 1 21/c 1", "P n a 21", "I -4", "F m -3 m"):
        rotations = proper_rotations(symbol)
        known = {rotation.tobytes() for rotation in rotations}
        for first in rotations:
            assert np.linalg.det(first) == pytest.approx(1)
            assert {(first @ second).tobytes() for second in rotations} == known


def test_the_smallest_spacing_is_braggs():
    assert smallest_spacing(1.5406, 42.0) == pytest.approx(2.1495, abs=1e-4)
    for wavelength, angle in [(1.5406, 0.0), (1.5406, 181.0), (0.0, 42.0)]:
        with pytest.raises(ValueError, match="must"):
            smallest_spacing(wavelength, angle)
