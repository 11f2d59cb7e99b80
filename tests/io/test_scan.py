"""The gates that every reader's scans pass."""

import numpy as np
import pytest

from xrpdsim.io import PatternFileError
from xrpdsim.io._scan import MAX_POINTS, Scan, check_scan, even_angles, join_scans, measured_ranges

X, Y = np.arange(5.0, 10.0, 0.1), np.ones(50)


@pytest.mark.parametrize(
    ("scan", "message"),
    [
        (Scan(X, Y, n_declared=51), "announces 51 points but holds 50"),
        (Scan(X, Y[:-1]), "50 angles but 49"),
        (Scan(X, Y, esd=Y[:-1]), "49 values of esd"),
        (Scan(X, np.where(X > 7, np.nan, Y)), "nan"),
        (Scan(X, np.where(X > 7, np.inf, Y)), "inf"),
        (Scan(X, np.where(X > 7, 1e98, Y)), "1e"),
        (Scan(X[::-1], Y), "must increase"),
        (Scan(np.zeros(50), Y), "must increase"),
        (Scan(X * 100, Y), "within 180"),
        (Scan([5.0, 6.0], [1.0, 2.0]), "2 points"),
    ],
)
def test_gates(scan, message):
    with pytest.raises(PatternFileError, match=message):
        check_scan(scan)


def test_a_gap_between_ranges_is_no_damage():
    check_scan(Scan(np.concatenate([X, X + 7]), np.ones(100)))


def test_huge_counts_are_refused_before_memory_is_taken():
    with pytest.raises(PatternFileError, match="plausible"):
        even_angles(5.0, 0.1, 2**62)
    assert MAX_POINTS < 2**21


@pytest.mark.parametrize("step", [0.0, -0.1, float("nan"), float("inf")])
def test_impossible_steps(step):
    with pytest.raises(PatternFileError, match="step"):
        even_angles(5.0, step, 10)


def test_measured_ranges_of_growing_steps_are_one():
    angles = 5 * 1.01 ** np.arange(200)
    assert measured_ranges(angles) == ((angles[0], angles[-1]),)


def test_scans_that_overlap_are_refused_with_advice_for_every_command():
    scans = [Scan(X, Y), Scan(X + 1, Y)]
    with pytest.raises(PatternFileError, match=r"pick one with FILE#N \(scan=N in Python\), or"):
        join_scans(scans)
