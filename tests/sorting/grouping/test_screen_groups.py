import numpy as np

from xrpdsim.sorting.grouping import representative_sample


def test_a_sample_holds_typical_patterns_and_every_large_group():
    labels = np.repeat([0, 1, 2, -1], [60, 30, 5, 5])
    rows = np.arange(100)
    chosen = representative_sample(labels, np.array([7, 61, 91]), rows, 20)
    assert len(chosen) == 20
    assert {7, 61, 91} <= set(chosen.tolist())
    assert set(labels[chosen]) == {0, 1, 2, -1}
    assert (representative_sample(labels, np.array([7]), rows, 100) == rows).all()
