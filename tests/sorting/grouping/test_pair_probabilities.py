import numpy as np
import pytest
from sklearn.decomposition import PCA

from xrpdsim import DeGelderSimilarity, PairwisePhaseClassifier
from xrpdsim.similarity.probability import PatternProbabilities
from xrpdsim.sorting.grouping import (
    PairProbabilities,
    check_probabilities,
    pair_probabilities_of,
)


def no_bar(blocks, _):
    return blocks


def test_probabilities_by_row_numbers_are_those_of_the_measure(pairs):
    source, matrix = pairs
    rows = np.array([0, 1, 2, 3, 4, 17, 40])
    np.testing.assert_allclose(source.probability(rows), matrix[np.ix_(rows, rows)], atol=1e-3)
    assert source.probability(np.array([0]), np.array([1, 2])).tolist() == [[0, 0]]


def test_neighbours_are_the_nearest_of_all(pairs):
    source, matrix = pairs
    rows = np.arange(5, 60)
    neighbours, probability = source.nearest(rows, 6, 20, no_bar)
    np.testing.assert_allclose(probability, matrix[rows[:, None], rows[neighbours]], atol=1e-3)
    others = matrix[np.ix_(rows, rows)] - 2 * np.eye(len(rows))
    np.testing.assert_allclose(np.sort(probability)[:, ::-1], -np.sort(-others)[:, :6], atol=1e-3)
    assert (neighbours != np.arange(len(rows))[:, None]).all()
    first, probability = source.nearest(np.arange(5), 4, 5, no_bar)
    np.testing.assert_allclose(probability, matrix[np.arange(5)[:, None], first], atol=1e-3)
    assert first[3, 0] == 4


def test_euclidean_embedders_have_neighbours_too(pure_screen):
    X = np.nan_to_num(pure_screen.X)
    classifier = PairwisePhaseClassifier(PCA(5)).fit(X, pure_screen.form.astype(str))
    measure = PatternProbabilities(classifier, X)
    source = pair_probabilities_of(measure, X, 10, no_bar)
    rows = np.arange(len(X))
    neighbours, probability = source.nearest(rows, 3, 10, no_bar)
    expected = measure(X)
    np.testing.assert_allclose(probability, expected[rows[:, None], neighbours], atol=1e-3)
    np.testing.assert_allclose(source.probability(rows), expected, atol=1e-3)


def test_measures_without_an_embedder_are_asked_pair_by_pair(pure_screen):
    X = pure_screen.X
    measure = PatternProbabilities(DeGelderSimilarity().fit(X, pure_screen.form.astype(str)), X)
    assert type(pair_probabilities_of(measure, X, 10, no_bar)) is PairProbabilities


def test_a_matrix_may_miss_symmetry_by_rounding_and_rows_may_be_other_patterns():
    matrix = np.array([[1, 0.3], [0.3 + 5e-7, 1]])
    assert check_probabilities(matrix, square=True) is matrix
    assert check_probabilities(1 - np.eye(3)).shape == (3, 3)
    nothing_known = np.zeros((2, 2))
    assert check_probabilities(nothing_known, square=True) is nothing_known
    with pytest.raises(ValueError, match="X must be symmetric"):
        check_probabilities(np.array([[1, 0.3], [0.301, 1]]), square=True)
