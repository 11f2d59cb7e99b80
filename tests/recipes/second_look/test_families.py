import numpy as np
import pytest

from xrpdsim.recipes.second_look import _families
from xrpdsim.recipes.second_look._families import (
    ENVIRONMENTS,
    FURTHER_FORMS,
    MINERAL_ENVIRONMENTS,
    PRINCIPAL_EXPANSIONS,
    any_expansion,
    organic_forms,
    samples_of,
    simulate_family,
)
from xrpdsim.recipes.training_data.minerals import specimens
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
    crystals = samples_of([crystal], ENVIRONMENTS, np.random.RandomState(seed))
    assert crystals[:3] == [crystal] * 3
    for other in crystals[3:]:
        # up to 3 % along each axis, 250 K and 0.3 GPa: volumes within a tenth
        assert other.volume == pytest.approx(crystal.volume, rel=0.1)
        np.testing.assert_array_equal(np.sort(other.hkl, axis=0), np.sort(crystal.hkl, axis=0))


def test_some_forms_are_measured_elsewhere_and_some_are_not():
    crystal = virtual_crystal(0)
    moved = [
        samples_of([crystal], ENVIRONMENTS, np.random.RandomState(seed))[-1].volume
        != crystal.volume
        for seed in range(40)
    ]
    assert 0.3 < np.mean(moved) < 0.9


@pytest.mark.parametrize("shares", [FURTHER_FORMS, ENVIRONMENTS, MINERAL_ENVIRONMENTS])
def test_shares_are_of_everything(shares):
    assert sum(shares.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(6))
def test_an_expansion_moves_lines_within_its_bounds(seed):
    crystal = virtual_crystal(seed)
    expanded = any_expansion(np.random.RandomState(seed))(crystal)
    before, after = (
        {
            tuple(hkl): lines.wavelength / 2 / np.sin(np.deg2rad(two_theta / 2))
            for hkl, two_theta in zip(lines.hkl, lines.two_theta, strict=True)
        }
        for lines in (crystal, expanded)
    )
    growth = np.array([after[hkl] / before[hkl] - 1 for hkl in after])
    low, high = PRINCIPAL_EXPANSIONS
    # the part that keeps the symmetry is a mean of the expansion over directions; second order
    # terms of the strain stay below a thousandth
    assert growth.min() >= low - 1e-3
    assert growth.max() <= high + 1e-3


def test_specimens_of_a_mineral_differ_in_composition(monkeypatch):
    drawn = []
    monkeypatch.setattr(
        _families, "specimens", lambda *given: drawn.append(specimens(*given)) or drawn[-1]
    )
    simulate_family(1, 0, mineral_share=1.0)
    assert [len(form) for form in drawn] == [6] * 4
    assert any(form[0] is not form[1] for form in drawn)
    drawn.clear()
    simulate_family(1, 0, mineral_share=0.0)
    assert not drawn


def test_some_samples_hold_a_little_of_something_else(monkeypatch):
    seen = []

    def measured(crystals, instruments, impurities, within, rng):
        assert not {id(crystal) for crystal in crystals} & {id(other) for other in impurities}
        seen.append(within)
        return np.zeros((len(crystals), 1950))

    monkeypatch.setattr(_families, "_measured", measured)
    for number in range(40):
        simulate_family(2, number, mineral_share=0.0)
    impurity = np.array([-1 if k is None else k for within in seen for k in within])
    assert 0.1 < np.mean(impurity >= 0) < 0.2
    # the unknown one as often as the three other forms together
    assert 0.35 < np.mean(impurity[impurity >= 0] == 0) < 0.65
    assert set(impurity) == {-1, 0, 1, 2, 3}
    assert any(len(set(within)) > 1 for within in seen)


def test_a_mineral_may_be_within_all_minerals_of_its_family(monkeypatch):
    seen = []

    def measured(form, rocks, measured_by, impurity, rng):
        seen.append((form, impurity))
        assert len(measured_by) == len(rocks)
        return np.zeros((len(rocks), 1950))

    monkeypatch.setattr(_families, "measured_specimens", measured)
    simulate_family(2, 0, mineral_share=1.0)
    assert len({id(form) for form, _ in seen}) == 4
    assert len({id(impurity) for _, impurity in seen}) == 1
