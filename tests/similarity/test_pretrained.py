import inspect
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from xrpdsim import PairwisePhaseClassifier, SiameseXRPDEmbedder
from xrpdsim.embedding import HybridNet
from xrpdsim.embedding.weights import FOLDER, available_models
from xrpdsim.evaluation import pair_scoring
from xrpdsim.patterns import default_two_theta
from xrpdsim.similarity.probability import CALIBRATORS


@pytest.fixture(scope="module", params=["organic-1", "organic-2"])
def name(request):
    return request.param


@pytest.fixture(scope="module")
def embedder(name):
    return SiameseXRPDEmbedder.from_pretrained(name, device="cpu")


@pytest.fixture(scope="module")
def classifier(name):
    return PairwisePhaseClassifier.from_pretrained(name, device="cpu")


def test_weights_are_small_and_there(name):
    assert name in available_models()
    assert sum(path.stat().st_size for path in FOLDER.glob(f"{name}.*")) < 20_000_000


@pytest.mark.parametrize("names", [None, "angles", "text", "others"])
def test_data_frames_do_not_warn(name, classifier, names):
    X = np.random.default_rng(0).poisson(100, size=(4, 1950)).astype(float)
    X[:2, ::100] += 5000
    grid = default_two_theta()
    columns = {
        "angles": grid,
        "text": [f"{angle:.2f}" for angle in grid],
        "others": [f"point {k}" for k in range(1950)],
    }
    frame = pd.DataFrame(X, columns=columns.get(names))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = classifier.predict(frame)
        SiameseXRPDEmbedder.from_pretrained(name, device="cpu").transform(frame)
        again = PairwisePhaseClassifier.from_pretrained(name, device="cpu")
        again.fit(frame, ["a", "a", "b", "b"]).predict(frame)
    np.testing.assert_array_equal(found, classifier.predict(X))
    if names == "others":  # after a fit names count, as everywhere
        with pytest.raises(ValueError, match="feature names"):
            again.predict(frame[frame.columns[::-1]])


def test_both_looks_are_the_default():
    assert PairwisePhaseClassifier.from_pretrained(device="cpu").second_look_ is not None
    assert SiameseXRPDEmbedder.from_pretrained(device="cpu").init == "organic-2"


def test_without_the_second_look_scores_are_cosines_with_probabilities_of_their_own(screen):
    X, forms = screen
    once = PairwisePhaseClassifier.from_pretrained("organic-2", second_look=False, device="cpu")
    Z = once.embedder_.transform(X).astype(np.float64)
    np.testing.assert_allclose(once.pairwise(X), Z @ Z.T, atol=1e-6)
    probability = once.pairwise_proba(X)
    same = forms[:, None] == forms[None, :]
    assert probability[same].min() > 0.5 > probability[~same].max()


def test_pairs_subsets_and_orders_agree(classifier, screen):
    X = screen[0]
    matrix = classifier.pairwise(X)
    np.testing.assert_array_equal(matrix, matrix.T)
    rows = np.array([7, 0, 11, 3])
    np.testing.assert_allclose(classifier.pairwise(X[rows]), matrix[np.ix_(rows, rows)], atol=1e-6)
    pairs = np.array([[7, 0], [3, 11], [0, 7]])
    np.testing.assert_allclose(
        classifier.decision_function(X, pairs=pairs), matrix[tuple(pairs.T)], atol=1e-6
    )


def test_the_file_holds_every_parameter_of_the_network(embedder):
    parameters = set(inspect.signature(HybridNet).parameters) - {"n_points"}
    assert set(embedder.effective_params_["module_params"]) == parameters


def test_forms_of_a_screen_are_told_apart_from_raw_counts(classifier, screen):
    X, forms = screen
    probability = classifier.pairwise_proba(X)
    same = forms[:, None] == forms[None, :]
    assert probability[same].min() > 0.5 > probability[~same].max()
    first, second = np.triu_indices(len(X), 1)
    assert (classifier.predict(X) == same[first, second]).all()


@pytest.mark.parametrize("factor", [1e-6, 3.7, 1e9])
def test_the_scale_of_the_counts_does_not_matter(embedder, screen, factor):
    X = screen[0]
    np.testing.assert_allclose(embedder.transform(X * factor), embedder.transform(X), atol=2e-4)


def test_each_pattern_has_a_scale_of_its_own(embedder, screen):
    X = screen[0]
    factors = np.geomspace(1e-3, 1e5, len(X))[:, None]
    np.testing.assert_allclose(embedder.transform(X * factors), embedder.transform(X), atol=2e-4)


def test_embeddings_have_length_1_and_no_holes(embedder, screen):
    X = screen[0].copy()
    X[0, :300] = np.nan
    X[1, 900:1000] = np.nan
    X[2, 1300:] = np.nan
    lengths = np.linalg.norm(embedder.transform(X), axis=1)
    np.testing.assert_allclose(lengths, 1, atol=1e-5)


