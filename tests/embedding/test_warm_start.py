import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from xrpdsim.embedding import SiameseXRPDEmbedder


@pytest.fixture
def data(campaign):
    X, y, _ = campaign(n_compounds=8, n_patterns=80)
    return X, y


def test_a_second_fit_goes_on_with_weights_optimiser_and_history(small, data):
    X, y = data
    embedder = small(warm_start=True, lr=1e-3).fit(X, y)
    first, before = embedder.history_, embedder.transform(X)
    steps = embedder._training_state.of_optimizer["state"][0]["step"].item()
    embedder.fit(X, y)
    history = embedder.history_
    n = len(first["check"])
    assert history["check"] == list(range(1, len(history["check"]) + 1))
    assert history["valid_loss"][:n] == first["valid_loss"]
    # the next row is the loss of the weights that were kept, over the same compounds
    assert history["valid_loss"][n] == pytest.approx(min(first["valid_loss"]), rel=1e-5)
    assert history["epoch"][n] == first["epoch"][-1]
    assert history["epoch"][-1] == 2 * first["epoch"][-1]
    assert embedder._training_state.of_optimizer["state"][0]["step"].item() == 2 * steps
    best = history["check"].index(embedder.best_check_)
    assert history["valid_loss"][best] <= min(first["valid_loss"]) * (1 + 1e-5)
    assert np.abs(embedder.transform(X) - before).max() > 0
    assert embedder._training_state.n_fits == 2


def test_a_learning_rate_that_was_lowered_stays_low(small, data):
    X, y = data
    embedder = small(warm_start=True, lr=1e-3).fit(X, y)
    groups = embedder._training_state.of_optimizer["param_groups"]
    for group in groups:
        group["lr"] = 1e-5
    assert embedder.fit(X, y).history_["learning_rate"][-1] == 1e-5
    embedder.set_params(lr=3e-4).fit(X, y)  # unless another one is asked for
    assert embedder.history_["learning_rate"][-1] == 3e-4


def hyperparameters(embedder, name):
    return {group[name] for group in embedder._training_state.of_optimizer["param_groups"]}


def test_parameters_of_the_optimiser_that_were_changed_are_heeded(small, data):
    X, y = data
    embedder = small(warm_start=True, lr=1e-3, optimizer_params={"weight_decay": 0.1}).fit(X, y)
    for group in embedder._training_state.of_optimizer["param_groups"]:
        group["lr"], group["eps"] = 1e-5, 1e-3  # as a callback may leave them
    assert hyperparameters(embedder.fit(X, y), "eps") == {1e-3}
    embedder.set_params(optimizer__weight_decay=0.2).fit(X, y)
    assert hyperparameters(embedder, "weight_decay") == {0.2}
    assert hyperparameters(embedder, "lr") == {1e-5}
    embedder.set_params(optimizer_params=None).fit(X, y)
    assert hyperparameters(embedder, "weight_decay") == {0}
    with pytest.raises(ValueError, match=r"amsgrad was False .* and is True now"):
        embedder.set_params(optimizer__amsgrad=True).fit(X, y)


def test_t_and_b_start_again_where_they_were_changed(small, data):
    X, y = data
    embedder = small(warm_start=True, siglip_t=8.0, siglip_b=5.0, lr=1e-9).fit(X, y)
    assert embedder.fit(X, y).loss_parameters_ == pytest.approx({"t": 8.0, "b": 5.0})
    embedder.set_params(siglip_t=3.0).fit(X, y)
    assert embedder.loss_parameters_ == pytest.approx({"t": 3.0, "b": 5.0})
    embedder.set_params(loss__b=1.0, siglip_b="auto").fit(X, y)
    assert embedder.loss_parameters_ == pytest.approx({"t": 3.0, "b": 1.0})
    in_force = embedder.effective_params_
    assert (in_force["siglip_t"], in_force["siglip_b"]) == (3.0, 1.0)


@pytest.mark.parametrize("known", [True, False])
def test_what_was_held_out_stays_held_out(small, campaign, known):
    X, y, _ = campaign(n_compounds=8, n_patterns=160)
    labels = y if known else np.array([f"{compound} {form}" for compound, form in y])
    of = labels[:, 0] if known else labels
    embedder = small(warm_start=True, random_state=None).fit(X[::2], labels[::2])
    held_out = set(embedder.validation_groups_)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "warm_start")
        for _ in range(3):
            embedder.fit(X, labels)
            assert set(embedder.validation_groups_) == held_out
            assert set(of[embedder.validation_indices_]) == held_out
        # of two that were held out one is enough, if two forms of it are
        first = sorted(held_out)[0]
        rest = ~np.isin(of, sorted(held_out - {first}))
        if known:
            embedder.fit(X[rest], labels[rest])
            assert set(embedder.validation_groups_) == {first}
    gone = ~np.isin(of, sorted(held_out))
    with pytest.warns(UserWarning, match="validated on compounds that the network has learnt"):
        embedder.fit(X[gone], labels[gone])


