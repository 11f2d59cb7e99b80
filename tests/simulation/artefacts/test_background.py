import numpy as np
import pytest

from xrpdsim.patterns import default_two_theta
from xrpdsim.simulation.artefacts import background

GRID = default_two_theta()


def test_amorphous_bands_have_unit_area_and_their_maxima_in_q():
    bands = background.amorphous_bands(GRID, [0.95, 1.0, 1.05], [-1.0, 0.0, 1.0])
    np.testing.assert_allclose(bands.sum(axis=1) * 0.02, 1, rtol=1e-3)
    top = background.momentum_transfer(GRID[bands.argmax(axis=1)])
    np.testing.assert_allclose(top, np.array([0.95, 1.0, 1.05]) * 1.42, atol=0.05)


def test_momentum_transfer_by_hand():
    # A spacing of 4.4 angstrom: q = 2 pi / d.
    angle = 2 * np.degrees(np.arcsin(1.5406 / (2 * 4.4)))
    assert background.momentum_transfer(angle) == pytest.approx(2 * np.pi / 4.4)


def test_kapton_has_its_step_and_its_halo():
    film = background.kapton(GRID)
    steepest = GRID[np.diff(film[GRID < 10]).argmin()]
    assert steepest == pytest.approx(5.7, abs=0.1)
    assert GRID[GRID > 8][film[GRID > 8].argmax()] == pytest.approx(19.4, abs=0.05)
    assert film[GRID > 8].max() == pytest.approx(1, abs=1e-3)


def test_cellulose_acetate_has_two_halos_within_the_reported_ranges():
    film = background.cellulose_acetate(GRID)
    maxima = GRID[1:-1][(film[1:-1] > film[:-2]) & (film[1:-1] > film[2:])]
    assert len(maxima) == 2
    assert 8 < maxima[0] < 10
    assert 17 < maxima[1] < 22


def test_air_scatter_is_a_power_law():
    falls = np.diff(np.log(background.air_scatter(GRID))) / np.diff(np.log(GRID))
    np.testing.assert_allclose(falls, -1.3)


def test_glass_and_slope():
    assert GRID[background.glass(GRID).argmax()] == pytest.approx(23.0, abs=0.05)
    line = background.sloped(GRID, [-0.6, 0.3])
    np.testing.assert_allclose(line[:, [0, -1]], [[1.6, 0.4], [0.7, 1.3]])
