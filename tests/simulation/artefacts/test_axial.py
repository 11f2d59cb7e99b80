import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xrpdsim.patterns import default_two_theta
from xrpdsim.simulation._rendering import Sticks, render
from xrpdsim.simulation.artefacts.axial import LOW_ANGLE, N_NODES, N_NODES_LOW, axial_divergence
from xrpdsim.simulation.artefacts.profile import LineWidths


@pytest.mark.parametrize(
    ("two_theta", "sample", "detector"), [(5.0, 0.03, 0.03), (8.0, 0.02, 0.01), (25.0, 0.005, 0.03)]
)
def test_against_rays_traced_one_by_one(two_theta, sample, detector):
    # From every height of the sample, rays evenly spaced on the cone of diffraction go to a
    # cylinder of radius 1, and count if they arrive within the slit.
    start = np.linspace(-sample, sample, 601)[:, None]
    azimuth = np.linspace(-np.pi / 2, np.pi / 2, 40_001)
    angle = np.radians(two_theta)
    forwards, sideways = np.cos(angle), np.sin(angle) * np.cos(azimuth)
    height = np.sin(angle) * np.sin(azimuth) / np.hypot(forwards, sideways)
    rays = (np.abs(start + height) <= detector).sum(axis=0)
    apparent = np.degrees(np.arctan2(sideways, forwards))
    mean = np.average(apparent, weights=rays)
    variance = np.average((apparent - mean) ** 2, weights=rays)

    position, share = axial_divergence(two_theta, sample, detector)
    ours = (position * share).sum()
    assert two_theta - ours == pytest.approx(two_theta - mean, rel=0.01)
    assert (share * (position - ours) ** 2).sum() == pytest.approx(variance, rel=0.02)


@given(st.floats(3.0, 80.0), st.floats(0.0, 0.03), st.floats(0.0, 0.03))
@example(3.0, 5e-324, 5e-324)
def test_lines_lean_to_low_angles_and_keep_their_intensity(two_theta, sample, detector):
    position, share = axial_divergence(two_theta, sample, detector)
    assert share.sum() == pytest.approx(1)
    assert (share >= 0).all()
    assert (position <= two_theta + 1e-9).all()


def test_no_divergence_no_shift():
    position, share = axial_divergence([3.0, 40.0], 0.0, 0.0)
    np.testing.assert_allclose(position, np.broadcast_to([[3.0], [40.0]], (2, 24)))
    np.testing.assert_allclose(share.sum(axis=1), 1)


@pytest.mark.parametrize(
    ("two_theta", "n_nodes"), [(4.1, N_NODES_LOW), (7.0, N_NODES_LOW), (LOW_ANGLE, N_NODES)]
)
def test_the_nodes_make_no_false_peaks(two_theta, n_nodes):
    position, share = axial_divergence(two_theta, 0.03, 0.03, n_nodes)
    sticks = Sticks(np.zeros(n_nodes, dtype=int), position, share)
    grid = default_two_theta()
    pattern = render(sticks, LineWidths([0.05**2]), grid, 1)[0]
    rising = np.diff(pattern[grid < grid[pattern.argmax()]]) > -1e-4 * pattern.max()
    assert rising.all()


def test_more_divergence_moves_more():
    means = [(np.multiply(*axial_divergence(6.0, s, s))).sum() for s in (0.005, 0.01, 0.02, 0.03)]
    assert (np.diff(means) < 0).all()


def test_symmetric_about_its_two_half_angles():
    for a, b in zip(
        axial_divergence(9.0, 0.01, 0.02), axial_divergence(9.0, 0.02, 0.01), strict=True
    ):
        np.testing.assert_allclose(a, b)