def test_compounds_that_are_new_may_be_held_out(small, campaign):
    X, y, _ = campaign(n_compounds=12, n_patterns=240)
    first = np.isin(y[:, 0], sorted(set(y[:, 0]))[:6])
    embedder = small(warm_start=True).fit(X[first], y[first])
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "warm_start")
        embedder.fit(X[~first], y[~first])
    embedder = small(warm_start=True, n_validation_groups=0).fit(X, y)
    with pytest.warns(UserWarning, match="validated on compounds that the network has learnt"):
        embedder.set_params(n_validation_groups=2).fit(X, y)


def test_the_same_trainings_give_the_same_bits(small, data):
    X, y = data
    found = [small(warm_start=True).fit(X, y).fit(X, y).transform(X) for _ in range(2)]
    np.testing.assert_array_equal(*found)
    pickled = pickle.loads(pickle.dumps(small(warm_start=True).fit(X, y)))
    np.testing.assert_array_equal(pickled.fit(X, y).transform(X), found[0])
    assert not hasattr(clone(pickled), "_training_state")


def test_without_it_each_fit_begins_again(small, data):
    X, y = data
    embedder = small().fit(X, y)
    before = embedder.transform(X)
    assert not hasattr(embedder, "_training_state")
    np.testing.assert_array_equal(embedder.fit(X, y).transform(X), before)
    with pytest.raises(ValueError, match="kept no optimiser to go on with"):
        embedder.set_params(warm_start=True).fit(X, y)


@pytest.mark.parametrize("loss", ["ntxent", "contrastive"])
def test_every_loss_goes_on_without_validation(small, data, loss):
    X, y = data
    embedder = small(warm_start=True, loss=loss, n_validation_groups=0).fit(X, y).fit(X, y)
    assert embedder.history_["check"] == [1, 2, 3, 4]
    assert embedder.history_["epoch"] == [1, 2, 3, 4]
    assert embedder.best_check_ is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"loss": "ntxent"}, "loss was 'siglip' in the last fit"),
        ({"module_params": {"hidden": 4}}, "module_params was"),
        ({"optimizer": "SGD"}, "the optimiser was Adam and is now SGD"),
    ],
)
def test_another_network_cannot_go_on(small, data, changed, message):
    X, y = data
    embedder = small(warm_start=True).fit(X, y)
    before = embedder.transform(X)
    with pytest.raises(ValueError, match=message):
        embedder.set_params(**changed).fit(X, y)
    np.testing.assert_array_equal(embedder.transform(X), before)
    with pytest.raises(ValueError, match="features"):
        small(warm_start=True).fit(X, y).fit(X[:, 1:], y)


def test_a_loaded_embedder_begins_from_its_file(small, data, tmp_path):
    X, y = data
    embedder = small(warm_start=True).fit(X, y)
    embedder.save(tmp_path / "embedder")
    loaded = SiameseXRPDEmbedder.load(tmp_path / "embedder")
    assert loaded.warm_start
    loaded.fit(X, y)
    assert loaded.history_["check"][0] == 0
    assert loaded.fit(X, y)._training_state.n_fits == 2


def test_training_goes_on_on_the_same_grid_only(small, data):
    X, y = data
    grid = 5 + 0.02 * np.arange(X.shape[1])
    embedder = small(warm_start=True, two_theta=grid).fit(X, y)
    before = embedder.transform(X)
    with pytest.raises(ValueError, match="another grid than that of the last fit, 120 points"):
        embedder.set_params(two_theta=grid + 1).fit(X, y)
    embedder.set_params(two_theta=None)
    with pytest.raises(ValueError, match=r"are 6 to .* but the grid in force is 5 to"):
        embedder.fit(pd.DataFrame(X, columns=grid + 1), y)
    np.testing.assert_array_equal(embedder.transform(X), before)
    np.testing.assert_array_equal(embedder.fit(X, y).two_theta_, grid)
    assert embedder.set_params(two_theta=grid).fit(X, y)._training_state.n_fits == 3
