import numpy as np
import pytest

from xrpdsim.patterns import Pattern, default_two_theta, to_grid
from xrpdsim.simulation.artefacts.counting import FRAME, count, measured, stitched_gain

GRID = default_two_theta(8000)


def test_counts_on_the_grid_are_poisson():
    counts = count(np.full(GRID.size, 40.0), GRID, 0.0, np.random.default_rng(0))
    assert (counts == counts.round()).all()
    assert counts.mean() == pytest.approx(40, abs=0.3)
    assert counts.var() == pytest.approx(40, rel=0.05)


@pytest.mark.parametrize("step", [0.005, 0.01, 0.02, 0.03, 0.05])
def test_other_steps_are_what_regridding_a_scan_makes_of_it(step):
    # An independent road: a scan with its own step, brought to the grid as a file would be.
    generator = np.random.default_rng(1)
    scan = np.arange(GRID[0] - 0.0137, GRID[-1], step)
    wanted = to_grid(Pattern(scan, generator.poisson(200.0, scan.size), wavelength=1.5406), GRID)
    ours = count(np.full(GRID.size, 200.0), GRID, step, np.random.default_rng(0))
    assert ours.mean() == pytest.approx(200, abs=1)
    assert ours.std() == pytest.approx(np.nanstd(wanted), rel=0.15)
    for lag in (1, 2):
        alike = [np.corrcoef(y[10:-10][:-lag], y[10:-10][lag:])[0, 1] for y in (ours, wanted)]
        assert alike[0] == pytest.approx(alike[1], abs=0.25 if step == 0.02 else 0.06)


def test_gain_is_constant_within_frames():
    grid = default_two_theta()
    gain = stitched_gain(grid, 0.01, np.random.default_rng(0))
    changes = grid[1:][np.diff(gain) != 0]
    np.testing.assert_allclose(changes, 3 + FRAME * np.arange(1, len(changes) + 1), atol=0.011)
    assert np.unique(gain).std() == pytest.approx(0.01, rel=0.3)
    np.testing.assert_array_equal(stitched_gain(grid, 0.0, np.random.default_rng(0)), 1)


def test_ranges():
    grid = default_two_theta()
    covered = measured(grid, [3.0, 5.0], [42.0, 35.0])
    assert covered[0].all()
    np.testing.assert_allclose(grid[covered[1]][[0, -1]], [5.0, 35.0])
