"""Screens sorted without a matrix of all pairs, held against the matrix."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score

from xrpdsim import DeGelderSimilarity, PairwisePhaseClassifier
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.similarity.named import PatternProbabilities, similarity_by_name
from xrpdsim.sorting import FormClusterer, flag_patterns, neighbours
from xrpdsim.sorting.membership import describe_by_delegates, describe_by_matrix, sample_of
from xrpdsim.sorting.neighbours import stars
from xrpdsim.sorting.pair_source import EmbeddedPairs, PairSource, source_of


def no_bar(blocks, _):
    return blocks


def is_pure(screen):
    return np.array([name != "amorphous" and "+" not in name for name in screen.form])


@pytest.fixture(scope="module")
def large_screen():
    """Eight forms, cut scans, mixtures and amorphous patterns among 1500."""
    return make_screening_campaign(
        2, 8, 1500, preset="bragg-brentano", amorphous_share=0.05, mixture_share=0.05,
        random_state=1,
    )  # fmt: skip


@pytest.fixture(scope="module")
def sorted_at_once(large_screen):
    return FormClusterer().fit(large_screen.X)


@pytest.fixture(scope="module")
def pairs(mixed_screen):
    X = mixed_screen.X.copy()
    X[0, 900:] = np.nan
    X[1, :1000] = np.nan
    X[2] = 7.0
    X[3] = X[4]
    measure = PatternProbabilities(similarity_by_name("organic-1"), X)
    return EmbeddedPairs(measure, X, 25, no_bar), measure(X)


def test_the_groups_are_those_of_all_pairs(large_screen, sorted_at_once):
    pure = is_pure(large_screen)
    labels = FormClusterer(portion=200).fit_predict(large_screen.X)
    assert adjusted_rand_score(sorted_at_once.labels_[pure], labels[pure]) > 0.95
    assert adjusted_rand_score(sorted_at_once.labels_, labels) > 0.95


def test_several_rounds_of_joining_still_find_the_groups(large_screen, sorted_at_once, monkeypatch):
    monkeypatch.setattr(neighbours, "_MOST_NODES", 60)
    monkeypatch.setattr(neighbours, "_N_NEIGHBOURS", 5)
    pure = is_pure(large_screen)
    labels = FormClusterer(portion=200).fit_predict(large_screen.X)
    assert adjusted_rand_score(sorted_at_once.labels_[pure], labels[pure]) > 0.9


@pytest.mark.parametrize("similarity", ["organic-1", "screening"])
def test_corrections_are_kept_in_large_screens(mixed_screen, similarity):
    X = mixed_screen.X
    before = FormClusterer(similarity, portion=20).fit(X)
    inside = np.flatnonzero(before.labels_ == 0)
    across = np.flatnonzero(before.labels_ == 1)
    after = FormClusterer(similarity, portion=20).fit(
        X, same=[[inside[0], across[0]], [across[0], inside[3]]], different=[[inside[1], inside[2]]]
    )
    assert after.labels_[inside[0]] == after.labels_[across[0]] == after.labels_[inside[3]] >= 0
    apart = after.labels_[inside[1:3]]
    assert apart[0] != apart[1] or (apart == -1).all()
    with pytest.raises(ValueError, match="are said to be different"):
        after.fit(X, same=[[0, 1]], different=[[0, 1]])


def test_corrections_shift_probabilities_as_they_do_with_all_pairs(mixed_screen):
    X = mixed_screen.X
    rows = np.flatnonzero(FormClusterer().fit(X).labels_ == 0)[:4]
    same, different = [rows[:2]], [rows[2:]]
    whole = FormClusterer().fit(X, same=same, different=different)
    large = FormClusterer(portion=50).fit(X, same=same, different=different)
    mapped = large.mapped_indices_
    np.testing.assert_allclose(
        large.pair_probabilities_, whole.pair_probabilities_[np.ix_(mapped, mapped)], atol=1e-3
    )


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
    source = source_of(measure, X, 10, no_bar)
    rows = np.arange(len(X))
    neighbours, probability = source.nearest(rows, 3, 10, no_bar)
    expected = measure(X)
    np.testing.assert_allclose(probability, expected[rows[:, None], neighbours], atol=1e-3)
    np.testing.assert_allclose(source.probability(rows), expected, atol=1e-3)


def test_measures_without_an_embedder_are_asked_pair_by_pair(pure_screen):
    X = pure_screen.X
    measure = PatternProbabilities(DeGelderSimilarity().fit(X, pure_screen.form.astype(str)), X)
    assert type(source_of(measure, X, 10, no_bar)) is PairSource


def test_a_star_has_a_centre_and_no_chain():
    # a path 0 - 1 - 2 - 3 - 4
    neighbours = np.array([[1, 2], [0, 2], [1, 3], [2, 4], [3, 2]])
    probability = np.array([[0.9, 0], [0.9, 0.9], [0.9, 0.95], [0.95, 0.9], [0.9, 0]])
    centre = stars(neighbours, probability, 0.8, np.zeros(5, dtype=bool))
    assert centre.tolist() == [0, 2, 2, 2, 4] or centre.tolist() == [0, 0, 3, 3, 3]
    alone = stars(neighbours, probability, 0.8, np.array([False, False, False, True, False]))
    assert alone[3] == 3
    assert (alone[[0, 1, 2, 4]] != 3).all()


def test_delegates_of_whole_groups_say_what_the_matrix_says(pairs):
    source, matrix = pairs
    labels = np.full(60, -1)
    labels[10:18], labels[30:40], labels[50:55] = 1, 0, 2
    few = describe_by_delegates(source, labels, 25, no_bar)
    all_members = describe_by_matrix(matrix, labels)
    for name in ("probabilities", "medoid_indices", "next_probabilities"):
        np.testing.assert_allclose(getattr(few, name), getattr(all_members, name), atol=1e-3)
    near = all_members.next_probabilities > 0.1
    assert (few.next_groups[near] == all_members.next_groups[near]).all()


@pytest.mark.parametrize("portion", [2000, 20])
def test_what_looks_amorphous_but_fits_a_group_is_taken_back(mixed_screen, monkeypatch, portion):
    X, form = mixed_screen.X, mixed_screen.form.astype(str)
    before = FormClusterer(portion=portion).fit(X)
    wrong = np.flatnonzero(before.labels_ == 0)[:3]

    def too_strict(X, **parameters):
        flags = flag_patterns(X, **parameters)
        flags.amorphous[wrong] = True
        return flags

    monkeypatch.setattr("xrpdsim.sorting.clusterer.flag_patterns", too_strict)
    after = FormClusterer(portion=portion).fit(X)
    assert (after.labels_[wrong] == 0).all()
    assert (after.amorphous_ == (form == "amorphous")).all()
    assert (after.labels_[form == "amorphous"] == -1).all()
    assert (after.next_groups_[form == "amorphous"] == -1).all()


def test_a_sample_holds_medoids_and_every_large_group():
    labels = np.repeat([0, 1, 2, -1], [60, 30, 5, 5])
    rows = np.arange(100)
    chosen = sample_of(labels, np.array([7, 61, 91]), rows, 20)
    assert len(chosen) == 20
    assert {7, 61, 91} <= set(chosen.tolist())
    assert set(labels[chosen]) == {0, 1, 2, -1}
    assert (sample_of(labels, np.array([7]), rows, 100) == rows).all()
