import dataclasses

import numpy as np
import pytest

from xrpdsim.patterns import default_two_theta
from xrpdsim.sorting.cif_references import draw_structure, intensity_agreement, read_structure

GRID = default_two_theta()


@pytest.fixture(scope="module")
def lines(structure_file):
    return read_structure(structure_file, GRID).lines


def agreement(lines, X, shifts=(0.0,)):
    measured = ~np.isnan(X)
    return intensity_agreement(lines, np.sqrt(np.nan_to_num(X)), measured, GRID, np.array(shifts))


def test_intensities_agree_with_themselves_also_beside_other_lines_and_displaced(lines):
    X = draw_structure(lines, GRID)[None]
    assert agreement(lines, X) > 0.995
    beside = X + 0.5 * X.max() * np.exp(-(((GRID - 4.0) / 0.1) ** 2))
    assert lines.two_theta[0] > 6
    assert agreement(lines, beside) == pytest.approx(agreement(lines, X), abs=1e-3)
    displaced = np.interp(GRID - 0.1 * np.cos(np.radians(GRID / 2)), GRID, X[0])[None]
    assert agreement(lines, displaced, [0.1]) > 0.995 > agreement(lines, displaced)
    cut = X.copy()
    cut[:, :500] = np.nan
    assert agreement(lines, cut) > 0.99


def test_other_intensities_do_not_agree(lines):
    order = np.random.RandomState(0).permutation(len(lines))
    other = dataclasses.replace(lines, intensity=lines.intensity[order])
    assert agreement(other, draw_structure(lines, GRID)[None]) < 0.8


def test_texture_of_single_samples_cancels_in_their_mean(lines):
    rng = np.random.RandomState(1)
    X = np.array(
        [
            draw_structure(
                dataclasses.replace(
                    lines, intensity=lines.intensity * rng.lognormal(0, 0.7, len(lines))
                ),
                GRID,
            )
            for _ in range(8)
        ]
    )
    alone = np.mean([agreement(lines, x[None]) for x in X])
    assert agreement(lines, X, np.zeros(8)) > alone + 0.01
