"""Screens compared by nodes of patterns, a few pairs of which are looked at again."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

from xrpdsim import PairwisePhaseClassifier
from xrpdsim.similarity.probability import PatternProbabilities
from xrpdsim.similarity.second_look import SecondLook
from xrpdsim.sorting.grouping import screen_probabilities, second_looks

POINTS = 240
TWO_THETA = 5 + 0.1 * np.arange(POINTS)


def patterns(seed, n_forms, n_each):
    rng = np.random.default_rng(seed)
    lines = 1000 * (rng.random((n_forms, POINTS)) < 0.08) * rng.random((n_forms, POINTS))
    form = np.repeat(np.arange(n_forms), n_each)
    noise = rng.uniform(5, 15, (len(form), POINTS))
    return lines[form] * rng.uniform(0.8, 1.2, (len(form), 1)) + noise, form


@pytest.fixture(scope="module")
def classifier():
    X, form = patterns(0, 12, 4)
    y = np.column_stack([form // 2, form])
    embedder = make_pipeline(SimpleImputer(), PCA(8, random_state=0)).fit(X)
    first = PairwisePhaseClassifier(FrozenEstimator(embedder), two_theta=TWO_THETA)
    small = {"features": 6, "lags": 4, "self_lags": 2, "channels": (8, 8), "hidden": 8}
    look = SecondLook(
        first, two_theta=TWO_THETA, module_params=small, steps=5, pairs_per_step=32,
        n_validation_groups=2, n_threads=1, random_state=0,
    )  # fmt: skip
    trained = look.fit(X, y).second_look_
    return PairwisePhaseClassifier(
        FrozenEstimator(embedder), second_look=trained, two_theta=TWO_THETA, overlap="nan"
    ).fit(X, y)


@pytest.fixture
def by_nodes(monkeypatch):
    monkeypatch.setattr(second_looks, "FEW_PATTERNS", 10)


def test_few_patterns_are_all_compared(classifier):
    X, _ = patterns(1, 3, 6)
    measure = PatternProbabilities(classifier, X)
    off = ~np.eye(len(X), dtype=bool)
    np.testing.assert_allclose(
        screen_probabilities(measure, X)[off], measure(X)[off], rtol=0, atol=1e-3
    )


def test_about_amorphous_patterns_the_first_look_decides(classifier):
    X, _ = patterns(1, 3, 6)
    amorphous = np.arange(len(X)) < 2
    found = screen_probabilities(PatternProbabilities(classifier, X), X, amorphous)
    first = classifier._first_scorer().matrix(classifier._first_patterns(X))
    odds = np.clip(classifier.second_look_.band.first(first), -7, 7)
    np.testing.assert_allclose(found[:2, 2:], classifier.proba_of_scores(odds)[:2, 2:])


def test_a_measure_without_a_second_look_compares_all(classifier, by_nodes):
    X, _ = patterns(1, 3, 6)
    plain = PairwisePhaseClassifier(classifier.embedder, two_theta=TWO_THETA).fit(
        *(part for part in (X, np.repeat(["a", "b", "c"], 6)))
    )
    measure = PatternProbabilities(plain, X)
    np.testing.assert_array_equal(screen_probabilities(measure, X), measure(X))


def test_enough_nodes_give_what_all_pairs_do(classifier, by_nodes, monkeypatch):
    # every pattern is a node, and every pair between nodes is looked at again
    monkeypatch.setattr(second_looks, "N_NODES", 30)
    X, _ = patterns(1, 5, 6)
    measure = PatternProbabilities(classifier, X)
    found = screen_probabilities(measure, X)
    band = classifier.second_look_.band
    outside = classifier._first_scorer().matrix(classifier._first_patterns(X)) <= band.low
    i, j = np.nonzero(~outside & ~np.eye(30, dtype=bool))
    odds = classifier.pairwise(X)
    np.testing.assert_allclose(
        found[i, j], classifier.proba_of_scores(odds)[i, j], rtol=0, atol=1e-6
    )


def test_few_pairs_stand_for_all_between_two_nodes(classifier, by_nodes, monkeypatch):
    monkeypatch.setattr(second_looks, "N_NODES", 8)
    monkeypatch.setattr(second_looks, "MOST_LOOKS", 28)
    asked = []

    def all_are_one_form(look, a, b, i, j, score):
        asked.append(len(i))
        return np.full(len(i), 5.0)

    monkeypatch.setattr(type(classifier.second_look_), "log_odds", all_are_one_form)
    X, _ = patterns(2, 4, 15)
    found = screen_probabilities(PatternProbabilities(classifier, X), X)
    np.testing.assert_allclose(found, found.T, atol=1e-9)
    # 8 nodes of at most 24 patterns: their own pairs, each once, and one for each two nodes
    assert sum(asked) <= 60 * 23 / 2 + 28
    first = classifier._first_scorer().matrix(classifier._first_patterns(X))
    assert found.mean() > classifier.proba_by_first_look(first).mean()


def test_cut_scans_that_share_too_little_have_no_probability(classifier, by_nodes):
    X, _ = patterns(3, 3, 6)
    X[0, 60:], X[1, :180] = np.nan, np.nan
    found = screen_probabilities(PatternProbabilities(classifier, X), X)
    assert found[0, 1] == found[1, 0] == 0
    assert np.isfinite(found).all()
