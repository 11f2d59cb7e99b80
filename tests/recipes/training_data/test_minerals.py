import numpy as np
import pytest

from xrpdsim.recipes.training_data import organic_family
from xrpdsim.recipes.training_data.minerals import (
    compact_crystal,
    draw_layer,
    mineral_family,
    neighbour,
    specimens,
    stacking,
)
from xrpdsim.simulation import Lines


def random_state(seed):
    return np.random.RandomState(seed)


def test_minerals_have_few_strong_lines():
    strong = [
        (compact_crystal(np.random.RandomState(seed)).intensity > 20).sum() for seed in range(40)
    ]
    organic = [
        (organic_family(np.random.RandomState(s), 1)[0].intensity > 20).sum() for s in range(20)
    ]
    assert np.median(strong) < 0.5 * np.median(organic)


def basal(lines):
    """Return squared structure factors of basal lines by d spacing, the weak ones left out."""
    chosen = (lines.hkl[:, :2] == 0).all(axis=1) & (lines.f_squared > 0)
    return dict(zip(lines.d_spacing[chosen].round(6), lines.f_squared[chosen], strict=True))


def test_stackings_of_one_layer_share_their_basal_lines_only():
    rng = random_state(0)
    layer = draw_layer(rng)
    forms = [stacking(layer, rng) for _ in range(12)]
    assert len({round(form.volume) for form in forms}) > 2  # one or two layers, other angles
    reference = basal(forms[0])
    orders = [layer.thickness / n for n in range(1, len(layer.basal) + 1)]
    assert sorted(reference, reverse=True) == pytest.approx(orders, rel=2e-3)
    for form in forms[1:]:
        found = basal(form)
        assert sorted(found) == pytest.approx(sorted(reference), rel=2e-3)
        ratio = np.array([found[d] for d in sorted(found)]) / [
            reference[d] for d in sorted(reference)
        ]
        assert np.abs(np.log(ratio)).max() < 1.5
    others = [form.d_spacing[(form.hkl[:, :2] != 0).any(axis=1)][:20] for form in forms[:2]]
    assert not np.allclose(*others)


def test_specimens_of_one_mineral_differ_little():
    largest = []
    for seed in range(30):
        rng = random_state(seed)
        form = compact_crystal(rng)
        rocks = specimens(form, 4, rng)
        assert len(rocks) == 4
        strains = [np.abs(rock.cell[:3] / form.cell[:3] - 1).max() for rock in rocks]
        assert max(strains) < 0.02
        assert all(rock.space_group == form.space_group for rock in rocks)
        largest.append(max(strains))
    assert np.count_nonzero(largest) == pytest.approx(0.6 * 30, abs=6)


def test_neighbours_in_a_series_are_near_but_not_the_same():
    rng = random_state(0)
    form = compact_crystal(rng)
    changes = []
    for _ in range(40):
        near = neighbour(form, rng)
        assert near.space_group == form.space_group
        changes.append(np.abs(near.cell / form.cell - 1).max())
    assert 0 < min(changes) < 0.004
    assert 0.015 < max(changes) < 0.08
    assert np.median(changes) < 0.02  # small strains are as likely as large ones


def test_families_with_series_are_others():
    differing = 0
    for seed in range(6):
        plain, series = (mineral_family(random_state(seed), series=s) for s in (False, True))
        assert len(series) == len(plain) == 4
        np.testing.assert_array_equal(series[0].cell, plain[0].cell)
        differing += any(
            not np.array_equal(a.cell, b.cell) for a, b in zip(plain, series, strict=True)
        )
    assert differing > 2


def test_a_family_has_relatives():
    for seed in range(6):
        forms = mineral_family(random_state(seed))
        assert len(forms) == 4
        assert all(form.intensity.any() for form in forms)


def test_a_shrunk_crystal_keeps_a_line():
    form = Lines.from_structure_factors(
        [[1, 1, 1]], [1.0], cell=[4, 4, 4, 90, 90, 90], space_group="F m -3 m"
    )
    for seed in range(20):
        assert all(rock.intensity.any() for rock in specimens(form, 6, random_state(seed)))
