import warnings

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from torch import nn

from xrpdsim import LeaveTwoGroupsOut, PairwisePhaseClassifier, pair_scoring
from xrpdsim.embedding import NTXentLoss, SiameseXRPDEmbedder, SigLIPLoss
from xrpdsim.patterns import default_two_theta
from xrpdsim.preprocessing import PatternNormalizer


@pytest.fixture
def trained(small, campaign):
    """A small embedder, trained away from the defaults."""
    X, y, _ = campaign(random_state=1)
    grid = np.linspace(5, 10, 120)
    return small(metric="cosine", siglip_t=7.0, two_theta=grid, max_epochs=3).fit(X, y)


def tuned(init, **params):
    settings = {
        "max_epochs": 2,
        "batch_size": 16,
        "n_validation_groups": 2,
        "device": "cpu",
        "random_state": 0,
    }
    return SiameseXRPDEmbedder(init=init, **(settings | params))


def weights(embedder):
    return {k: v.numpy() for k, v in embedder.net_.module_.state_dict().items()}


def test_nothing_need_be_repeated(trained, campaign, tmp_path):
    X, y, _ = campaign()
    trained.save(tmp_path / "trained")
    embedder = tuned(tmp_path / "trained", lr=1e-12, lr_patience=100).fit(X, y)
    # with steps of no length all that is left is where training started
    for name, values in weights(trained).items():
        if "running" not in name and "tracked" not in name:
            np.testing.assert_allclose(weights(embedder)[name], values, atol=1e-6, err_msg=name)
    assert embedder.loss_parameters_ == pytest.approx(trained.loss_parameters_, rel=1e-6)
    assert embedder.metric_ == "cosine"
    assert embedder.effective_params_["module_params"]["kernel_sizes"] == [8, 16]
    assert embedder.effective_params_["architecture"] == "smolnet"
    assert embedder.effective_params_["siglip_t"] == trained.loss_parameters_["t"]
    np.testing.assert_array_equal(embedder.two_theta_, trained.two_theta_)
    assert "init=" in repr(embedder)
    assert "architecture" not in repr(embedder)
    assert embedder.get_params()["architecture"] == "smolnet"


def test_where_it_started_is_checked_too_and_kept_if_it_was_best(trained, campaign):
    X, y, _ = campaign()
    embedder = tuned(trained, lr=10.0).fit(X, y)
    assert embedder.history_["check"][0] == 0
    assert embedder.history_["epoch"][0] == 0
    assert np.isnan(embedder.history_["train_loss"][0])
    assert embedder.best_check_ == 0
    np.testing.assert_array_equal(embedder.transform(X), trained.transform(X))
    assert embedder.loss_parameters_ == pytest.approx(trained.loss_parameters_, rel=1e-6)


def test_training_goes_on_and_leaves_the_start_alone(trained, campaign):
    X, y, _ = campaign(n_compounds=12, n_patterns=240)
    before = weights(trained)
    embedder = tuned(trained, lr=1e-3, max_epochs=5).fit(X, y)
    losses = embedder.history_["valid_loss"]
    assert embedder.best_check_ > 0
    assert min(losses) < 0.9 * losses[0]
    for name, values in weights(trained).items():
        np.testing.assert_array_equal(values, before[name])


def test_steps_that_stand_before_the_start_are_named(trained, campaign, tmp_path):
    X, y, _ = campaign()
    steps = make_pipeline(PatternNormalizer(), trained)
    path = tmp_path / "classifier.safetensors"
    PairwisePhaseClassifier(FrozenEstimator(steps.fit(X, y))).fit(X, y).save(path)
    for init in (path, FrozenEstimator(steps)):
        with pytest.warns(UserWarning, match="has PatternNormalizer before its network"):
            tuned(init).fit(X, y)
    with pytest.warns(UserWarning, match="classifier.safetensors has PatternNormalizer before"):
        alone = SiameseXRPDEmbedder.load(path)
    loaded = PairwisePhaseClassifier.load(path)
    with warnings.catch_warnings():  # who has loaded knows, and the steps of a classifier are there
        warnings.simplefilter("error", UserWarning)
        alone.set_params(max_epochs=1).fit(X, y)
        loaded.fit(X, y)
        tuned(trained).fit(X, y)


def test_every_fit_starts_again(trained, campaign):
    X, y, _ = campaign()
    embedder = tuned(trained, lr=1e-3).fit(X, y)
    expected = embedder.transform(X)
    np.testing.assert_array_equal(embedder.fit(X, y).transform(X), expected)
    other = tuned(trained, lr=1e-3, random_state=1).fit(X, y)
    assert (other.transform(X) != expected).any()


def test_files_names_and_embedders_start_alike(trained, campaign, tmp_path):
    X, y, _ = campaign()
    trained.save(tmp_path / "trained")
    expected = tuned(trained).fit(X, y).transform(X)
    for init in (tmp_path / "trained", str(tmp_path / "trained"), FrozenEstimator(trained)):
        np.testing.assert_array_equal(tuned(init).fit(X, y).transform(X), expected)


