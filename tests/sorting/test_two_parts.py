import numpy as np
import pytest

from xrpdsim.simulation import polytype, simulate_patterns, virtual_crystal
from xrpdsim.sorting import find_two_parts
from xrpdsim.sorting.two_parts import _positions

TWO_THETA = 3 + 0.02 * np.arange(1950)


@pytest.fixture(scope="module")
def crystals():
    first = virtual_crystal(random_state=3)
    return first, polytype(first, correlation=0.2, random_state=3)


@pytest.fixture(scope="module")
def pure(crystals):
    return simulate_patterns(crystals[0], 14, preset="bragg-brentano", random_state=0)


@pytest.fixture(scope="module")
def merged(crystals, pure):
    other = simulate_patterns(crystals[1], 6, preset="bragg-brentano", random_state=1)
    return np.concatenate([other, pure])


def test_two_polytypes_are_two_parts_and_one_form_is_not(pure, merged):
    assert find_two_parts(pure) is None
    found = find_two_parts(merged)
    assert found.rows[1].tolist() == list(range(6))
    assert set(found.rows[0].tolist()) <= set(range(6, 20))
    assert len(found.rows[0]) >= 12  # a short scan is in neither
    assert found.typical[0] in range(6, 20)
    assert found.typical[1] in range(6)


def test_scale_shift_and_order_do_not_matter(merged):
    order = np.random.default_rng(0).permutation(len(merged))
    moved = np.roll(merged[order], 3, axis=1)[:, 20:-20] * 7
    found = find_two_parts(moved, two_theta=TWO_THETA[20:-20])
    assert sorted(order[found.rows[1]].tolist()) == list(range(6))


def counted(heights, n, seed):
    """Return patterns of given lines that differ in their counts only."""
    shape = sum(height * np.exp(-(((TWO_THETA - angle) / 0.1) ** 2)) for angle, height in heights)
    return np.random.default_rng(seed).poisson(50 + shape, (n, TWO_THETA.size)).astype(float)


def test_lines_that_differ_are_those_of_one_part_only():
    first = counted([(10, 900), (15, 600), (20, 300)], 8, 0)
    second = counted([(10, 900), (15, 600), (25, 300)], 5, 1)
    found = find_two_parts(np.concatenate([first, second]))
    strongest = sorted(found.lines, key=lambda line: -max(line.heights))[:4]
    differing = {
        round(line.two_theta): line.heights
        for line in strongest
        if min(line.heights) < 0.3 * max(line.heights)
    }
    assert set(differing) == {20, 25}
    assert differing[20][0] > differing[20][1]
    assert differing[25][1] > differing[25][0]


def test_positions_are_those_of_a_discriminant_made_without_the_pattern():
    rng = np.random.default_rng(1)
    places = rng.normal(size=(9, 3))
    first = np.arange(9) < 4
    found = _positions(places, first)
    for row in range(9):
        others = np.arange(9) != row
        a, b = places[others & first], places[others & ~first]
        deviation = np.concatenate([a - a.mean(axis=0), b - b.mean(axis=0)])
        covariance = deviation.T @ deviation / (9 - 3)
        covariance += np.trace(covariance) / 3 * np.eye(3)
        direction = np.linalg.solve(covariance, a.mean(axis=0) - b.mean(axis=0))
        middle = (a.mean(axis=0) + b.mean(axis=0)) / 2
        expected = (places[row] - middle) @ direction
        expected /= (a.mean(axis=0) - b.mean(axis=0)) @ direction
        assert found[row] == pytest.approx(expected)


def test_patterns_beyond_those_that_are_compared_join_the_nearer_part(monkeypatch, merged):
    monkeypatch.setattr("xrpdsim.sorting.two_parts._MOST_PATTERNS", 14)
    found = find_two_parts(merged)
    assert sorted(found.rows[1].tolist()) == list(range(6))


def test_short_scans_are_in_neither_part(merged):
    cut = merged.copy()
    cut[:2, 900:] = np.nan
    found = find_two_parts(cut)
    assert found.rows[1].tolist() == [2, 3, 4, 5]
    assert not {0, 1} & set(found.rows[0].tolist())


@pytest.mark.parametrize("n", [0, 1, 5])
def test_few_patterns_are_never_two_parts(merged, n):
    assert find_two_parts(merged[:n]) is None


def test_patterns_without_lines_or_without_a_common_range_are_no_parts():
    assert find_two_parts(np.ones((8, 1950))) is None
    apart = np.full((8, 1950), np.nan)
    apart[:4, :900] = apart[4:, 1000:] = 1.0
    assert find_two_parts(apart) is None


def test_samples_that_hold_a_little_impurity_are_no_other_form(monkeypatch):
    lines = [(10, 9000), (15, 6000), (20, 3000)]
    X = np.concatenate([counted(lines, 12, 0), counted([*lines, (25, 400)], 8, 1)])
    assert find_two_parts(X) is None
    monkeypatch.setattr("xrpdsim.sorting.two_parts._MIN_DISTANCE", 0.0)
    assert find_two_parts(X).rows[1].tolist() == list(range(12, 20))


def test_masked_points_are_not_measured(merged):
    masked = np.ma.masked_array(merged.copy(), np.zeros(merged.shape, dtype=bool))
    masked[:2, 900:] = np.ma.masked
    masked.data[:2, 900:] = 1e6
    cut = np.where(masked.mask, np.nan, merged)
    assert [rows.tolist() for rows in find_two_parts(masked).rows] == [
        rows.tolist() for rows in find_two_parts(cut).rows
    ]
