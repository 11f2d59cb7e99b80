import pickle

import numpy as np
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