def test_losses_of_ours_start_alike_by_name_and_as_classes(small, campaign, tmp_path):
    X, y, _ = campaign()
    source = small(loss=SigLIPLoss).fit(X, y)
    source.save(tmp_path / "source")
    expected = tuned(source).fit(X, y)
    assert expected.effective_params_["siglip_t"] == source.loss_parameters_["t"] != 10
    for init, loss in ((tmp_path / "source", SigLIPLoss), (source, SigLIPLoss), (source, "siglip")):
        found = tuned(init, loss=loss).fit(X, y)
        np.testing.assert_array_equal(found.transform(X), expected.transform(X))
    assert tuned(source, loss=SigLIPLoss(t=3.0)).fit(X, y).effective_params_[
        "siglip_t"
    ] == pytest.approx(3.0)
    for loss, message in (
        (NTXentLoss, "loss='ntxent' contradicts"),
        (SigLIPLoss("cosine"), "metric='cosine' contradicts"),
    ):
        with pytest.raises(ValueError, match=message):
            tuned(source, loss=loss).fit(X, y)
    small(metric="cosine").fit(X, y).save(tmp_path / "cosine")
    with pytest.raises(ValueError, match="metric='euclidean' contradicts"):
        tuned(tmp_path / "cosine", loss=SigLIPLoss()).fit(X, y)


def test_constants_of_the_loss_may_be_others_than_the_start_left(trained, campaign):
    X, y, _ = campaign()
    embedder = tuned(trained, loss_params={"t": 3.0}).fit(X, y)
    assert embedder.effective_params_["siglip_t"] == 3.0


def test_a_start_may_have_had_a_start_itself(trained, campaign, tmp_path):
    X, y, _ = campaign()
    once = tuned(trained).fit(X, y)
    twice = tuned(once).fit(X, y)
    assert twice.effective_params_["module_params"] == trained.module_params
    assert twice.metric_ == "cosine"
    trained.save(tmp_path / "trained")
    once = tuned(tmp_path / "trained").fit(X, y)
    once.save(tmp_path / "once")
    again = tuned(tmp_path / "once").fit(X, y)
    np.testing.assert_array_equal(again.transform(X), twice.transform(X))


def test_in_cross_validation(trained, campaign):
    X, y, compound = campaign()
    result = cross_validate(
        PairwisePhaseClassifier(tuned(FrozenEstimator(trained))),
        X,
        y,
        groups=compound,
        cv=LeaveTwoGroupsOut(max_splits=2),
        scoring=pair_scoring,
        error_score="raise",
        return_estimator=True,
    )
    for classifier in result["estimator"]:
        assert classifier.embedder_.best_check_ is not None


def test_a_clone_is_not_fitted(trained, campaign):
    X, y, _ = campaign()
    with pytest.raises(NotFittedError, match=r"as cross-validation does.*FrozenEstimator"):
        clone(tuned(trained)).fit(X, y)
    embedder = tuned("organic-1")
    assert clone(embedder).get_params() == embedder.get_params()


@pytest.mark.parametrize("loss", ["ntxent", "contrastive"])
def test_the_constants_of_other_losses_are_those_of_the_parameters(small, campaign, tmp_path, loss):
    X, y, _ = campaign()
    source = small(loss=loss, margin=3.0, temperature=2.0).fit(X, y)
    embedder = tuned(source, margin=4.0).fit(X, y)
    in_force = embedder.effective_params_
    assert (in_force["loss"], in_force["margin"], in_force["temperature"]) == (loss, 4.0, 5.0)
    source.save(tmp_path / "source")
    in_force = clone(SiameseXRPDEmbedder.load(tmp_path / "source")).fit(X, y).effective_params_
    assert (in_force["loss"], in_force["margin"], in_force["temperature"]) == (loss, 3.0, 2.0)


def test_shorter_steps_and_fewer_by_default(trained, campaign, small):
    X, y, _ = campaign()
    embedder = tuned(trained, max_epochs="auto").fit(X, y)
    assert embedder.history_["learning_rate"][0] == embedder.effective_params_["lr"] < 1e-3
    assert embedder.history_["epoch"][-1] == embedder.effective_params_["max_epochs"] < 20
    embedder = tuned(trained, lr=0.02, max_epochs=1).fit(X, y)
    assert embedder.history_["learning_rate"][0] == 0.02
    assert embedder.history_["epoch"][-1] == 1
    embedder = small(max_epochs="auto", n_validation_groups=0).fit(X, y)
    assert embedder.history_["learning_rate"][0] == 5e-3
    assert embedder.history_["epoch"][-1] == 20


