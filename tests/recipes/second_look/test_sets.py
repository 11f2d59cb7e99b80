import numpy as np

from xrpdsim.recipes.second_look._sets import (
    families_kept_apart,
    polytypes_kept_apart,
    relatives_kept_apart,
)


def test_families_have_four_forms_of_six_patterns():
    patterns = families_kept_apart(2)
    assert patterns.X.shape == (48, 1950)
    np.testing.assert_array_equal(np.unique(patterns.phase, return_counts=True)[1], [6] * 8)
    np.testing.assert_array_equal(np.unique(patterns.compound, return_counts=True)[1], [24] * 2)
    again = families_kept_apart(1, first=1)
    np.testing.assert_array_equal(again.X, patterns.X[24:])


def test_minerals_are_other_crystals():
    assert not np.array_equal(
        families_kept_apart(1, mineral=True).X, families_kept_apart(1).X, equal_nan=True
    )


def test_polytypes_are_pairs_of_forms():
    patterns = polytypes_kept_apart(2)
    assert patterns.X.shape == (24, 1950)
    assert (np.diff(patterns.phase) >= 0).all()
    assert patterns.phase.max() == 3


def test_relatives_have_two_patterns_each():
    patterns = relatives_kept_apart(3, 0.01)
    np.testing.assert_array_equal(patterns.phase, np.repeat(np.arange(6), 2))
    np.testing.assert_array_equal(patterns.compound, np.repeat(np.arange(3), 4))
