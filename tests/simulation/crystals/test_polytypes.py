import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xrpdsim.simulation import polytype, virtual_crystal
from xrpdsim.simulation.crystals import common_planes
from xrpdsim.simulation.crystals._geometry import orbit_keys


def shared_rows(first, second):
    """Rows of the planes that both have."""
    keys = [orbit_keys(lines.hkl, lines.space_group) for lines in (first, second)]
    return np.intersect1d(*keys, return_indices=True)[1:]


def stacked_factors(hkl, layer, offset, n_layers):
    """|F| of a crystal built atom by atom: each layer lies `offset` further than the one before."""
    factors = np.zeros(len(hkl), dtype=complex)
    for number in range(n_layers):
        atoms = layer + number * offset
        factors += np.exp(2j * np.pi * hkl @ atoms.T).sum(axis=1)
    return np.abs(factors)


@pytest.mark.parametrize("shift", [(0, 0.5, 0), (0, 0.5, 0.5), (1 / 3, 0, 0), (0.5, 0.5, 0)])
def test_common_planes_are_those_of_layers_stacked_atom_by_atom(shift):
    # A cell of six layers along c, so that both stackings close after it.
    layer = np.random.default_rng(0).random((7, 3)) * [1, 1, 1 / 6]
    hkl = np.array(np.meshgrid(*[np.arange(-4, 5)] * 3)).reshape(3, -1).T
    hkl = hkl @ np.diag([1, 1, 6]) if shift[2] else hkl
    shift = np.array(shift)
    first = stacked_factors(hkl, layer, np.array([0.1, 0.2, 1 / 6]), 6)
    second = stacked_factors(hkl, layer, np.array([0.1, 0.2, 1 / 6]) + shift, 6)
    common = common_planes(hkl, shift)
    np.testing.assert_allclose(first[common], second[common], atol=1e-9)
    assert (np.abs(first - second)[~common] > 1e-6).mean() > 0.3


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["P -1", "P 1 21/c 1", "P 21 21 21", "C 1 2/c 1"]))
def test_common_lines_keep_their_intensities(seed, space_group):
    lines = virtual_crystal(seed, space_group=space_group)
    other = polytype(lines, correlation=0.0, strain=0.0, stacking=(0, 0, 0.5), random_state=seed)
    one, two = shared_rows(lines, other)
    common = common_planes(lines.hkl[one], (0, 0, 0.5))
    ratio = other.f_squared[two] / lines.f_squared[one]
    assert common.any()
    np.testing.assert_allclose(ratio[common], ratio[common][0], rtol=1e-6)
    np.testing.assert_allclose(other.d_spacing[two], lines.d_spacing[one], rtol=1e-9)


def test_the_other_lines_correlate_as_asked():
    correlations = []
    for seed in range(60):
        lines = virtual_crystal(seed, space_group="P -1")
        other = polytype(lines, correlation=0.8, stacking=(0, 0.5, 0.5), random_state=seed)
        one, two = shared_rows(lines, other)
        changed = ~common_planes(lines.hkl[one], (0, 0.5, 0.5))
        fall = np.log(lines.d_spacing[one][changed])
        first, second = (
            np.log(f[changed] + 1e-9) for f in (lines.f_squared[one], other.f_squared[two])
        )
        # what falls with the angle is common to all crystals
        first, second = (values - np.polyval(np.polyfit(fall, values, 2), fall)
                         for values in (first, second))  # fmt: skip
        correlations.append(np.corrcoef(first, second)[0, 1])
    # Logarithms of intensities correlate less than the intensities (0.64), and more than nothing.
    assert 0.2 < np.mean(correlations) < 0.64


def test_a_stacking_that_is_drawn_keeps_part_of_the_lines():
    for seed in range(30):
        lines = virtual_crystal(seed)
        other = polytype(lines, correlation=0.0, random_state=seed)
        one, two = shared_rows(lines, other)
        ratio = np.log(other.f_squared[two] + 1e-12) - np.log(lines.f_squared[one] + 1e-12)
        # the common lines differ by one factor of scale, the others each by another
        counts = np.unique(ratio.round(6), return_counts=True)[1]
        assert 0.15 < counts.max() / len(ratio) < 0.9


def test_extinct_lines_are_gone():
    lines = virtual_crystal(2, space_group="P -1")
    other = polytype(lines, stacking=(0.5, 0, 0), extinct=1.0, random_state=0)
    odd = ~common_planes(other.hkl, (0.5, 0, 0))
    assert (other.intensity[odd] == 0).all()
    assert (other.intensity[~odd] > 0).all()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"correlation": 1.5}, "correlation=1.5"),
        ({"extinct": -0.1}, "extinct=-0.1"),
        ({"strain": 0.3}, "strain=0.3"),
        ({"stacking": (0.5, 0.5)}, "has shape"),
        ({"stacking": (1.0, 0.0, 0.0)}, "keeps all planes"),
    ],
)
def test_what_makes_no_sense_is_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        polytype(virtual_crystal(0), random_state=0, **parameters)


def test_a_shift_must_fit_the_symmetry():
    lines = virtual_crystal(0, space_group="P 41 21 2")  # a and b are equivalent
    with pytest.raises(ValueError, match="does not fit P 41 21 2"):
        polytype(lines, stacking=(0.5, 0, 0), random_state=0)
    assert len(polytype(lines, stacking=(0.5, 0.5, 0), random_state=0))
