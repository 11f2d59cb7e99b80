import numpy as np

from xrpdsim.similarity.named import similarity_by_name
from xrpdsim.similarity.probability import PatternProbabilities
from xrpdsim.sorting.grouping import pair_probabilities_of
from xrpdsim.sorting.grouping.large_screens import join_neighbours, stars


def no_bar(blocks, _):
    return blocks


def test_several_rounds_of_joining_make_nodes_of_one_group_each(large_screen, sorted_at_once):
    X, labels = large_screen.X, sorted_at_once.labels_
    rows = np.flatnonzero(labels >= 0)
    measure = PatternProbabilities(similarity_by_name("organic-1"), X)
    centre_of, open_centres = join_neighbours(
        pair_probabilities_of(measure, X, 500, no_bar),
        rows, np.zeros(len(rows), dtype=bool), 0.5, 500, no_bar, n_neighbours=5, most_nodes=60,
    )  # fmt: skip
    assert len(open_centres) <= 60
    assert (labels[centre_of] == labels[rows]).mean() > 0.95


def test_patterns_that_cannot_be_joined_end_the_rounds(pairs):
    source, _ = pairs
    rows = np.arange(5, 60)
    corrected = np.ones(len(rows), dtype=bool)
    centre_of, open_centres = join_neighbours(
        source, rows, corrected, 0.5, 25, no_bar, n_neighbours=5, most_nodes=10
    )
    np.testing.assert_array_equal(centre_of, rows)
    np.testing.assert_array_equal(open_centres, rows)


def test_a_star_has_a_centre_and_no_chain():
    # a path 0 - 1 - 2 - 3 - 4
    neighbours = np.array([[1, 2], [0, 2], [1, 3], [2, 4], [3, 2]])
    probability = np.array([[0.9, 0], [0.9, 0.9], [0.9, 0.95], [0.95, 0.9], [0.9, 0]])
    centre = stars(neighbours, probability, 0.8, np.zeros(5, dtype=bool))
    assert centre.tolist() == [0, 2, 2, 2, 4] or centre.tolist() == [0, 0, 3, 3, 3]
    alone = stars(neighbours, probability, 0.8, np.array([False, False, False, True, False]))
    assert alone[3] == 3
    assert (alone[[0, 1, 2, 4]] != 3).all()
