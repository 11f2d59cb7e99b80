from dataclasses import FrozenInstanceError, fields

import pytest

from xrpdsim.embedding import SiameseXRPDEmbedder
from xrpdsim.embedding.training import FROM_SCRATCH, IN_FORCE, TrainingSettings


def settings_of(embedder):
    return TrainingSettings.from_parameters(embedder.get_params(deep=False), FROM_SCRATCH)


def test_settings_are_parameters_of_the_embedder_and_none_but_some_stays_open():
    settings = settings_of(SiameseXRPDEmbedder())
    names = {field.name for field in fields(settings)}
    apart = {"init", "two_theta", "device", "random_state", "warm_start"}
    assert names == set(SiameseXRPDEmbedder().get_params(deep=False)) - apart
    open_ones = {name for name in names if getattr(settings, name) is None}
    dicts = {"module_params", "loss_params", "optimizer_params", "iterator_train_params"}
    assert open_ones == dicts | {"patterns_per_phase", "callbacks", "iterator_train", "n_threads"}


def test_what_is_given_holds():
    given = {"loss": "ntxent", "lr": 0.5, "temperature": 3.0, "module_params": {"hidden": 4}}
    settings = settings_of(SiameseXRPDEmbedder(**given))
    assert {name: getattr(settings, name) for name in given} == given
    assert settings.in_force().keys() == set(IN_FORCE)
    assert settings.in_force().items() >= given.items()


def test_settings_do_not_change():
    with pytest.raises(FrozenInstanceError):
        settings_of(SiameseXRPDEmbedder()).lr = 1.0
