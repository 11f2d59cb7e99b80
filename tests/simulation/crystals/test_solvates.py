import numpy as np
import pytest

from xrpdsim.simulation import solvate_series, virtual_crystal


def test_without_solvent_it_is_the_host():
    host = virtual_crystal(0)
    for growth in (-0.03, 0.03):  # no line comes or goes at the end
        (empty,) = solvate_series(host, [0.0], growth=growth, random_state=1)
        np.testing.assert_array_equal(empty.hkl, host.hkl)
        np.testing.assert_array_equal(empty.two_theta, host.two_theta)
        np.testing.assert_array_equal(empty.intensity, host.intensity)


def test_a_cubic_host_grows_as_asked():
    host = virtual_crystal(0, space_group="P a -3", molecular_volume=60)
    (full,) = solvate_series(host, [1.0], strain=0.015, growth=0.03, random_state=0)
    assert full.cell[0] / host.cell[0] == pytest.approx(1.01)


def test_the_cell_grows_in_proportion_to_the_solvent():
    host = virtual_crystal(1, space_group="P -1")
    occupancies = np.linspace(0, 1, 5)
    series = solvate_series(host, occupancies, strain=0.02, growth=0.03, random_state=0)
    volumes = np.array([crystal.volume for crystal in series]) / host.volume - 1
    # The determinant is linear but for terms of the order of 3 x 0.02^2.
    np.testing.assert_allclose(volumes, 0.03 * occupancies, atol=2e-3)
    lengths = np.array([crystal.cell[:3] for crystal in series])
    np.testing.assert_allclose(np.diff(lengths, n=2, axis=0) / lengths[0], 0, atol=2e-4)


def test_a_half_empty_sample_lies_between_host_and_solvate():
    between = []
    for seed in range(40):
        host = virtual_crystal(seed)
        series = solvate_series(host, [0.0, 0.5, 1.0], strain=0.0, growth=0.0, random_state=seed)
        empty, half, full = (np.sqrt(crystal.f_squared) for crystal in series)
        correlation = [np.corrcoef(a, b)[0, 1] for a, b in ((empty, half), (half, full))]
        between.append(min(correlation) > np.corrcoef(empty, full)[0, 1])
    assert np.mean(between) > 0.9


def test_factors_add_as_complex_numbers():
    # |F + x G|^2 is a parabola in x: four points have no third difference.
    host = virtual_crystal(4)
    series = solvate_series(host, np.arange(5) / 4, strain=0.0, growth=0.0, random_state=0)
    raw = np.array([c.f_squared for c in series])
    # each crystal has a scale of its own (strongest line 100); find it from planes it must fit
    scale = np.ones(5)
    basis = np.vander(np.arange(5) / 4, 3)
    projector = np.eye(5) - basis @ np.linalg.pinv(basis)
    # scales s with projector @ (s * raw) = 0 for all planes: the smallest singular vector
    stacked = np.concatenate([projector * raw[:, k] for k in range(raw.shape[1])])
    _, sizes, vectors = np.linalg.svd(stacked, full_matrices=False)
    scale = vectors[-1] / vectors[-1][0]
    assert sizes[-1] < 1e-9 * sizes[0]
    assert (scale > 0).all()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"occupancies": [1.2]}, "must be numbers from 0 to 1"),
        ({"occupancies": [float("nan")]}, "must be numbers from 0 to 1"),
        ({"occupancies": [1.0], "scattering": -1.0}, "scattering=-1.0"),
        ({"occupancies": [1.0], "strain": 0.5}, "strain=0.5"),
        ({"occupancies": [1.0], "strain": 0.001, "growth": 0.03}, "growth=0.03"),
    ],
)
def test_what_makes_no_sense_is_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        solvate_series(virtual_crystal(0), random_state=0, **parameters)
