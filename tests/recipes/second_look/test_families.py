import numpy as np
import pytest

from xrpdsim.recipes.second_look._families import organic_forms, samples_of, simulate_family
from xrpdsim.simulation import virtual_crystal


def test_the_same_number_gives_the_same_bits():
    one, two = simulate_family(3, 5), simulate_family(3, 5)
    np.testing.assert_array_equal(one.X, two.X)
    assert one.X.shape == (4, 6, 1950)
    assert not np.array_equal(one.X, simulate_family(3, 6).X, equal_nan=True)


def test_both_kinds_of_crystals_are_there():
    kinds = {simulate_family(0, number, mineral_share=0.5).mineral for number in range(12)}
    assert kinds == {True, False}


def test_forms_of_a_family_have_relatives():
    shared = 0
    for seed in range(30):
        forms = organic_forms(np.random.RandomState(seed))
        assert len(forms) == 4
        groups = [form[0].space_group for form in forms]
        volumes = [form[0].volume for form in forms]
        shared += any(
            groups[k] == groups[m] and abs(volumes[k] / volumes[m] - 1) < 0.05
            for k in range(4)
            for m in range(k)
        )
    assert shared > 15


@pytest.mark.parametrize("seed", range(8))
def test_half_of_the_samples_may_lie_elsewhere(seed):
    crystal = virtual_crystal(seed)
    crystals = samples_of([crystal], 6, np.random.RandomState(seed))
    assert crystals[:3] == [crystal] * 3
    for other in crystals[3:]:
        # up to 2 % of strain, 250 K and 0.3 GPa: volumes within a tenth
        assert other.volume == pytest.approx(crystal.volume, rel=0.1)
        np.testing.assert_array_equal(np.sort(other.hkl, axis=0), np.sort(crystal.hkl, axis=0))


def test_some_forms_are_measured_elsewhere_and_some_are_not():
    crystal = virtual_crystal(0)
    moved = [
        samples_of([crystal], 6, np.random.RandomState(seed))[-1].volume != crystal.volume
        for seed in range(40)
    ]
    assert 0.3 < np.mean(moved) < 0.9
