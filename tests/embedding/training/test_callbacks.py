"""Callbacks of skorch, as `skorch.NeuralNet` takes them."""

import pickle
import threading
import warnings

import numpy as np
import pytest
import torch
from sklearn.base import clone
from skorch.callbacks import Callback, EarlyStopping, LRScheduler, PrintLog

GRID = np.linspace(5, 10, 120)


class Recorder(Callback):
    """Hands on what it is told of."""

    def __init__(self, epoch=print, check=print):
        self.epoch, self.check = epoch, check

    def on_epoch_end(self, net, **kwargs):
        self.epoch(net.history[-1, "valid_loss"])

    def on_validation_check(self, net, row):
        self.check(row["valid_loss"])


class Counts(Callback):
    """Remembers, and stops at what it has seen."""

    def __init__(self):
        self.seen_ = []
        self.lock_ = None

    def on_epoch_end(self, net, **kwargs):
        self.seen_.append(net.history[-1, "valid_loss"])
        if len(self.seen_) == 2:
            raise KeyboardInterrupt


class Stops(Callback):
    """Ends training after an epoch, as skorch's own do."""

    def on_epoch_end(self, net, **kwargs):
        raise KeyboardInterrupt


def test_callbacks_are_told_and_change_no_bit(small, campaign):
    X, y, _ = campaign()
    epochs, checks = [], []
    recorder = Recorder(epochs.append, checks.append)
    embedder = small(callbacks=[recorder, ("named", Recorder)], batch_size=5).fit(X, y)
    expected = small(batch_size=5).fit(X, y)
    np.testing.assert_array_equal(embedder.transform(X), expected.transform(X))
    assert embedder.history_ == expected.history_
    assert checks == embedder.history_["valid_loss"]
    # the last check of an epoch is the epoch's
    assert epochs == checks[3::4]


@pytest.mark.parametrize("named", [False, True])
def test_each_fit_tells_copies(small, campaign, named):
    X, y, _ = campaign()
    counts = Counts()
    given = [("counts", counts) if named else counts]
    embedder = small(callbacks=given, max_epochs=4)
    for each in (embedder, embedder, clone(embedder)):
        assert len(each.fit(X, y).net_.history) == 2
    assert counts.seen_ == []
    # what no copy can hold is shared
    counts.lock_ = threading.Lock()
    assert len(embedder.fit(X, y).net_.history) == 2


def test_names_of_ones_own_are_free(small, campaign):
    X, y, _ = campaign()
    names = ("train_loss", "valid_loss", "checks", "schedule", "best", "progress")
    callbacks = [(name, EarlyStopping(patience=1, sink=str)) for name in names]
    expected = small().fit(X, y).transform(X)
    found = small(callbacks=callbacks, verbose=1).fit(X, y).transform(X)
    np.testing.assert_array_equal(found, expected)


def test_a_callback_that_asks_for_a_loss_that_there_is_not(small, campaign):
    X, y, _ = campaign()
    stopping = EarlyStopping(sink=str)
    with pytest.raises(ValueError, match="n_validation_groups=0 nothing is validated"):
        small(callbacks=[stopping], n_validation_groups=0).fit(X, y)
    monitoring = EarlyStopping(monitor="train_loss", sink=str)
    small(callbacks=[monitoring], n_validation_groups=0).fit(X, y)
    wrong = EarlyStopping(monitor="los", sink=str)
    with pytest.raises(KeyError, match="los"):
        small(callbacks=[wrong]).fit(X, y)


def test_the_history_of_skorch_is_there(small, campaign):
    X, y, _ = campaign()
    embedder = small(batch_size=5, max_epochs=3, checks_per_epoch=1).fit(X, y)
    history = embedder.net_.history
    assert history[:, "epoch"] == [1, 2, 3]
    assert history[:, "valid_loss"] == embedder.history_["valid_loss"]
    assert len(history[-1, "batches"]) > 5
    assert np.isfinite(history[:, "train_loss"]).all()
    again = pickle.loads(pickle.dumps(embedder))
    assert again.net_.history == history


def test_early_stopping_ends_training_without_a_word_of_interruption(small, campaign):
    X, y, _ = campaign()
    stopping = EarlyStopping(monitor="valid_loss", patience=2, threshold=0, sink=str)
    embedder = small(callbacks=[stopping], max_epochs=60, lr=0.03, two_theta=GRID)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        embedder.fit(X, y)
    assert not embedder.interrupted_
    valid = embedder.net_.history[:, "valid_loss"]
    assert len(valid) < 60
    assert min(valid[-2:]) >= min(valid[:-2])
    # the best weights stay, as without
    losses = embedder.history_["valid_loss"]
    assert embedder.best_check_ == 1 + int(np.argmin(losses))


def test_a_callback_of_ones_own_may_end_training_too(small, campaign):
    X, y, _ = campaign()
    embedder = small(callbacks=[Stops], max_epochs=9).fit(X, y)
    assert len(embedder.net_.history) == 1
    assert not embedder.interrupted_


def test_learning_rate_policies(small, campaign):
    X, y, _ = campaign()
    policy = LRScheduler(torch.optim.lr_scheduler.StepLR, step_size=1, gamma=0.5)
    embedder = small(
        callbacks=[policy], lr=0.01, lr_patience=None, max_epochs=3, checks_per_epoch=1
    ).fit(X, y)
    assert embedder.history_["learning_rate"] == pytest.approx([0.01, 0.005, 0.0025])
    # without one, and without the plateau, it stays
    steady = small(lr=0.03, lr_patience=None, max_epochs=10, batch_size=5).fit(X, y)
    assert set(steady.history_["learning_rate"]) == {0.03}


def test_loggers(small, campaign):
    X, y, _ = campaign()
    lines = []
    small(callbacks=[PrintLog(sink=lines.append)]).fit(X, y)
    assert "valid_loss" in lines[0]
    assert len(lines) == 4  # two of heading, two epochs


def test_clones_and_repeated_fits(small, campaign):
    X, y, _ = campaign()
    embedder = small(callbacks=[EarlyStopping(patience=1, sink=str)], max_epochs=9, lr=0.05)
    first = embedder.fit(X, y).transform(X)
    assert embedder.callbacks[0].patience == 1
    np.testing.assert_array_equal(embedder.fit(X, y).transform(X), first)
    again = clone(embedder)
    assert again.callbacks[0] is not embedder.callbacks[0]
    np.testing.assert_array_equal(again.fit(X, y).transform(X), first)


def test_what_is_no_list_of_callbacks(small, campaign):
    X, y, _ = campaign()
    with pytest.raises(ValueError, match="'callbacks' parameter"):
        small(callbacks=EarlyStopping()).fit(X, y)


@pytest.mark.parametrize("wrong", ["x", dict, ("named", 3), ("named",)])
def test_what_is_no_callback_is_named(small, campaign, wrong):
    X, y, _ = campaign()
    with pytest.raises(TypeError, match=r"callbacks must hold callbacks of skorch.*, got "):
        small(callbacks=[Recorder, wrong]).fit(X, y)
