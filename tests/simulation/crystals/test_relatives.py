import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xrpdsim.simulation import Lines, near_relative, virtual_crystal, virtual_family
from xrpdsim.simulation.crystals._geometry import orbit_keys
from xrpdsim.simulation.crystals._structure_factors import mean_f_squared
from xrpdsim.simulation.crystals.relatives import KINSHIPS, draw_kinship


def principal_strains(first, second):
    """Of the small symmetric strain between two cells."""
    deformation = second.axes @ np.linalg.inv(first.axes)
    left = deformation.T @ deformation
    return np.sqrt(np.linalg.eigvalsh(left)) - 1


def shared_normalised(first, second):
    """|F|^2 over what crystals of this cell have on average, of the planes both have."""
    keys = [orbit_keys(lines.hkl, lines.space_group) for lines in (first, second)]
    _, *rows = np.intersect1d(*keys, return_indices=True)
    normalised = []
    for lines, shared in zip((first, second), rows, strict=True):
        mean = mean_f_squared(lines.hkl, lines.axes, lines.space_group, 4.0)
        ratio = (lines.f_squared / mean)[shared]
        normalised.append(ratio / ratio.mean())
    return np.array(normalised)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 1000),
    strain=st.floats(0.002, 0.05),
    part=st.floats(-1.0, 1.0),
)
def test_strain_and_growth_are_those_asked_for(seed, strain, part):
    lines = virtual_crystal(seed)
    growth = part * np.sqrt(3) * strain
    relative = near_relative(lines, strain=strain, growth=growth, random_state=seed)
    principal = principal_strains(lines, relative)
    assert np.sqrt((principal**2).mean()) == pytest.approx(strain, rel=1e-6)
    assert principal.sum() == pytest.approx(growth, abs=1e-8)


def test_full_correlation_without_strain_is_the_same_crystal():
    lines = virtual_crystal(1)
    same = near_relative(lines, strain=0.0, correlation=1.0, random_state=0)
    np.testing.assert_allclose(same.two_theta, lines.two_theta)
    np.testing.assert_allclose(same.intensity, lines.intensity)


@pytest.mark.parametrize("space_group", ["P -1", "P 21 21 21"])
@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.8, 0.95])
def test_intensities_correlate_by_the_square(space_group, correlation):
    normalised = []
    for seed in range(60):
        lines = virtual_crystal(seed, space_group=space_group)
        relative = near_relative(lines, correlation=correlation, random_state=seed + 10_000)
        normalised.append(shared_normalised(lines, relative))
    first, second = np.concatenate(normalised, axis=1)
    found = np.corrcoef(first, second)[0, 1]
    assert found == pytest.approx(correlation**2, abs=0.08)


def test_relatives_keep_space_group_end_and_wavelength():
    lines = virtual_crystal(2, wavelength=0.7093, two_theta_max=19.0)
    relative = near_relative(lines, strain=0.03, random_state=0)
    assert relative.space_group == lines.space_group
    assert relative.wavelength == lines.wavelength
    assert relative.two_theta.max() <= lines.two_theta.max() + 1e-9
    again = near_relative(lines, strain=0.03, random_state=0)
    assert again.intensity.tobytes() == relative.intensity.tobytes()


def test_other_representatives_of_an_orbit_are_recognised():
    lines = virtual_crystal(5, space_group="P 1 21/c 1")
    flipped = Lines.from_structure_factors(
        -lines.hkl, lines.f_squared, cell=lines.cell, space_group=lines.space_group
    )
    same = near_relative(flipped, strain=0.0, correlation=1.0, random_state=0)
    np.testing.assert_allclose(same.intensity, lines.intensity)


def test_cubic_crystals_have_relatives():
    lines = virtual_crystal(0, space_group="P a -3", molecular_volume=60)
    relative = near_relative(lines, strain=0.01, random_state=0)
    assert abs(relative.cell[0] / lines.cell[0] - 1) == pytest.approx(0.01)
    assert relative.cell[3:] == pytest.approx([90, 90, 90])
    grown = near_relative(lines, strain=0.02, growth=-0.01, random_state=0)
    assert grown.cell[0] / lines.cell[0] - 1 == pytest.approx(-0.01 / 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"strain": -0.1}, "strain=-0.1"),
        ({"strain": 0.3}, "strain=0.3"),
        ({"correlation": 1.1}, "correlation=1.1"),
        ({"strain": 0.01, "growth": 0.05}, "growth=0.05"),
    ],
)
def test_bad_kinship(arguments, message):
    with pytest.raises(ValueError, match=message):
        near_relative(virtual_crystal(0), **arguments)


def test_empty_lines_have_no_relatives():
    empty = Lines.from_structure_factors([], [], cell=[5, 5, 5, 90, 90, 90], space_group="P 1")
    with pytest.raises(ValueError, match="without lines"):
        near_relative(empty)


def test_families():
    kinds = ["polymorph", "polymorph", "hydrate", "solvate", "solid solution"]
    family = virtual_family(5, 0, kinds=kinds, molecular_volume=300.0)
    assert len(family) == 5
    for relative in family[2:]:
        nearest = min(
            np.abs(relative.cell - other.cell).max()
            for other in family
            if other is not relative and other.space_group == relative.space_group
        )
        assert nearest < 5
    again = virtual_family(5, 0, kinds=kinds, molecular_volume=300.0)
    assert all(a.cell.tobytes() == b.cell.tobytes() for a, b in zip(family, again, strict=True))
    assert len(virtual_family(3, 1)) == 3


@pytest.mark.parametrize("kind", list(KINSHIPS))
def test_drawn_kinship_lies_within_its_ends_and_can_be_used(kind):
    for seed in range(50):
        drawn = draw_kinship(kind, seed)
        for name, ends in KINSHIPS[kind]._asdict().items():
            assert ends[0] - 1e-12 <= drawn[name] <= ends[1] + 1e-12
        near_relative(virtual_crystal(seed), **drawn, random_state=seed)


@pytest.mark.parametrize(
    ("n_forms", "kinds", "message"),
    [
        (2, ["polymorph", "cocrystal"], r"unknown kinds \['cocrystal'\]"),
        (2, ["hydrate", "polymorph"], "first form is a polymorph"),
        (3, ["polymorph"], "as many kinds"),
        (0, None, "at least 1"),
    ],
)
def test_bad_families(n_forms, kinds, message):
    with pytest.raises(ValueError, match=message):
        virtual_family(n_forms, kinds=kinds)
