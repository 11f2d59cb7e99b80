import csv
from collections import Counter
from pathlib import Path

import gemmi
import numpy as np
import pytest
from scipy import stats

from xrpdsim.simulation import lines_from_cif, virtual_crystal
from xrpdsim.simulation.crystals._geometry import orbit_keys
from xrpdsim.simulation.crystals.virtual import MOLECULAR_VOLUME, SPACE_GROUPS

STRUCTURES = Path(__file__).parents[2] / "../shared/data/structures"


@pytest.fixture(scope="module")
def many():
    return [virtual_crystal(seed) for seed in range(1500)]


def test_same_seed_same_bits_and_global_generator_untouched():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, second, other = virtual_crystal(3), virtual_crystal(3), virtual_crystal(4)
    assert first.intensity.tobytes() == second.intensity.tobytes()
    assert first.cell.tobytes() == second.cell.tobytes()
    assert other.cell.tobytes() != first.cell.tobytes()
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_a_generator_is_used_up_from_call_to_call():
    rng = np.random.RandomState(0)
    assert virtual_crystal(rng).cell.tobytes() != virtual_crystal(rng).cell.tobytes()


def test_space_groups_come_by_their_frequency(many):
    counts = Counter(lines.space_group for lines in many)
    percent = np.array([group.percent for group in SPACE_GROUPS])
    observed = [counts[group.symbol] for group in SPACE_GROUPS]
    assert sum(observed) == len(many)
    common = percent > 1
    expected = percent / percent.sum() * len(many)
    observed = np.array([*np.array(observed)[common], np.array(observed)[~common].sum()])
    expected = np.array([*expected[common], expected[~common].sum()])
    assert stats.chisquare(observed, expected).pvalue > 0.001
    assert 0.3 < sum(counts[s] for s in ("P 1 21/c 1", "P 1 21/n 1")) / len(many) < 0.42


def test_crystals_are_well_formed(many):
    for lines in many[:300]:
        group = gemmi.find_spacegroup_by_name(lines.space_group)
        assert gemmi.UnitCell(*lines.cell).is_compatible_with_spacegroup(group, eps=1e-9)
        assert lines.cell[:3].min() >= 3.6
        assert not group.operations().systematic_absences(lines.hkl.astype(np.int32)).any()
        keys = orbit_keys(lines.hkl, lines.space_group)
        assert len(set(keys)) == len(keys)
        assert lines.two_theta.max() <= 42
        assert lines.intensity.max() == pytest.approx(100)


def test_molecular_volumes_are_those_of_drugs(many):
    simple = [lines for lines in many if lines.space_group == "P 21 21 21"]
    per_molecule = [lines.volume / 4 for lines in simple]
    assert np.median(per_molecule) == pytest.approx(MOLECULAR_VOLUME, rel=0.15)


def test_space_group_volume_and_z_prime_can_be_given():
    lines = virtual_crystal(
        0, space_group="P b c a", molecular_volume=200.0, z_prime=2, two_theta_max=30
    )
    assert lines.space_group == "P b c a"
    assert lines.volume == pytest.approx(8 * 2 * 200)
    assert lines.two_theta.max() <= 30
    assert virtual_crystal(0, space_group="P a -3", molecular_volume=40.0).cell[0] < 12


def test_another_wavelength_gives_the_same_crystal():
    copper = virtual_crystal(0)
    molybdenum = virtual_crystal(0, wavelength=0.7093, two_theta_max=18.98)
    np.testing.assert_array_equal(copper.cell, molybdenum.cell)
    assert molybdenum.two_theta.max() < 19


@pytest.mark.parametrize(
    "space_group",
    [
        "P 1 1 21/b",
        "P 21/b 1 1",
        "P 1 21/c 1",
        "R -3:R",
        "R 3 m:R",
        "R -3:H",
        "P 63/m",
        "F d -3 m:1",
    ],
)
def test_the_cell_is_that_of_the_setting(space_group):
    group = gemmi.find_spacegroup_by_name(space_group)
    for seed in range(5):
        lines = virtual_crystal(seed, space_group=space_group, molecular_volume=200, z_prime=1)
        assert gemmi.UnitCell(*lines.cell).is_compatible_with_spacegroup(group, eps=1e-6)
        assert lines.volume == pytest.approx(200 * len(group.operations()))
        same = lines.strained(np.zeros((3, 3)))
        np.testing.assert_allclose(same.two_theta, lines.two_theta)


def test_bad_requests():
    for name in ("molecular_volume", "z_prime"):
        with pytest.raises(ValueError, match=f"{name}=-5.0 must be above 0"):
            virtual_crystal(0, **{name: -5.0})
    with pytest.raises(ValueError, match="not a known"):
        virtual_crystal(0, space_group="P 21/nonsense")
    with pytest.raises(ValueError, match="needs more room"):
        virtual_crystal(0, space_group="P -1", molecular_volume=10.0, z_prime=1)


@pytest.mark.parametrize("statistic", ["n_lines", "first line", "strong lines"])
def test_statistics_are_those_of_real_structures(statistic):
    """Twins of the structures that may guide the simulator: same space group and volume."""
    if not STRUCTURES.exists():
        pytest.skip("the structures are not here")
    with (STRUCTURES / "labels.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "develop"]
    rows = [row for row in rows if row["organic"] == "1" and not row["pressure"]]
    unique = {row["phase"]: row for row in rows if row["file"] != "1010439.cif"}
    real = [lines_from_cif(STRUCTURES / row["file"]) for row in unique.values()]
    twins = []
    for seed, lines in enumerate(real):
        group = gemmi.find_spacegroup_by_name(lines.space_group).operations()
        volume = lines.volume / len(group)
        twins.append(
            virtual_crystal(seed, space_group=lines.space_group, molecular_volume=volume, z_prime=1)
        )
    measure = {
        "n_lines": len,
        "first line": lambda lines: lines.two_theta[0],
        "strong lines": lambda lines: (lines.intensity > 10).sum(),
    }[statistic]
    both = [[measure(lines) for lines in crystals] for crystals in (real, twins)]
    # 1.63 sqrt(2 / n) is the 1 % level.
    assert stats.ks_2samp(*both).statistic < 1.63 * np.sqrt(2 / len(real))
