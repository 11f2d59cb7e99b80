"""A clone of a trained embedder that was loaded starts from the same weights."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from xrpdsim import LeaveTwoGroupsOut, PairwisePhaseClassifier, pair_scoring
from xrpdsim.embedding import SiameseXRPDEmbedder
from xrpdsim.embedding.training import FINE_TUNING


def weights(embedder):
    return {k: v.numpy() for k, v in embedder.net_.module_.state_dict().items()}


@pytest.fixture
def saved(small, campaign, tmp_path):
    """A file of an embedder that was trained on other patterns, and that embedder."""
    X, y, _ = campaign(random_state=1)
    embedder = small(metric="cosine").fit(X, y)
    embedder.save(tmp_path / "embedder.safetensors")
    return tmp_path / "embedder.safetensors", embedder


@pytest.fixture
def loaded(saved):
    return SiameseXRPDEmbedder.load(saved[0])


def with_short_steps(embedder):
    return embedder.set_params(lr=1e-12, max_epochs=1)


def assert_began_at(embedder, expected):
    """With steps of no length all that is left is where training started."""
    for name, values in expected.items():
        if "running" not in name and "tracked" not in name:
            np.testing.assert_allclose(weights(embedder)[name], values, atol=1e-6, err_msg=name)


def test_a_clone_starts_from_the_weights_of_the_file(saved, loaded, campaign):
    X, y, _ = campaign()
    assert_began_at(with_short_steps(clone(loaded)).fit(X, y), weights(saved[1]))
    assert_began_at(with_short_steps(clone(clone(loaded))).fit(X, y), weights(saved[1]))


def test_a_clone_of_shipped_weights_has_their_name():
    shipped = SiameseXRPDEmbedder.from_pretrained("organic-1", device="cpu")
    assert clone(shipped).init == "organic-1"
    assert "init='organic-1'" in repr(shipped)
    own = {"init": "organic-1", "device": "cpu", "random_state": 0}
    # what belongs to the weights is shown too
    network = ("architecture", "loss", "metric", "module_params")
    own |= {name: shipped.effective_params_[name] for name in network}
    assert own["architecture"] == "hybrid"
    assert clone(shipped).get_params() == SiameseXRPDEmbedder(**own).get_params()


@pytest.mark.slow
def test_a_clone_of_shipped_weights_starts_from_them():
    rng = np.random.default_rng(0)
    form = np.repeat(np.arange(6), 4)
    X = rng.poisson(20, size=(24, 1950)) + 1000.0 * (rng.random((6, 1950)) < 0.02)[form]
    y = np.column_stack([form // 2, form])
    shipped = SiameseXRPDEmbedder.from_pretrained("organic-1", device="cpu")
    again = with_short_steps(clone(shipped)).set_params(n_validation_groups=1)
    assert_began_at(again.fit(X, y), weights(shipped))


def test_training_goes_on_with_the_defaults_of_fine_tuning(loaded, campaign):
    X, y, _ = campaign()
    expected = clone(loaded).fit(X, y)
    assert {name: expected.effective_params_[name] for name in FINE_TUNING} == FINE_TUNING
    assert expected.effective_params_["metric"] == "cosine"
    # fitting the loaded embedder itself is no other thing than fitting its clone
    np.testing.assert_array_equal(loaded.fit(X, y).transform(X), expected.transform(X))


def test_in_a_pipeline_and_a_cross_validation(saved, loaded, campaign):
    X, y, compound = campaign()
    scale = FunctionTransformer(np.array)
    pipeline = make_pipeline(scale, PairwisePhaseClassifier(with_short_steps(loaded)))
    result = cross_validate(
        pipeline,
        X,
        y,
        groups=compound,
        cv=LeaveTwoGroupsOut(max_splits=2),
        scoring=pair_scoring,
        error_score="raise",
        return_estimator=True,
    )
    for fitted in result["estimator"]:
        assert_began_at(fitted[-1].embedder_, weights(saved[1]))


def test_frozen_it_keeps_its_weights(saved, loaded, campaign):
    X, y, _ = campaign()
    classifier = PairwisePhaseClassifier(FrozenEstimator(loaded))
    np.testing.assert_array_equal(
        clone(classifier).fit(X, y).embedder_.transform(X), saved[1].transform(X)
    )


def test_random_weights_are_there_for_the_asking(loaded, campaign):
    X, y, _ = campaign()
    fresh = clone(loaded).set_params(init=None, **loaded.effective_params_).fit(X, y)
    first = next(iter(weights(fresh)))
    assert np.abs(weights(fresh)[first] - weights(loaded)[first]).max() > 0.01


def test_a_file_that_is_gone_is_an_error(saved, loaded, campaign):
    X, y, _ = campaign()
    again = pickle.loads(pickle.dumps(clone(loaded)))
    saved[0].unlink()
    with pytest.raises(ValueError, match=r"embedder\.safetensors: the file .* is gone"):
        again.fit(X, y)


def test_a_file_that_holds_others_by_now_is_an_error(saved, loaded, small, campaign):
    X, y, _ = campaign()
    small(metric="cosine", random_state=1).fit(X, y).save(saved[0])
    with pytest.raises(ValueError, match=r"holds another embedder than when this one was loaded"):
        clone(loaded).fit(X, y)
    assert clone(loaded).set_params(init=saved[0]).fit(X, y).metric_ == "cosine"


def test_the_folder_may_change_in_between(saved, campaign, monkeypatch, tmp_path):
    X, y, _ = campaign()
    monkeypatch.chdir(saved[0].parent)
    loaded = SiameseXRPDEmbedder.load(saved[0].name)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert clone(loaded).fit(X, y).metric_ == "cosine"
