import numpy as np
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline

from xrpdsim import DeGelderSimilarity, PairwisePhaseClassifier
from xrpdsim.preprocessing import BaselineRemover, PatternNormalizer, SquareRootScaler
from xrpdsim.sorting import FormClusterer, ScreeningSimilarity


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


def test_portions_find_the_same_groups_as_all_pairs(mixed_screen):
    X, form = mixed_screen.X, mixed_screen.form.astype(str)
    pure = np.array([name != "amorphous" and "+" not in name for name in form])
    whole = FormClusterer().fit(X)
    parts = FormClusterer(portion=20).fit(X)
    assert not hasattr(parts, "pair_probabilities_")
    assert adjusted_rand_score(whole.labels_[pure], parts.labels_[pure]) > 0.95
    for group, medoid in enumerate(parts.medoid_indices_):
        assert parts.labels_[medoid] == group
    with pytest.raises(ValueError, match="corrections need all 60 patterns"):
        parts.fit(X, same=[[0, 1]])


def test_refitting_forgets_what_portions_do_not_have(pure_screen):
    clusterer = FormClusterer().fit(pure_screen.X)
    clusterer.set_params(portion=10).fit(pure_screen.X)
    assert not hasattr(clusterer, "linkage_")
    assert not hasattr(clone(clusterer), "labels_")


def test_the_default_measure_calibrates_itself_on_labels_where_there_are_any(pure_screen):
    without = ScreeningSimilarity().fit(pure_screen.X)
    learnt = ScreeningSimilarity().fit(pure_screen.X, pure_screen.y)
    assert without.threshold_ != learnt.threshold_
    at_threshold = without.calibrator_.predict([without.threshold_])
    np.testing.assert_allclose(at_threshold, 0.5)
