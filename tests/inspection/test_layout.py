import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import average, cophenet, is_valid_linkage
from scipy.spatial.distance import pdist, squareform

from xrpdsim.inspection import map_in_two_dimensions
from xrpdsim.inspection.layout import one_each, order_of_map, prune_tree, square


def test_distances_in_a_plane_are_found_again():
    points = np.random.default_rng(0).uniform(0, 0.5, (12, 2))
    distance = squareform(pdist(points))
    places = map_in_two_dimensions(1 - distance)
    # an eigendecomposition of a 12 x 12 matrix errs by some 1e-15, the root of what is 0 by 1e-8
    np.testing.assert_allclose(squareform(pdist(places)), distance, atol=1e-7)


def test_one_pattern_and_two_have_a_place_each():
    np.testing.assert_array_equal(map_in_two_dimensions([[1.0]]), [[0, 0]])
    places = map_in_two_dimensions([[1.0, 0.5], [0.5, 1.0]])
    assert pdist(places)[0] == pytest.approx(0.5)


@given(st.integers(2, 30), st.integers(0, 2**32 - 1), st.data())
@settings(max_examples=50, deadline=None)
def test_a_pruned_tree_joins_what_is_left_as_high_as_the_whole_one(n, seed, data):
    tree = average(np.random.default_rng(seed).uniform(0, 1, n * (n - 1) // 2))
    shown = np.array(sorted(data.draw(st.sets(st.integers(0, n - 1), min_size=2))))
    pruned = prune_tree(tree, shown)
    assert is_valid_linkage(pruned)
    whole = squareform(cophenet(tree))
    np.testing.assert_array_equal(squareform(cophenet(pruned)), whole[np.ix_(shown, shown)])


def test_a_tree_of_one_leaf_has_no_branch():
    assert prune_tree(average(pdist(np.eye(3))), np.array([1])).shape == (0, 4)


def test_what_is_outside_the_tree_comes_last():
    tree = average(pdist([[0.0], [5.0], [0.1]]))
    assert order_of_map(5, tree, np.array([1, 2, 4])).tolist()[3:] == [0, 3]


def test_without_a_tree_patterns_keep_their_order():
    assert order_of_map(3, np.empty((0, 4)), np.array([1])).tolist() == [0, 1, 2]


def test_what_does_not_fit_the_patterns_is_refused():
    np.testing.assert_array_equal(square([[1.0, 0.5], [0.5, 1.0]], "m"), [[1.0, 0.5], [0.5, 1.0]])
    assert one_each([3, 4], "labels", 2).tolist() == [3, 4]
    for matrix in ([1.0], [[1.0, 0.5]], 3.0):
        with pytest.raises(ValueError, match=r"m has shape .*, but must be square"):
            square(matrix, "m")
    for values in ([1], [[1, 2]], 3):
        with pytest.raises(ValueError, match=r"labels has shape .* one for each pattern"):
            one_each(values, "labels", 2)