def test_without_validation(trained, campaign):
    X, y, _ = campaign()
    embedder = tuned(trained, n_validation_groups=0).fit(X, y)
    assert embedder.history_["check"] == [1, 2]
    assert embedder.best_check_ is None


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"architecture": "schuetzke"}, r"architecture='schuetzke' contradicts .*'smolnet'"),
        ({"module_params": {"hidden": 16}}, r"module_params=\{'hidden': 16\} contradicts"),
        ({"loss": "ntxent"}, "loss='ntxent' contradicts .*loss='siglip'"),
        ({"two_theta": np.linspace(5, 11, 120)}, "two_theta is another grid .*from 5 to 10"),
    ],
)
def test_contradictions(trained, campaign, params, message, tmp_path):
    X, y, _ = campaign()
    path = tmp_path / "trained"
    trained.save(path)
    with pytest.raises(ValueError, match=message) as caught:
        tuned(path, **params).fit(X, y)
    assert f"init={str(path)!r}" in str(caught.value)


def test_what_agrees_may_be_repeated(trained, campaign, small):
    X, y, _ = campaign()
    repeated = small(init=trained, architecture="smolnet", loss="siglip", metric="cosine")
    assert repeated.fit(X, y).metric_ == "cosine"


def test_a_metric_that_contradicts(small, campaign):
    X, y, _ = campaign()
    with pytest.raises(ValueError, match="metric='cosine' contradicts the SiameseXRPDEmbedder"):
        tuned(small().fit(X, y), metric="cosine").fit(X, y)


def test_another_grid(campaign):
    X, y, _ = campaign()
    with pytest.raises(
        ValueError, match=r"have 120 points, but init='organic-1'.* 1950 points from 3 to 41.98"
    ):
        tuned("organic-1").fit(X, y)


def test_unknown_starts(campaign, tmp_path):
    X, y, _ = campaign()
    with pytest.raises(ValueError, match=r"init='organic-0' is neither a shipped model \(org"):
        tuned("organic-0").fit(X, y)
    (tmp_path / "text").write_text("no weights")
    with pytest.raises(ValueError, match=r"text: not a file of SiameseXRPDEmbedder\.save"):
        tuned(tmp_path / "text").fit(X, y)
    with pytest.raises(TypeError, match="or a fitted embedder, got _Transforms"):
        tuned(_Transforms()).fit(X, y)
    with pytest.raises(ValueError, match="'init' parameter"):
        tuned(3).fit(X, y)


class _Transforms(LeaveTwoGroupsOut):
    def transform(self, X):
        return X


class Own(nn.Module):
    def __init__(self, n_points, width=3):
        super().__init__()
        self.dense = nn.Linear(n_points, width)

    def forward(self, X, mask):
        return self.dense(X)


def test_a_network_of_ones_own(small, campaign, tmp_path):
    X, y, _ = campaign()
    source = small(architecture=Own, module_params={"width": 5}).fit(X, y)
    source.save(tmp_path / "own")
    with pytest.raises(ValueError, match=r"network is .*Own, of which a file holds no code"):
        tuned(tmp_path / "own").fit(X, y)
    embedder = tuned(tmp_path / "own", architecture=Own).fit(X, y)
    np.testing.assert_array_equal(embedder.transform(X), tuned(source).fit(X, y).transform(X))
    embedder.save(tmp_path / "tuned")
    loaded = SiameseXRPDEmbedder.load(tmp_path / "tuned", architecture=Own)
    np.testing.assert_array_equal(loaded.transform(X), embedder.transform(X))


def test_what_was_tuned_needs_its_start_no_longer(trained, campaign, tmp_path):
    X, y, _ = campaign()
    start, path = tmp_path / "start", tmp_path / "tuned"
    trained.save(start)
    embedder = tuned(start, lr=1e-3).fit(X, y)
    embedder.save(path)
    start.unlink()
    loaded = SiameseXRPDEmbedder.load(path)
    np.testing.assert_array_equal(loaded.transform(X), embedder.transform(X))
    assert loaded.effective_params_ == embedder.effective_params_
    assert loaded.metric_ == embedder.metric_ == "cosine"
    assert loaded.fit(X, y).effective_params_["lr"] == 1e-4


def test_shipped_weights():
    random = np.random.default_rng(0)
    assert len(default_two_theta()) == 1950
    X = random.poisson(20, size=(24, 1950)).astype(float)
    form = np.arange(24) // 4
    for f in range(6):
        X[form == f] += 1000 * (random.random(1950) < 0.02)
    X[0, :200] = np.nan
    y = np.column_stack([form // 2, form])
    state = torch.random.get_rng_state()
    embedder = tuned("organic-1", n_validation_groups=1, max_epochs=1, n_threads=1).fit(X, y)
    assert (torch.random.get_rng_state() == state).all()
    shipped = SiameseXRPDEmbedder.from_pretrained("organic-1", device="cpu")
    assert embedder.effective_params_["siglip_t"] == shipped.loss_parameters_["t"]
    assert embedder.effective_params_["module_params"] == shipped.effective_params_["module_params"]
    assert np.abs(embedder.transform(X) - shipped.transform(X)).max() < 0.5
