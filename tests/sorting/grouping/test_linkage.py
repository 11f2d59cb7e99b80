import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score

from xrpdsim.sorting.grouping import average_linkage, cut, number_by_size


def random_probabilities(n_patterns, seed):
    matrix = np.random.RandomState(seed).uniform(size=(n_patterns, n_patterns))
    matrix = (matrix + matrix.T) / 2
    np.fill_diagonal(matrix, 1)
    return matrix


@given(st.integers(2, 25), st.integers(0, 10_000), st.floats(0.3, 0.7))
def test_groups_are_those_of_scikit_learns_average_linkage(n_patterns, seed, threshold):
    probability = random_probabilities(n_patterns, seed)
    theirs = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1 - threshold
    ).fit_predict(1 - probability)
    ours = cut(average_linkage(probability), threshold, smallest=1)
    assert adjusted_rand_score(theirs, ours) == 1


@given(st.integers(3, 20), st.integers(0, 10_000))
def test_corrections_are_kept_whatever_the_probabilities(n_patterns, seed):
    rng = np.random.RandomState(seed)
    truth = rng.randint(0, 3, n_patterns)
    pairs = rng.randint(0, n_patterns, (6, 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    equal = truth[pairs[:, 0]] == truth[pairs[:, 1]]
    tree = average_linkage(random_probabilities(n_patterns, seed), pairs[equal], pairs[~equal])
    labels = cut(tree, 0.5, smallest=1)
    assert (labels[pairs[equal][:, 0]] == labels[pairs[equal][:, 1]]).all()
    assert (labels[pairs[~equal][:, 0]] != labels[pairs[~equal][:, 1]]).all()


def test_contradicting_corrections_are_refused():
    same, different = np.array([[0, 1], [1, 2]]), np.array([[0, 2]])
    with pytest.raises(ValueError, match="0 and 2 are said to be different"):
        average_linkage(random_probabilities(4, 0), same, different)


def test_groups_are_numbered_from_the_largest_and_small_ones_dropped():
    labels = number_by_size(np.array([3, 3, 9, 9, 9, 1, -1]))
    assert labels.tolist() == [1, 1, 0, 0, 0, -1, -1]
