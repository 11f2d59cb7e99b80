"""A trained second look as a value, a file and an ONNX model."""

import pickle
from copy import copy

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from xrpdsim import DeGelderSimilarity, PairwisePhaseClassifier, pair_scoring
from xrpdsim.preprocessing import PatternNormalizer
from xrpdsim.similarity.second_look import SecondLook, TrainedSecondLook
from xrpdsim.similarity.second_look._second_look_file import read_second_look, write_second_look

POINTS = 240
TWO_THETA = 5 + 0.1 * np.arange(POINTS)
SMALL = {"features": 6, "lags": 4, "self_lags": 2, "channels": (8, 8), "hidden": 8}


def patterns():
    rng = np.random.default_rng(0)
    phases = np.repeat(np.arange(12), 4)
    lines = 1000 * (rng.random((12, POINTS)) < 0.08) * rng.random((12, POINTS))
    X = lines[phases] + rng.uniform(5, 15, (48, POINTS))
    return X, np.column_stack([phases // 2, phases])


def second_look(first_look=None, **options):
    options = {"calibration": "sigmoid", "n_validation_groups": 2} | options
    return SecondLook(
        DeGelderSimilarity(width=0.6, two_theta=TWO_THETA) if first_look is None else first_look,
        two_theta=TWO_THETA,
        module_params=SMALL,
        steps=5,
        pairs_per_step=32,
        n_threads=1,
        random_state=0,
        **options,
    )


@pytest.fixture(scope="module")
def data():
    return patterns()


@pytest.fixture(scope="module")
def fitted(data):
    return second_look().fit(*data)


@pytest.fixture(scope="module")
def embedder(data):
    return PCA(4, random_state=0).fit(data[0])


@pytest.fixture(scope="module")
def classifier(data, embedder):
    first = PairwisePhaseClassifier(FrozenEstimator(embedder), two_theta=TWO_THETA)
    trained = second_look(first).fit(*data).second_look_
    return PairwisePhaseClassifier(
        FrozenEstimator(embedder), second_look=trained, two_theta=TWO_THETA
    ).fit(*data)


@pytest.mark.parametrize("calibration", ["sigmoid", "isotonic", "likelihood-ratio"])
def test_a_saved_one_scores_and_decides_as_before(data, tmp_path, calibration):
    fitted = second_look(calibration=calibration, prior=0.2).fit(*data).adapt(*data)
    fitted.save(tmp_path / "look.safetensors")
    loaded = SecondLook.load(
        tmp_path / "look.safetensors", DeGelderSimilarity(width=0.6, two_theta=TWO_THETA)
    )
    np.testing.assert_array_equal(loaded.pairwise(data[0]), fitted.pairwise(data[0]))
    np.testing.assert_array_equal(loaded.pairwise_proba(data[0]), fitted.pairwise_proba(data[0]))
    assert loaded.threshold_ == fitted.threshold_
    assert loaded.adaptation_ == fitted.adaptation_
    assert (loaded.calibration, loaded.prior) == (calibration, 0.2)


def test_another_first_look_is_refused(fitted, tmp_path):
    fitted.save(tmp_path / "look.safetensors")
    with pytest.raises(ValueError, match="DeGelderSimilarity, scores otherwise"):
        SecondLook.load(
            tmp_path / "look.safetensors", DeGelderSimilarity(width=0.3, two_theta=TWO_THETA)
        )


def test_a_loaded_one_is_trained_again_as_it_was(data, tmp_path):
    first = DeGelderSimilarity(width=0.6, two_theta=TWO_THETA)
    options = {"band": (0.2, np.float64(0.6)), "ask": False, "lr": 1e-3, "min_overlap": 2}
    fitted = second_look(first, patterns_per_step=np.int64(20), **options).fit(*data)
    fitted.save(tmp_path / "look.safetensors")
    loaded = SecondLook.load(tmp_path / "look.safetensors", first)
    parameters, expected = (e.get_params(deep=False) for e in (loaded, fitted))
    for name in ("first_look", "two_theta"):
        del parameters[name], expected[name]
    expected["module_params"] = SMALL | {"channels": list(SMALL["channels"])}
    assert parameters == expected
    again, fitted = (clone(e).set_params(ask=True).fit(*data) for e in (loaded, fitted))
    np.testing.assert_array_equal(again.pairwise(data[0]), fitted.pairwise(data[0]))


def test_a_generator_is_not_saved_and_that_is_said(data, tmp_path):
    fitted = second_look().set_params(random_state=np.random.RandomState(0)).fit(*data)
    with pytest.warns(UserWarning, match="random_state is a generator and is not saved"):
        fitted.save(tmp_path / "look.safetensors")
    loaded = SecondLook.load(tmp_path / "look.safetensors", fitted.first_look)
    assert loaded.random_state is None
    np.testing.assert_array_equal(loaded.pairwise(data[0]), fitted.pairwise(data[0]))


def test_a_parameter_that_is_no_plain_value_is_named(data, tmp_path):
    fitted = second_look().fit(*data).set_params(module_params={"hidden": object()})
    with pytest.raises(TypeError, match=r"the parameter module_params=.* cannot be saved"):
        fitted.save(tmp_path / "look.safetensors")


def test_a_file_without_the_parameters_of_training_is_read(fitted, data, tmp_path):
    path = tmp_path / "look.safetensors"
    parts, further, arrays = saved_parts(fitted, path)
    kept = ("min_overlap", "overlap", "threshold", "calibration", "prior")
    further["parameters"] = {name: further["parameters"][name] for name in kept}
    write_second_look(path, parts, further, arrays)
    loaded = SecondLook.load(path, fitted.first_look)
    np.testing.assert_array_equal(loaded.pairwise(data[0]), fitted.pairwise(data[0]))
    assert (loaded.steps, loaded.band, loaded.random_state) == (400, None, None)


def saved_parts(fitted, path):
    fitted.save(path)
    return read_second_look(path)


def test_a_first_look_that_asks_a_second_one_is_refused(classifier, fitted, data, tmp_path):
    message = "first_look is a {} that asks a second look itself.*second_look=False"
    of_classifier = message.format("PairwisePhaseClassifier")
    search = GridSearchCV(
        clone(classifier).set_params(second_look=None),
        {"second_look": [classifier.second_look_]},
        scoring=pair_scoring,
        refit="auroc",
        cv=2,
    )
    for first in (
        classifier,
        FrozenEstimator(classifier),
        FrozenEstimator(make_pipeline(PatternNormalizer(), classifier)),
        FrozenEstimator(copy(classifier).set_params(second_look=None)),
        search,
    ):
        with pytest.raises(ValueError, match=of_classifier):
            second_look(first).fit(*data)
    for first in (fitted, FrozenEstimator(fitted)):
        with pytest.raises(ValueError, match=message.format("SecondLook")):
            second_look(first).fit(*data)
    plain = clone(classifier).set_params(second_look=None).fit(*data)
    look = second_look(FrozenEstimator(plain)).fit(*data)
    path = tmp_path / "look.safetensors"
    look.save(path)
    with pytest.raises(ValueError, match=rf"look\.safetensors: {of_classifier}"):
        SecondLook.load(path, classifier)
    np.testing.assert_array_equal(
        SecondLook.load(path, plain).pairwise(data[0]), look.pairwise(data[0])
    )


def test_a_file_without_the_estimator_says_how_to_read_it(fitted, tmp_path):
    path = tmp_path / "look.safetensors"
    fitted.second_look_.save(path)
    with pytest.raises(ValueError, match=r"TrainedSecondLook\.load"):
        SecondLook.load(path, DeGelderSimilarity(width=0.6, two_theta=TWO_THETA))
    loaded = TrainedSecondLook.load(path)
    assert loaded.band == fitted.second_look_.band
    np.testing.assert_array_equal(loaded.two_theta, TWO_THETA)


def test_damaged_files_are_refused(fitted, tmp_path):
    path = tmp_path / "look.safetensors"
    with pytest.raises(FileNotFoundError, match="no such file"):
        TrainedSecondLook.load(path)
    fitted.second_look_.save(path)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(40):
        damaged = bytearray(whole)
        damaged[rng.integers(len(whole))] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"look\.safetensors"):
            TrainedSecondLook.load(path)
    path.write_bytes(whole[:-100])
    with pytest.raises(ValueError, match="cut short"):
        TrainedSecondLook.load(path)
    save_file(load_file_of(whole, tmp_path), path)
    with pytest.raises(ValueError, match=r"not of SecondLook\.save"):
        TrainedSecondLook.load(path)


def load_file_of(contents, folder):
    path = folder / "whole.safetensors"
    path.write_bytes(contents)
    return load_file(path)


def test_a_classifier_takes_it_and_scores_as_the_estimator_does(classifier, data, embedder):
    first = PairwisePhaseClassifier(FrozenEstimator(embedder), two_theta=TWO_THETA)
    estimator = second_look(first).fit(*data)
    np.testing.assert_allclose(
        classifier.pairwise(data[0]), estimator.pairwise(data[0]), rtol=0, atol=1e-6
    )
    plain = first.fit(*data)
    asked = plain.pairwise(data[0]) > classifier.second_look_.band.low
    assert 0 < asked.sum() < asked.size
    band = classifier.second_look_.band
    np.testing.assert_allclose(
        classifier.pairwise(data[0])[~asked], band.first(plain.pairwise(data[0])[~asked])
    )


def test_the_contract_of_pairs_holds_for_the_classifier(classifier, data):
    X = data[0][:20]
    matrix = classifier.pairwise(X)
    np.testing.assert_array_equal(matrix, matrix.T)
    rows = np.array([3, 17, 8, 0])
    np.testing.assert_allclose(classifier.pairwise(X[rows]), matrix[np.ix_(rows, rows)], atol=1e-6)
    pairs = np.array([[3, 17], [8, 0], [0, 8], [2, 2]])
    np.testing.assert_allclose(
        classifier.decision_function(X, pairs=pairs), matrix[tuple(pairs.T)], atol=1e-6
    )


def test_a_classifier_with_it_is_cloned_and_pickled(classifier, data):
    again = clone(classifier).fit(*data)
    np.testing.assert_allclose(again.pairwise(data[0]), classifier.pairwise(data[0]), atol=1e-9)
    pickled = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_array_equal(pickled.pairwise(data[0]), classifier.pairwise(data[0]))


def test_another_grid_than_the_second_look_is_refused(classifier, embedder, data):
    other = PairwisePhaseClassifier(
        FrozenEstimator(embedder),
        second_look=classifier.second_look_,
        two_theta=TWO_THETA + 1,
    )
    with pytest.raises(ValueError, match=r"6 to 29\.9 degrees 2theta"):
        other.fit(*data)


def test_a_prior_and_answers_move_its_probabilities(data):
    estimator = second_look(prior=0.5).fit(*data)
    before = estimator.predict_proba(data[0])[:, 1]
    assert estimator.set_prior(0.1).prior_ == 0.1
    assert (estimator.predict_proba(data[0])[:, 1] <= before).all()
    pairs = estimator.suggest_pairs(data[0], 3)
    assert pairs.shape == (3, 2)
    estimator.adapt(data[0], pairs=pairs, same=data[1][pairs[:, 0], 1] == data[1][pairs[:, 1], 1])
    assert estimator.adaptation_["n_pairs"] == 3


@pytest.mark.slow
def test_onnx_agrees_with_torch(data, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    path = tmp_path / "look.onnx"
    # in a narrow band the rounding of first scores to single precision would show
    fitted = second_look(band=(0.2, 0.6)).fit(*data)
    fitted.second_look_.to_onnx(path)
    X = data[0][:12].astype(np.float32)
    X[0, :60] = np.nan
    i, j = np.triu_indices(12, k=1)
    scores = np.asarray(fitted.first_look_.decision_function(X), dtype=np.float32)
    band = fitted.second_look_.band
    scores[:3] = band.low - 0.1, (band.low + band.high) / 2, band.high + 0.1
    session = onnxruntime.InferenceSession(path)
    found = session.run(None, {"first": X[i], "second": X[j], "score": scores})[0]
    stems = fitted.second_look_.stems(X)
    second = fitted.second_look_.log_odds(stems, stems, i, j, scores)
    np.testing.assert_allclose(found, band.mixed(scores, second), rtol=0, atol=1e-5)
    assert session.get_modelmeta().custom_metadata_map["n_points"] == str(POINTS)
