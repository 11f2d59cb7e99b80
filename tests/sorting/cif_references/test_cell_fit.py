import numpy as np
import pytest

from xrpdsim.patterns import default_two_theta
from xrpdsim.simulation import near_relative, simulate_patterns, thermal_expansion
from xrpdsim.sorting.cif_references import Profiles, fit_cell, read_structure

GRID = default_two_theta()


@pytest.fixture(scope="module")
def structure(structure_file):
    return read_structure(structure_file, GRID)


@pytest.fixture(scope="module")
def warm(structure):
    """The strain to room temperature, and patterns there."""
    strain = structure.lines.symmetric_strain(thermal_expansion(random_state=3) * 198)
    X = simulate_patterns(
        structure.lines.strained(strain).up_to(43), 4, preset="bragg-brentano", random_state=0
    )
    return strain, X


def test_the_strain_that_a_sample_has_is_found(structure, warm):
    strain, X = warm
    fit = fit_cell(structure.lines, 100.0, Profiles.of(X, GRID))
    assert np.abs(strain).max() > 0.01
    assert np.abs(fit.strain - strain).max() < 0.004
    cells = structure.lines.strained(strain).cell, fit.lines.cell
    np.testing.assert_allclose(cells[0], cells[1], rtol=0.005)
    assert fit.n_components == 4
    assert fit.agreement > 0.7


def test_no_strain_leaves_its_bounds_and_intensities_stay(structure, warm):
    relative = near_relative(structure.lines, strain=0.04, correlation=0.6, random_state=1)
    fit = fit_cell(relative, 100.0, Profiles.of(warm[1], GRID))
    assert fit.deviation <= 9 * fit.n_components + 1e-9
    kept = relative.f_squared / relative.f_squared.max()
    same = {tuple(hkl): f for hkl, f in zip(relative.hkl.tolist(), kept, strict=True)}
    fitted = fit.lines.f_squared / fit.lines.f_squared.max()
    for hkl, f in zip(fit.lines.hkl.tolist(), fitted, strict=True):
        assert f == pytest.approx(same[tuple(hkl)], rel=1e-6, abs=1e-9)
    own = fit_cell(structure.lines, 100.0, Profiles.of(warm[1], GRID))
    assert own.agreement > fit.agreement
    assert own.intensities > 0.96 > fit.intensities


def test_the_pattern_that_fits_is_found_among_others_and_the_fit_repeats(structure, warm):
    other = near_relative(structure.lines, strain=0.05, correlation=0.0, random_state=5)
    X = np.concatenate(
        [simulate_patterns(other.up_to(43), 6, preset="transmission", random_state=1), warm[1][:1]]
    )
    X[:, :100] = np.nan
    first, again = (fit_cell(structure.lines, 100.0, Profiles.of(X, GRID)) for _ in range(2))
    assert first.row == 6
    assert (first.strain == again.strain).all()
