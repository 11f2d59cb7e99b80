import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xrpdsim.patterns import default_two_theta
from xrpdsim.simulation._rendering import Sticks, render, render_directly
from xrpdsim.simulation.artefacts.profile import LineWidths


def some_sticks(seed, n_patterns=3, n_lines=60, low=3.0, high=42.0):
    generator = np.random.default_rng(seed)
    size = n_patterns * n_lines
    return Sticks(
        np.repeat(np.arange(n_patterns), n_lines),
        generator.uniform(low, high, size),
        generator.exponential(size=size),
    )


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    fwhm=st.floats(0.03, 0.3),
    size=st.floats(30.0, 2000.0),
    strain=st.floats(0.0, 0.003),
    u=st.floats(0.0, 2.0),
    v=st.floats(-0.5, 0.0),
)
def test_within_two_thousandths_of_the_direct_sum(seed, fwhm, size, strain, u, v):
    w = fwhm**2
    sticks = some_sticks(seed)
    widths = LineWidths(
        [w, w, w], [u * w] * 3, [v * w] * 3, size=[size, size, 1000.0], microstrain=strain
    )
    grid = default_two_theta()
    fast = render(sticks, widths, grid, 3)
    exact = render_directly(sticks, widths, grid, 3)
    # 1.001e-3 was the largest error seen, for the narrowest lines
    assert np.abs(fast - exact).max() < 2e-3 * exact.max()


def test_widths_of_one_pattern_do_not_touch_another():
    sticks = Sticks(np.array([0, 1]), np.array([20.0, 20.0]), np.array([1.0, 1.0]))
    grid = default_two_theta()
    narrow, wide = render(sticks, LineWidths(w=[0.05**2, 0.3**2]), grid, 2)
    assert narrow.max() == pytest.approx(6 * wide.max(), rel=1e-3)
    alone = render(Sticks(*(a[:1] for a in vars(sticks).values())), LineWidths([0.05**2]), grid, 1)
    np.testing.assert_allclose(alone[0], narrow, atol=1e-9 * narrow.max())


@pytest.mark.parametrize("fwhm", [0.05, 0.15, 0.5])
def test_broadening_keeps_the_intensity(fwhm):
    sticks = some_sticks(0, 1, low=15.0, high=30.0)
    pattern = render(sticks, LineWidths([fwhm**2]), default_two_theta(), 1)
    assert pattern.sum() * 0.02 == pytest.approx(sticks.area.sum(), rel=1e-6)


def test_other_grids_even_and_uneven():
    sticks = some_sticks(1, 1, low=5.0, high=30.0)
    widths = LineWidths([0.1**2], size=[100.0])
    for grid in (np.arange(4.0, 60.0, 0.013), np.geomspace(4.0, 40.0, 3000)):
        fast = render(sticks, widths, grid, 1)
        exact = render_directly(sticks, widths, grid, 1)
        assert np.abs(fast - exact).max() < 1e-3 * exact.max()


def test_lines_off_the_grid_leave_only_their_tails():
    grid = default_two_theta()
    widths = LineWidths([0.1**2], lorentzian=[0.1])
    sticks = Sticks(np.array([0, 0]), np.array([43.0, 150.0]), np.array([1.0, 1e6]))
    pattern = render(sticks, widths, grid, 1)[0]
    exact = render_directly(Sticks(*(a[:1] for a in vars(sticks).values())), widths, grid, 1)[0]
    np.testing.assert_allclose(pattern, exact, atol=1e-3 * exact.max())


def test_no_lines_no_intensity():
    empty = Sticks(np.array([], dtype=int), np.array([]), np.array([]))
    assert not render(empty, LineWidths([0.01, 0.01]), default_two_theta(), 2).any()
