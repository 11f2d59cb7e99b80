"""A whole classifier as one file: equal to the last bit, or refused."""

import json
import pickle
import struct
import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file, save_file
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from xrpdsim import DeGelderSimilarity, PairwisePhaseClassifier, SiameseXRPDEmbedder
from xrpdsim.embedding import NTXentLoss
from xrpdsim.embedding.storage import CLASSIFIER, write_tensors
from xrpdsim.preprocessing import BaselineRemover, LogScaler, PatternNormalizer
from xrpdsim.similarity import similarity_by_name
from xrpdsim.similarity.named import named_similarity
from xrpdsim.similarity.second_look import SecondLook

POINTS = 160
TWO_THETA = 5 + 0.1 * np.arange(POINTS)
NETWORK = {"kernel_sizes": [8, 16], "channels": 2, "hidden": 8, "embedding_dim": 4, "pooling": 8}
SMALL_LOOK = {"features": 6, "lags": 4, "self_lags": 2, "channels": (8, 8), "hidden": 8}


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(0)
    phases = np.repeat(np.arange(12), 4)
    lines = 1000 * (random.random((12, POINTS)) < 0.08) * random.random((12, POINTS))
    X = lines[phases] + random.uniform(5, 15, (48, POINTS))
    X[0, :20] = np.nan
    return X, np.column_stack([phases // 2, phases])


def embedder(**parameters):
    settings = {
        "module_params": NETWORK,
        "max_epochs": 1,
        "n_validation_groups": 2,
        "device": "cpu",
        "random_state": 0,
        "two_theta": TWO_THETA,
    }
    return SiameseXRPDEmbedder(**(settings | parameters))


@pytest.fixture(scope="module")
def fitted(data):
    return PairwisePhaseClassifier(make_pipeline(PatternNormalizer(), embedder())).fit(*data)


@pytest.fixture(scope="module")
def with_second_look(fitted, data):
    frozen = FrozenEstimator(fitted.embedder_)
    first = PairwisePhaseClassifier(frozen, two_theta=TWO_THETA)
    look = SecondLook(
        first,
        two_theta=TWO_THETA,
        module_params=SMALL_LOOK,
        steps=3,
        pairs_per_step=32,
        n_threads=1,
        n_validation_groups=2,
        random_state=0,
    ).fit(*data)
    return PairwisePhaseClassifier(frozen, second_look=look.second_look_, prior=0.2).fit(*data)


def assert_equal(loaded, classifier, X):
    pairs = [[0, 1], [3, 9], [7, 2]]
    np.testing.assert_array_equal(loaded.pairwise(X), classifier.pairwise(X))
    np.testing.assert_array_equal(loaded.predict(X), classifier.predict(X))
    np.testing.assert_array_equal(loaded.predict_proba(X), classifier.predict_proba(X))
    np.testing.assert_array_equal(
        loaded.predict_proba(X, pairs=pairs), classifier.predict_proba(X, pairs=pairs)
    )
    assert loaded.threshold_ == classifier.threshold_
    assert loaded.prior_ == classifier.prior_
    assert getattr(loaded, "adaptation_", None) == getattr(classifier, "adaptation_", None)
    np.testing.assert_array_equal(loaded.suggest_pairs(X, 5), classifier.suggest_pairs(X, 5))


def saved_and_loaded(classifier, path, **options):
    classifier.save(path)
    return PairwisePhaseClassifier.load(path, **options)


@pytest.mark.parametrize("calibration", ["sigmoid", "isotonic", "likelihood-ratio"])
def test_scores_probabilities_and_answers_are_the_same_bits(fitted, data, tmp_path, calibration):
    X, y = data
    classifier = PairwisePhaseClassifier(
        FrozenEstimator(fitted.embedder_), calibration=calibration, min_overlap=4.0
    ).fit(X, y)
    loaded = saved_and_loaded(classifier, tmp_path / "c")
    assert_equal(loaded, classifier, X)
    assert type(loaded.calibrator_) is type(classifier.calibrator_)
    assert (loaded.calibration, loaded.min_overlap) == (calibration, 4.0)


@pytest.mark.parametrize("prior", [None, 0.05])
@pytest.mark.parametrize("threshold", ["f1", 0.7])
def test_what_was_stated_and_adapted_is_kept(fitted, data, tmp_path, prior, threshold):
    X, y = data
    classifier = PairwisePhaseClassifier(
        FrozenEstimator(fitted.embedder_), prior=prior, threshold=threshold
    ).fit(X, y)
    assert_equal(saved_and_loaded(classifier, tmp_path / "a"), classifier, X)
    classifier.adapt(X, np.where(np.arange(48) % 3 == 0, y[:, 1], None))
    loaded = saved_and_loaded(classifier, tmp_path / "b")
    assert_equal(loaded, classifier, X)
    for each in (loaded, classifier):
        each.set_prior(0.3).adapt(X, pairs=[[0, 1], [0, 5]], same=[True, False])
    assert_equal(loaded, classifier, X)


def test_a_second_look_is_kept(with_second_look, data, tmp_path):
    X, y = data
    loaded = saved_and_loaded(with_second_look, tmp_path / "c")
    assert loaded.second_look_.band == with_second_look.second_look_.band
    assert_equal(loaded, with_second_look, X)
    again = clone(loaded).fit(X, y)
    np.testing.assert_allclose(again.pairwise(X), with_second_look.pairwise(X), atol=1e-6)


def test_saved_again_it_is_the_same_file(with_second_look, data, tmp_path):
    classifier = clone(with_second_look).fit(*data).adapt(*data)
    loaded = saved_and_loaded(classifier, tmp_path / "a")
    loaded.save(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_steps_before_the_network_are_kept(data, tmp_path):
    X, y = data
    frame = pd.DataFrame(X, columns=[f"{angle:.1f}" for angle in TWO_THETA])
    steps = make_pipeline(
        BaselineRemover(half_width=1.0, smoothing=0.3),
        "passthrough",
        make_pipeline(LogScaler(decades=3), PatternNormalizer()).set_output(transform="pandas"),
        embedder(two_theta=None),
    )
    classifier = PairwisePhaseClassifier(steps).fit(frame, y)
    loaded = saved_and_loaded(classifier, tmp_path / "c")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(loaded.pairwise(frame), classifier.pairwise(frame))
    inner = [type(step).__name__ for _, step in loaded.embedder_.estimator.steps]
    assert inner == ["BaselineRemover", "LogScaler", "PatternNormalizer", "SiameseXRPDEmbedder"]
    np.testing.assert_array_equal(loaded.two_theta_, classifier.two_theta_)
    with pytest.raises(ValueError, match=r"6 to 21\.9 degrees 2theta"):
        loaded.pairwise(frame.set_axis(TWO_THETA + 1, axis=1))


def test_a_loaded_one_fits_pickles_and_trains_on(fitted, data, tmp_path):
    X, y = data
    loaded = saved_and_loaded(fitted, tmp_path / "c")
    again = clone(loaded).set_params(calibration="isotonic").fit(X, y)
    np.testing.assert_allclose(again.pairwise(X), fitted.pairwise(X), atol=1e-6)
    np.testing.assert_array_equal(
        pickle.loads(pickle.dumps(loaded)).pairwise(X), loaded.pairwise(X)
    )
    frozen = FrozenEstimator(loaded)
    np.testing.assert_array_equal(frozen.predict(X), fitted.predict(X))
    network = SiameseXRPDEmbedder.load(tmp_path / "c")
    scaled = PatternNormalizer().fit_transform(X)
    np.testing.assert_array_equal(network.transform(scaled), fitted.embedder_[-1].transform(scaled))
    trained = embedder(init=str(tmp_path / "c"), module_params=None).fit(scaled, y)
    assert trained.history_["check"][0] == 0  # the loss before the first step
    clone(loaded.embedder.estimator[-1]).set_params(max_epochs=1).fit(scaled, y)


def test_without_labels_there_is_no_decision_to_keep(fitted, data, tmp_path):
    unlabelled = PairwisePhaseClassifier(FrozenEstimator(fitted.embedder_)).fit(data[0])
    loaded = saved_and_loaded(unlabelled, tmp_path / "a")
    assert not hasattr(loaded, "threshold_")
    assert saved_and_loaded(unlabelled.set_threshold(0.5), tmp_path / "b").threshold_ == 0.5


def test_what_cannot_be_saved_is_refused_in_a_sentence(data, tmp_path):
    X, y = np.nan_to_num(data[0]), data[1]
    scaled = PairwisePhaseClassifier(make_pipeline(StandardScaler(), embedder())).fit(X, y)
    with pytest.raises(TypeError, match=r"'standardscaler', a StandardScaler, cannot be saved"):
        scaled.save(tmp_path / "c")
    with pytest.raises(TypeError, match="ends in a PCA"):
        PairwisePhaseClassifier(PCA(2)).fit(X, y).save(tmp_path / "c")
    with pytest.raises(Exception, match="not fitted"):
        PairwisePhaseClassifier(embedder()).save(tmp_path / "c")
    assert not any(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["organic-1", "organic-2"])
def test_shipped_weights_adapted_to_a_screen(tmp_path, name):
    X = np.random.default_rng(0).poisson(100, size=(12, 1950)).astype(float)
    X[:6, ::100] += 5000
    X[6:, 50::110] += 5000
    classifier = PairwisePhaseClassifier.from_pretrained(name, prior=0.3)
    classifier.adapt(X, pairs=[[0, 1], [0, 7]], same=[True, False])
    assert_equal(saved_and_loaded(classifier, tmp_path / "c", device="cpu"), classifier, X)


# Damaged files, and files as someone would write them who knows the format.


def parts(path):
    """Return the header of ours and the tensors."""
    head = path.read_bytes()
    (length,) = struct.unpack("<Q", head[:8])
    text = json.loads(head[8 : 8 + length])["__metadata__"][CLASSIFIER.key]
    header = json.loads(text)
    del header["sha256"]
    return header, load_file(path)


@pytest.fixture(scope="module")
def whole(with_second_look, data, tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "c"
    clone(with_second_look).fit(*data).adapt(*data).save(path)
    return path


def test_every_flipped_bit_and_every_cut_is_noticed(whole, tmp_path):
    contents, path = whole.read_bytes(), tmp_path / "changed"
    random = np.random.default_rng(0)
    for bit in (*range(128), *random.integers(0, 8 * len(contents), 200).tolist()):
        changed = bytearray(contents)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)
        with pytest.raises(ValueError, match="changed: ") as caught:
            PairwisePhaseClassifier.load(path)
        assert type(caught.value) is ValueError, bit
    for length in np.linspace(0, len(contents) - 1, 20, dtype=int):
        path.write_bytes(contents[:length])
        with pytest.raises(ValueError, match=r"not a file of PairwisePhaseClassifier\.save"):
            PairwisePhaseClassifier.load(path)


def test_files_of_other_kinds_are_refused(fitted, with_second_look, tmp_path):
    fitted.embedder_[-1].save(tmp_path / "embedder")
    with_second_look.second_look_.save(tmp_path / "look")
    for name in ("embedder", "look"):
        with pytest.raises(ValueError, match=r"not of PairwisePhaseClassifier\.save"):
            PairwisePhaseClassifier.load(tmp_path / name)
    with pytest.raises(FileNotFoundError, match="no such file"):
        PairwisePhaseClassifier.load(tmp_path / "missing")


def test_a_file_without_its_digest_is_refused(whole, tmp_path):
    header, tensors = parts(whole)
    save_file(tensors, tmp_path / "c", {CLASSIFIER.key: json.dumps(header)})
    for reads in (PairwisePhaseClassifier, SiameseXRPDEmbedder):
        with pytest.raises(ValueError, match="'sha256' is missing"):
            reads.load(tmp_path / "c")


def changed(path, *keys, to):
    def change(header, tensors):
        entry = header
        for key in keys[:-1]:
            entry = entry[key]
        entry[keys[-1]] = to

    change.__name__ = path
    return change


def tensor(name, value):
    def change(header, tensors):
        tensors[name] = value

    return change


def without(name):
    def change(header, tensors):
        del tensors[name]

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (changed("version", "format_version", to=2), "format version 2 is not known"),
        (changed("list", "format_version", to=[1]), "is not known"),
        (changed("network", "embedder", "format_version", to=99), "format version 99"),
        (changed("wide", "embedder", "settings", "module_params", "hidden", to=10**9), "not fit"),
        (changed("look", "second_look", "network", "features", to=4000), "do not fit"),
        (changed("look size", "second_look", "network", "features", to=10**9), "sizes"),
        (changed("no look", "second_look", to=None), "that is not there"),
        (changed("band", "second_look", "band", to=[1, 0, 1, 0]), "no band"),
        (changed("step", "steps", 0, "step", to="PatternTransformer"), "no step"),
        (changed("points", "steps", 0, "n_points", to=3), "takes 3 points"),
        (changed("steps", "steps", to=[{}] * 40), "too many"),
        (changed("output", "steps", 0, "output", to="x"), "no step returns"),
        (changed("parameter", "parameters", "metric", to="eval"), "metric"),
        (changed("more", "parameters", "depth", to=1), "depth"),
        (changed("names", "feature_names", to=["a"]), "names of columns"),
        (changed("kind", "decision", "learnt", "calibrator", "kind", to="x"), "no calibrator"),
        (changed("prior", "decision", "prior", to=2), "between 0 and 1"),
        (changed("slope", "decision", "adapted", "slope", to=-1), "no adaptation"),
        (changed("offset", "decision", "adapted", "offset", to="a"), "no finite number"),
        (changed("threshold", "decision", "learnt", "threshold", to="a"), "no finite number"),
        (changed("learnt", "decision", "learnt", to=None), "nothing that was learnt"),
        (changed("adapted", "decision", "adapted", to=None), "do not fit the adaptation"),
        (tensor("other.x", torch.zeros(2)), "belongs to no part"),
        (tensor("decision.judged_same", torch.zeros(3)), "judged pairs"),
        (tensor("second_look.two_theta", torch.arange(160)), "two_theta is int64"),
        (tensor("embedder.two_theta_", torch.arange(3.0)), "does not hold a grid"),
        (without("embedder.two_theta_"), "does not hold a grid"),
        (without("second_look.two_theta"), "holds no grid"),
    ],
)
def test_a_file_that_was_tampered_with(whole, tmp_path, change, message):
    header, tensors = parts(whole)
    change(header, tensors)
    write_tensors(tmp_path / "c", CLASSIFIER, header, tensors)
    with pytest.raises(ValueError, match=rf"(?s)c: .*{message}"):
        PairwisePhaseClassifier.load(tmp_path / "c")


def test_a_measure_needs_no_file():
    assert not hasattr(DeGelderSimilarity, "save")


def test_a_loss_of_ours_need_not_be_given(data, tmp_path):
    model = PairwisePhaseClassifier(embedder(loss=NTXentLoss("cosine", temperature=2.0)))
    model.fit(*data).save(tmp_path / "c")
    loaded = PairwisePhaseClassifier.load(tmp_path / "c")
    np.testing.assert_array_equal(loaded.pairwise(data[0]), model.pairwise(data[0]))
    network = loaded.embedder_.estimator
    assert (network.loss, network.metric, network.temperature) == ("ntxent", "cosine", 2.0)


def test_a_file_is_the_name_of_a_measure(fitted, data, tmp_path):
    path = str(tmp_path / "model.safetensors")
    fitted.save(path)
    measure = similarity_by_name(path)
    np.testing.assert_array_equal(measure.pairwise_proba(data[0]), fitted.pairwise_proba(data[0]))
    assert measure.overlap == "nan"
    assert str(tmp_path) not in repr(measure)
    with pytest.raises(FileNotFoundError, match=r"other\.safetensors: no such file"):
        similarity_by_name("other.safetensors")


def test_a_path_is_the_name_of_a_measure_and_needs_the_ending(fitted, data, tmp_path):
    path = tmp_path / "model.safetensors"
    fitted.save(path)
    expected = fitted.pairwise_proba(data[0])
    np.testing.assert_array_equal(similarity_by_name(path).pairwise_proba(data[0]), expected)
    measure, name = named_similarity(path, TWO_THETA, POINTS)
    np.testing.assert_array_equal(measure.pairwise_proba(data[0]), expected)
    assert name == str(path)
    other = path.rename(tmp_path / "model.st")
    for given in (other, str(other)):
        with pytest.raises(ValueError, match=r"model\.st' is a file.* end in \.safetensors"):
            similarity_by_name(given)
    with pytest.raises(ValueError, match=r"no measure is named 'other\.st'"):
        similarity_by_name("other.st")