@pytest.mark.parametrize("kept", [slice(200, None), slice(0, 1450), slice(150, 1500)])
def test_a_cut_scan_is_nearer_to_itself_than_to_other_forms(classifier, screen, kept):
    X, forms = screen
    cut = np.full_like(X, np.nan)
    cut[:, kept] = X[:, kept]
    similarity = classifier.pairwise(cut, X)
    assert (similarity.argmax(axis=1) // 4 == forms).all()
    assert (np.diag(similarity) > classifier.threshold_).all()


def test_missing_is_not_zero(embedder, screen):
    X = screen[0]
    cut, zero = X.copy(), X.copy()
    cut[:, :550], zero[:, :550] = np.nan, 0
    Z = embedder.transform(X)
    alike = [(Z * embedder.transform(other)).sum(axis=1).mean() for other in (cut, zero)]
    assert alike[0] > alike[1]


def test_another_grid_is_refused(embedder, classifier):
    for estimator in (embedder.transform, classifier.pairwise):
        with pytest.raises(ValueError, match="1950 features"):
            estimator(np.ones((2, 1000)))


def test_pickled_and_saved_they_give_the_same(embedder, classifier, screen, tmp_path):
    X = screen[0]
    expected = embedder.transform(X)
    embedder.save(tmp_path / "copy.safetensors")
    again = SiameseXRPDEmbedder.load(tmp_path / "copy.safetensors", device="cpu")
    np.testing.assert_array_equal(again.transform(X), expected)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(embedder)).transform(X), expected)
    unpickled = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_array_equal(unpickled.predict_proba(X), classifier.predict_proba(X))


def test_two_loads_share_nothing():
    one = PairwisePhaseClassifier.from_pretrained(device="cpu")
    one.set_threshold(0.123)
    assert PairwisePhaseClassifier.from_pretrained(device="cpu").threshold_ != 0.123


def test_prior_moves_probabilities_and_threshold(name, screen):
    X = screen[0]
    rare = PairwisePhaseClassifier.from_pretrained(name, prior=0.01, device="cpu")
    common = PairwisePhaseClassifier.from_pretrained(name, prior=0.9, device="cpu")
    assert rare.threshold_ > common.threshold_
    low, high = rare.pairwise_proba(X), common.pairwise_proba(X)
    assert (low <= high).all()
    assert (low < high).any()
    np.testing.assert_array_equal(rare.predict(X), rare.predict_proba(X)[:, 1] >= 0.5)
    assert (rare.prior_, common.prior_) == (0.01, 0.9)
    for prior in (0.0, 1.0, -1, "a"):
        with pytest.raises(ValueError, match="prior"):
            PairwisePhaseClassifier.from_pretrained(name, prior=prior)


def test_set_prior_and_the_parameter_follow_one_rule(name, screen):
    X = screen[0]
    for prior in (0.01, 0.4, 0.9):
        given = PairwisePhaseClassifier.from_pretrained(name, prior=prior, device="cpu")
        stated = PairwisePhaseClassifier.from_pretrained(name, device="cpu").set_prior(prior)
        assert given.threshold_ == stated.threshold_
        np.testing.assert_array_equal(given.predict_proba(X), stated.predict_proba(X))


def test_what_is_certain_of_organics_is_less_so_of_minerals(screen):
    X = screen[0]
    organics, minerals = (
        PairwisePhaseClassifier.from_pretrained("organic-1", crystals=kind, device="cpu")
        for kind in (None, "mineral")
    )
    np.testing.assert_array_equal(minerals.pairwise(X), organics.pairwise(X))
    for each in (organics, minerals):
        each.set_prior(0.4)
    certain = organics.predict_proba(X)[:, 1] > 0.99
    assert certain.any()
    assert minerals.predict_proba(X)[certain, 1].mean() < 0.98
    with pytest.raises(ValueError, match="crystals='clay' must be one of organic, mineral"):
        PairwisePhaseClassifier.from_pretrained("organic-1", crystals="clay")
    with pytest.raises(ValueError, match="organic-2 are for crystals of any kind"):
        PairwisePhaseClassifier.from_pretrained("organic-2", crystals="mineral")


def test_prior_of_a_screen_is_estimated_without_labels(name, screen):
    X = screen[0]
    classifier = PairwisePhaseClassifier.from_pretrained(name, device="cpu")
    shipped = classifier.predict_proba(X)
    found = classifier.estimate_prior(X)
    assert abs(found - 18 / 66) < 0.05
    np.testing.assert_array_equal(classifier.predict_proba(X), shipped)
    assert classifier.set_prior(found).prior_ == found
    assert (classifier.predict_proba(X) != shipped).any()


def test_fitting_again_keeps_the_weights_and_sets_the_threshold(classifier, screen):
    X, forms = screen
    fitted = clone(classifier).fit(X, forms)
    np.testing.assert_array_equal(fitted.pairwise(X), classifier.pairwise(X))
    assert fitted.threshold_ != classifier.threshold_
    pipeline = make_pipeline(clone(classifier)).fit(X, forms)
    assert pair_scoring(pipeline, X, forms)["auroc"] == 1


@pytest.mark.parametrize("calibration", CALIBRATORS)
def test_fit_equals_a_fresh_clone(name, screen, calibration):
    X, forms = screen
    classifier = PairwisePhaseClassifier.from_pretrained(name, device="cpu").adapt(X, forms)
    classifier.set_params(calibration=calibration)
    fresh = clone(classifier).fit(X, forms)
    again = classifier.set_threshold(0.1).set_prior(0.2).fit(X, forms)
    assert isinstance(again.calibrator_, CALIBRATORS[calibration])
    np.testing.assert_array_equal(again.predict_proba(X), fresh.predict_proba(X))
    assert (again.threshold_, again.prior_) == (fresh.threshold_, fresh.prior_)
    assert not hasattr(again, "adaptation_")


def test_an_unknown_name_is_refused():
    for load in (SiameseXRPDEmbedder.from_pretrained, PairwisePhaseClassifier.from_pretrained):
        with pytest.raises(ValueError, match="organic-1"):
            load("organic-99")
