import io
from contextlib import redirect_stderr

import numpy as np
import pytest
import torch
from torch import nn

from xrpdsim.embedding import SigLIPLoss
from xrpdsim.patterns.pairs import encode_phases


def recomputed(embedder, X, y):
    rows = embedder.validation_indices_
    phases, _ = encode_phases(y)
    loss = SigLIPLoss(**embedder.loss_parameters_)
    with torch.no_grad():
        embeddings = torch.as_tensor(embedder.transform(X[rows]))
        return loss.mean_over_pairs(embeddings, torch.as_tensor(phases[rows])).item()


def test_best_weights_of_network_and_loss_are_restored(small, campaign):
    X, y, _ = campaign(n_compounds=8, n_patterns=160)
    embedder = small(max_epochs=12, lr=0.03).fit(X, y)
    losses = embedder.history_["valid_loss"]
    assert embedder.best_check_ == 1 + int(np.argmin(losses))
    assert embedder.best_check_ < len(losses), "the last check must not be the best here"
    assert recomputed(embedder, X, y) == pytest.approx(min(losses), rel=1e-5)
    embedder.loss_parameters_["b"] += 0.1
    assert recomputed(embedder, X, y) != pytest.approx(min(losses), rel=1e-3)


def test_checks_are_spread_over_the_epoch(small, campaign):
    X, y, _ = campaign()  # 40 training patterns
    history = small(batch_size=5, checks_per_epoch=4).fit(X, y).history_
    assert history["epoch"] == [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]
    assert history["check"] == list(range(1, 9))
    # never more than one a batch
    assert small(batch_size=20, checks_per_epoch=9).fit(X, y).history_["epoch"] == [0.5, 1, 1.5, 2]
    assert small(checks_per_epoch=1).fit(X, y).history_["epoch"] == [1, 2]


def test_checking_more_often_does_not_change_training(small, campaign):
    X, y, _ = campaign()
    often, seldom = (small(batch_size=5, checks_per_epoch=n).fit(X, y).history_ for n in (8, 1))
    assert often["valid_loss"][7::8] == seldom["valid_loss"]


def test_learning_rate_falls_after_checks_without_improvement(small, campaign):
    X, y, _ = campaign()
    embedder = small(batch_size=5, max_epochs=10, lr=0.03, lr_patience=3, lr_factor=0.5).fit(X, y)
    rates, losses = embedder.history_["learning_rate"], embedder.history_["valid_loss"]
    expected, rate, best, waited = [], 0.03, np.inf, 0
    for loss in losses:
        expected.append(rate)
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited == 3:
            rate, waited = rate / 2, 0
    assert rates == pytest.approx(expected)
    assert rates[-1] < 0.03


class Interrupts(nn.Module):
    """Presses Ctrl-C at its nth training batch."""

    def __init__(self, n_points, at):
        super().__init__()
        self.dense = nn.Linear(n_points, 4)
        self.at, self.calls = at, 0

    def forward(self, X, mask):
        self.calls += self.training
        if self.training and self.calls == self.at:
            raise KeyboardInterrupt
        return self.dense(X)


def test_interruption_keeps_the_best_weights_so_far(small, campaign):
    X, y, _ = campaign()
    embedder = small(architecture=Interrupts, module_params={"at": 9}, batch_size=10, max_epochs=50)
    with pytest.warns(UserWarning, match=r"interrupted after 2\.00 of 50 epochs; the best weights"):
        embedder.fit(X, y)
    assert embedder.interrupted_
    assert len(embedder.history_["check"]) == 8
    assert recomputed(embedder, X, y) == pytest.approx(
        min(embedder.history_["valid_loss"]), rel=1e-5
    )


def test_interruption_without_validation_keeps_the_weights_of_now(small, campaign):
    X, y, _ = campaign()
    embedder = small(
        architecture=Interrupts, module_params={"at": 9}, batch_size=20, n_validation_groups=0
    )
    with pytest.warns(UserWarning, match=r"after 2\.00 of 9 epochs; the weights so far"):
        embedder.set_params(max_epochs=9).fit(X, y)
    assert embedder.interrupted_
    assert embedder.transform(X).shape == (60, 4)


def test_interruption_before_anything_was_learnt_goes_through(small, campaign):
    X, y, _ = campaign()
    embedder = small(architecture=Interrupts, module_params={"at": 1})
    with pytest.raises(KeyboardInterrupt):
        embedder.fit(X, y)
    assert not hasattr(embedder, "net_")


class Diverges(nn.Module):
    def __init__(self, n_points):
        super().__init__()
        self.dense = nn.Linear(n_points, 4)

    def forward(self, X, mask):
        return self.dense(X) * float("nan")


@pytest.mark.parametrize("n_validation_groups", [0, 2])
def test_divergence_is_an_error(small, campaign, n_validation_groups):
    X, y, _ = campaign()
    embedder = small(
        architecture=Diverges, module_params=None, n_validation_groups=n_validation_groups
    )
    with pytest.raises(ValueError, match=r"training diverged.*lower lr=0.005"):
        embedder.fit(X, y)
    assert not hasattr(embedder, "net_")


def test_progress_shows_losses_and_learning_rate(small, campaign, capsys):
    X, y, _ = campaign()
    small().fit(X, y)
    assert capsys.readouterr() == ("", "")
    small(verbose=1, checks_per_epoch=1).fit(X, y)
    out, err = capsys.readouterr()
    assert out == ""
    first, second = err.splitlines()
    assert first.startswith("epoch  1.00/2  train ")
    assert second.endswith("lr 5e-03")
    assert "valid " in second


def test_progress_on_a_terminal_is_a_bar(small, campaign):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    X, y, _ = campaign()
    with redirect_stderr(Terminal()) as terminal:
        small(verbose=1, checks_per_epoch=1).fit(X, y)
    text = terminal.getvalue()
    assert "epoch 1.00/2 |" in text
    assert "valid " in text
    assert text.endswith("\n")


def test_repeated_fits_forget_the_first(small, campaign):
    X, y, _ = campaign()
    embedder = small().fit(X, y)
    first = embedder.transform(X)
    embedder.fit(X[:, :100], y)
    assert embedder.n_features_in_ == 100
    np.testing.assert_array_equal(embedder.fit(X, y).transform(X), first)


def test_duplicates_in_training(small, campaign):
    X, y, _ = campaign()
    X[12:24] = X[:12]  # pattern i + 12 is of the same form
    X[30] = X[31]  # two labels for one measurement
    for loss in ("siglip", "ntxent", "contrastive"):
        embedder = small(loss=loss).fit(X, y)
        assert np.isfinite(embedder.history_["train_loss"]).all()
        embeddings = embedder.transform(X)
        np.testing.assert_array_equal(embeddings[12:24], embeddings[:12])
