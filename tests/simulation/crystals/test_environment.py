import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xrpdsim.simulation import (
    compressibility,
    in_environment,
    lorentz_polarisation,
    thermal_expansion,
    virtual_crystal,
)


def test_at_the_reference_nothing_changes():
    lines = virtual_crystal(0)
    same = in_environment(lines, random_state=1)
    np.testing.assert_allclose(same.two_theta, lines.two_theta, rtol=1e-12)
    np.testing.assert_allclose(same.intensity, lines.intensity, rtol=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(100.0, 350.0), st.floats(0.0, 0.3))
def test_the_cell_follows_expansion_and_compressibility(seed, temperature, pressure):
    lines = virtual_crystal(seed, space_group="P -1")  # any strain keeps its symmetry
    alpha, beta = thermal_expansion(random_state=seed), compressibility(random_state=seed + 1)
    moved = in_environment(
        lines, temperature=temperature, pressure=pressure, expansion=alpha, compliance=beta
    )
    strain = alpha * (temperature - 298.0) - beta * pressure
    axes = (np.eye(3) + strain) @ lines.axes
    assert moved.volume == pytest.approx(np.linalg.det(axes), rel=1e-9)
    lengths = np.linalg.norm(axes, axis=0)
    np.testing.assert_allclose(moved.cell[:3], lengths, rtol=1e-9)


def test_displacements_grow_in_proportion_to_temperature():
    lines = virtual_crystal(3)
    cold = in_environment(
        lines, temperature=149.0, expansion=np.zeros((3, 3)), displacement=5.0
    )  # half of the reference: B is 2.5 less
    quarter = np.sin(np.radians(lines.two_theta / 2)) ** 2 / lines.wavelength**2
    factor = lines.multiplicity * lorentz_polarisation(lines.two_theta)
    expected = lines.intensity / factor * np.exp(2 * 2.5 * quarter)
    ratio = cold.intensity / factor / expected
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-9)


def test_between_100_and_350_kelvin_axes_change_as_those_of_measured_crystals_do():
    # Surveys find 161e-6 +- 51e-6 a kelvin for the volume, a third with one contracting axis.
    changes = []
    for seed in range(200):
        lines = virtual_crystal(seed, space_group="P -1")
        warm = in_environment(lines, temperature=350.0, reference=100.0, random_state=seed)
        changes.append(warm.volume / lines.volume - 1)
    # 250 K of 161e-6 are 4.0 %; second-order terms are below a tenth of that.
    assert np.mean(changes) == pytest.approx(0.0403, rel=0.1)


def test_pressure_makes_the_cell_smaller_by_the_bulk_modulus():
    volumes = []
    for seed in range(100):
        lines = virtual_crystal(seed, space_group="P -1")
        pressed = in_environment(lines, pressure=0.3, random_state=seed)
        volumes.append(pressed.volume / lines.volume)
    # 0.3 GPa over 9 GPa are 3.3 %; second-order terms are below a tenth of that.
    assert 1 - np.mean(volumes) == pytest.approx(0.0333, rel=0.1)


def test_the_same_seed_gives_the_same_crystal():
    lines = virtual_crystal(5)
    one, two = (in_environment(lines, temperature=120.0, random_state=7) for _ in range(2))
    assert (one.two_theta == two.two_theta).all()
    assert (one.intensity == two.intensity).all()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"temperature": 0.0}, "temperature=0.0 must be above 0 K"),
        ({"temperature": float("nan")}, "temperature=nan"),
        ({"reference": -1.0}, "reference=-1.0 must be above 0 K"),
        ({"pressure": 100.0}, "strain the cell by"),
    ],
)
def test_what_makes_no_sense_is_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        in_environment(virtual_crystal(0), random_state=0, **parameters)
