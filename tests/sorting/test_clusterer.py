import numpy as np
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline

from xrpdsim import DeGelderSimilarity, PairwisePhaseClassifier
from xrpdsim.preprocessing import BaselineRemover, PatternNormalizer, SquareRootScaler
from xrpdsim.similarity import ScreeningSimilarity, default_similarity
from xrpdsim.sorting import FormClusterer


def test_pure_forms_are_found_among_amorphous_and_mixed_patterns(mixed_screen):
    form = mixed_screen.form.astype(str)
    clusterer = FormClusterer().fit(mixed_screen.X)
    pure = np.array([name != "amorphous" and "+" not in name for name in form])
    assert adjusted_rand_score(form[pure], clusterer.labels_[pure]) > 0.95
    assert (clusterer.amorphous_ == (form == "amorphous")).all()
    assert (clusterer.labels_[clusterer.amorphous_] == -1).all()


def test_what_describes_groups_follows_from_the_pair_probabilities(pure_screen):
    clusterer = FormClusterer().fit(pure_screen.X)
    probability, labels = clusterer.pair_probabilities_, clusterer.labels_
    for group, medoid in enumerate(clusterer.medoid_indices_):
        members = np.flatnonzero(labels == group)
        means = [
            np.mean([probability[i, j] for j in members if j != i], dtype=float) for i in members
        ]
        np.testing.assert_allclose(clusterer.probabilities_[members], means, rtol=1e-6)
        assert medoid == members[np.argmax(means)]
    assert (clusterer.probabilities_[labels < 0] == 0).all()


def test_order_and_scale_of_patterns_do_not_matter(pure_screen):
    X = pure_screen.X
    order = np.random.RandomState(0).permutation(len(X))
    labels = FormClusterer().fit_predict(X)
    scaled = FormClusterer().fit_predict(X[order] * 7)
    assert adjusted_rand_score(labels[order], scaled) == 1


def test_precomputed_probabilities_give_the_same_groups(pure_screen):
    first = FormClusterer(set_amorphous_aside=False).fit(pure_screen.X)
    second = FormClusterer("precomputed").fit(first.pair_probabilities_)
    assert (first.labels_ == second.labels_).all()


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.zeros((3, 2)), "must be square"),
        (np.full((3, 3), 1.5), "between 0 and 1"),
        (np.full((3, 3), np.nan), "NaN"),
    ],
)
def test_a_matrix_that_holds_no_probabilities_is_refused(matrix, message):
    with pytest.raises(ValueError, match=message):
        FormClusterer("precomputed").fit(matrix)


def test_any_fitted_pair_estimator_or_pipeline_will_do(pure_screen):
    X, form = pure_screen.X, pure_screen.form.astype(str)
    filled = np.nan_to_num(X)
    pipeline = make_pipeline(
        PatternNormalizer(), BaselineRemover(), SquareRootScaler(), DeGelderSimilarity(0.2, 0.2)
    ).fit(filled, form)
    labels = FormClusterer(pipeline).fit_predict(filled)
    assert adjusted_rand_score(form, labels) > 0.9
    classifier = PairwisePhaseClassifier(PCA(5)).fit(filled, form)
    assert FormClusterer(classifier).fit(filled).similarity_ is classifier


def test_a_measure_without_probabilities_says_so(pure_screen):
    with pytest.raises(ValueError, match="fitted without labels"):
        FormClusterer(DeGelderSimilarity(overlap="nan")).fit(pure_screen.X)


def test_corrections_move_patterns_and_survive(pure_screen):
    X = pure_screen.X
    before = FormClusterer().fit(X)
    inside = np.flatnonzero(before.labels_ == 0)
    across = np.flatnonzero(before.labels_ == 1)
    after = FormClusterer().fit(
        X, same=[[inside[0], across[0]]], different=[[inside[1], inside[2]]]
    )
    assert after.labels_[inside[0]] == after.labels_[across[0]]
    assert after.labels_[inside[1]] != after.labels_[inside[2]] or after.labels_[inside[1]] == -1


