import numpy as np

from xrpdsim.sorting.grouping import fit_to_all_members, fit_to_representatives


def no_bar(blocks, _):
    return blocks


def test_representatives_of_whole_groups_say_what_the_matrix_says(pairs):
    source, matrix = pairs
    labels = np.full(60, -1)
    labels[10:18], labels[30:40], labels[50:55] = 1, 0, 2
    none = np.zeros(60, dtype=bool)
    few = fit_to_representatives(source, labels, none, 25, no_bar)
    all_members = fit_to_all_members(matrix, labels, none)
    for name in ("probabilities", "typical_indices", "next_probabilities"):
        np.testing.assert_allclose(getattr(few, name), getattr(all_members, name), atol=1e-3)
    near = all_members.next_probabilities > 0.1
    assert (few.next_groups[near] == all_members.next_groups[near]).all()


def test_what_looks_amorphous_is_typical_only_of_a_group_of_such(pairs):
    source, matrix = pairs
    labels = np.full(60, -1)
    labels[30:40] = 0
    amorphous = np.zeros(60, dtype=bool)
    for fit in (
        lambda faint: fit_to_all_members(matrix, labels, faint),
        lambda faint: fit_to_representatives(source, labels, faint, 25, no_bar),
    ):
        best = fit(amorphous).typical_indices[0]
        faint = amorphous.copy()
        faint[best] = True
        assert fit(faint).typical_indices[0] not in (best, -1)
        faint[30:40] = True
        assert fit(faint).typical_indices[0] == best
