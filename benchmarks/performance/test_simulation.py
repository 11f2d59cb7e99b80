"""Crystals and their patterns."""

import pytest

from xrpdsim.simulation import simulate_patterns, virtual_crystal


def test_crystals(ratio, transform):
    ratio(
        "20 virtual crystals",
        lambda: [virtual_crystal(random_state=seed) for seed in range(20)],
        transform,
    )


@pytest.mark.parametrize("preset", ["transmission", "well-plate", "bragg-brentano"])
def test_patterns(ratio, transform, preset):
    lines = virtual_crystal(random_state=0)
    ratio(
        f"100 patterns, {preset}",
        lambda: simulate_patterns(lines, 100, preset=preset, random_state=0),
        transform,
    )
