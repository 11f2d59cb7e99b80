import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from xrpdsim.sorting.grouping import average_linkage, cut
from xrpdsim.sorting.grouping.large_screens import link_nodes


def random_probabilities(n_patterns, seed):
    matrix = np.random.RandomState(seed).uniform(size=(n_patterns, n_patterns))
    matrix = (matrix + matrix.T) / 2
    np.fill_diagonal(matrix, 1)
    return matrix


@given(st.integers(2, 15), st.integers(0, 10_000), st.floats(0.3, 0.7))
def test_a_node_weighs_as_many_patterns_as_it_stands_for(n_nodes, seed, threshold):
    probability = random_probabilities(n_nodes, seed)
    sizes = np.random.RandomState(seed).randint(1, 4, n_nodes)
    node = np.repeat(np.arange(n_nodes), sizes)
    # a node's own patterns are certainly one form, so that SciPy merges them first
    one_by_one = cut(average_linkage(probability[np.ix_(node, node)]), threshold, smallest=1)
    of_nodes = link_nodes(1 - probability, sizes, threshold)
    assert adjusted_rand_score(one_by_one, of_nodes[node]) == 1


def test_nodes_keep_to_corrections():
    same, different = np.array([[0, 3]]), np.array([[1, 2]])
    labels = link_nodes(np.zeros((4, 4)), np.ones(4), 0.5, None, different)
    assert labels[1] != labels[2]
    labels = link_nodes(np.ones((4, 4)), np.ones(4), 0.5, same, different)
    assert labels[0] == labels[3]
    assert len(np.unique(labels)) == 3