@pytest.mark.parametrize("similarity", ["organic-1", "screening"])
def test_a_large_screen_gets_all_that_a_small_one_gets(mixed_screen, similarity):
    X = mixed_screen.X
    whole = FormClusterer(similarity).fit(X)
    large = FormClusterer(similarity, portion=20).fit(X)
    assert set(vars(whole)) == set(vars(large))
    assert len(large.mapped_indices_) == len(large.pair_probabilities_) == 20
    assert len(large.linkage_) == 19
    assert set(large.medoid_indices_) <= set(large.mapped_indices_)
    for group, medoid in enumerate(large.medoid_indices_):
        assert large.labels_[medoid] == group
        assert large.probabilities_[medoid] == large.probabilities_[large.labels_ == group].max()
    assert (large.next_groups_ != large.labels_)[large.labels_ >= 0].all()


def test_refitting_forgets_the_tree(pure_screen):
    clusterer = FormClusterer().fit(pure_screen.X)
    clusterer.set_params(similarity="precomputed").fit(np.eye(2))
    assert clusterer.linkage_.shape == (1, 4)
    assert not hasattr(clone(clusterer), "labels_")


def test_the_default_is_the_shipped_measure_on_its_grid_and_a_classical_one_elsewhere(pure_screen):
    assert FormClusterer().fit(pure_screen.X).similarity_name_ == "organic-1"
    two_theta = pure_screen.two_theta
    for X, grid in ((pure_screen.X[:, :-50], None), (pure_screen.X, two_theta + 0.01)):
        clusterer = FormClusterer(two_theta=grid).fit(X)
        assert clusterer.similarity_name_ == "screening"
        assert isinstance(clusterer.similarity_, ScreeningSimilarity)
    assert default_similarity(two_theta).overlap == "nan"


def probabilities_of_groups(sizes, between):
    """A matrix of one within groups and the given means between them."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    return np.asarray(between)[np.ix_(group, group)]


@pytest.mark.parametrize(
    ("mean", "size", "joins"),
    [(0.35, 1, True), (0.35, 2, True), (0.35, 3, False), (0.25, 1, False), (0.25, 2, False)],
)
def test_what_is_small_joins_a_larger_group_more_readily(mean, size, joins):
    matrix = probabilities_of_groups([6, size], [[1, mean], [mean, 1]])
    labels = FormClusterer("precomputed").fit_predict(matrix)
    assert (labels[:6] == 0).all()
    assert (labels[6:] == (0 if joins else 1 if size > 1 else -1)).all()


def test_what_is_small_does_not_join_what_is_small_nor_where_a_person_forbids():
    pairs = probabilities_of_groups([2, 2], [[1, 0.4], [0.4, 1]])
    assert FormClusterer("precomputed").fit_predict(pairs).tolist() == [0, 0, 1, 1]
    matrix = probabilities_of_groups([6, 1], [[1, 0.4], [0.4, 1]])
    labels = FormClusterer("precomputed").fit(matrix, different=[[0, 6]]).labels_
    assert labels[6] == -1


def test_scans_with_nothing_in_common_are_no_evidence_of_one_form(pure_screen):
    X = pure_screen.X[:12].copy()
    X[0, 900:] = np.nan
    X[1, :1000] = np.nan
    for portion in (12, 5):
        clusterer = FormClusterer(portion=portion).fit(X)
        place = {row: k for k, row in enumerate(clusterer.mapped_indices_.tolist())}
        if {0, 1} <= set(place):
            assert clusterer.pair_probabilities_[place[0], place[1]] == 0


def test_the_default_measure_calibrates_itself_on_labels_where_there_are_any(pure_screen):
    without = ScreeningSimilarity().fit(pure_screen.X)
    learnt = ScreeningSimilarity().fit(pure_screen.X, pure_screen.y)
    assert without.threshold_ != learnt.threshold_
    at_threshold = without.calibrator_.predict([without.threshold_])
    np.testing.assert_allclose(at_threshold, 0.5)
