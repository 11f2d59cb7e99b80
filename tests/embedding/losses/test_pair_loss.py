import inspect

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch.nn import functional as F

from xrpdsim.embedding import LOSSES, PairLoss
from xrpdsim.embedding.losses import pair_loss
from xrpdsim.embedding.training import LOSS_CONSTANTS


@pytest.mark.parametrize(
    ("name", "metric"), [(name, metric) for name in LOSSES for metric in LOSSES[name].metrics]
)
def test_near_pairs_of_one_form_are_rewarded(name, metric):
    loss = LOSSES[name](metric)
    phases = torch.tensor([0, 0, 1, 1])
    sorted_right = F.normalize(torch.tensor([[1.0, 0], [1, 0.1], [0, 1], [0.1, 1]]), dim=1)
    sorted_wrong = sorted_right[[0, 2, 1, 3]]
    for value in (loss, loss.mean_over_pairs):
        assert value(sorted_right, phases) < value(sorted_wrong, phases)


def test_self_pairs_stay_out():
    random = torch.Generator().manual_seed(0)
    embeddings = F.normalize(torch.randn(6, 4, generator=random, dtype=torch.float64), dim=1)
    phases = torch.arange(6)
    for name in ("siglip", "contrastive"):
        loss = LOSSES[name]().double()
        by_pairs = [
            loss.mean_over_pairs(embeddings[[i, j]], phases[[i, j]]).item()
            for i in range(6)
            for j in range(i)
        ]
        # all pairs are negative, so the mean over pairs is the mean of two-pattern batches
        assert_allclose(loss.mean_over_pairs(embeddings, phases).item(), np.mean(by_pairs))


@pytest.mark.parametrize("name", LOSSES)
def test_blocks_of_rows_change_nothing(batch, name, monkeypatch):
    embeddings, phases = batch
    loss = LOSSES[name]().double()
    whole = loss.mean_over_pairs(embeddings, phases).item()
    monkeypatch.setattr(pair_loss, "BLOCK_ROWS", 5)
    assert_allclose(loss.mean_over_pairs(embeddings, phases).item(), whole, rtol=1e-12)


# NT-Xent counts the negatives in its denominator, so it is left out.
@pytest.mark.parametrize("name", ["siglip", "contrastive"])
def test_mean_over_pairs_does_not_depend_on_their_number(name):
    # Every pattern four times over: the same pairs, sixteen times, but for those of distance 0.
    random = torch.Generator().manual_seed(0)
    embeddings = F.normalize(torch.randn(40, 6, generator=random, dtype=torch.float64), dim=1)
    phases = torch.arange(40) // 8
    loss = LOSSES[name]().double()
    once = loss.mean_over_pairs(embeddings, phases).item()
    often = loss.mean_over_pairs(embeddings.repeat(4, 1), phases.repeat(4)).item()
    assert_allclose(often, once, rtol=0.15)


@pytest.mark.parametrize("name", LOSSES)
def test_training_losses_can_be_brought_to_the_scale_of_validation(batch, name):
    embeddings, phases = batch
    loss = LOSSES[name]().double()
    scaled = loss.per_pair(loss(embeddings, phases).item(), len(phases))
    assert_allclose(scaled, loss.mean_over_pairs(embeddings, phases).item(), rtol=1e-12)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("pattern", ["duplicates", "one form", "no positives", "zeros"])
def test_gradients_are_finite(name, pattern):
    raw = torch.randn(8, 4, generator=torch.Generator().manual_seed(0))
    phases = torch.arange(8) // 2
    if pattern == "duplicates":
        raw[1] = raw[0]
        raw[2] = raw[0]
    elif pattern == "one form":
        phases = torch.zeros(8, dtype=torch.long)
    elif pattern == "no positives":
        phases = torch.arange(8)
    else:
        raw[:] = 0
    raw.requires_grad_()
    loss = LOSSES[name]()
    embeddings = raw.sigmoid() if loss.output == "sigmoid" else F.normalize(raw, dim=1, eps=1e-6)
    pairs = torch.tensor([[0, 1], [0, 2], [3, 4]])
    for value in (loss(embeddings, phases, pairs), loss.mean_over_pairs(embeddings, phases)):
        (gradient,) = torch.autograd.grad(value, raw, retain_graph=True, allow_unused=True)
        assert torch.isfinite(value)
        assert torch.isfinite(gradient).all()


def test_a_loss_without_terms_is_none():
    with pytest.raises(NotImplementedError):
        PairLoss()(torch.eye(2), torch.arange(2))


@pytest.mark.parametrize("name", LOSSES)
def test_the_constants_of_a_loss_are_parameters_of_the_embedder(name):
    accepted = inspect.signature(LOSSES[name]).parameters
    assert set(LOSSES[name].constants) == set(accepted) - {"metric"}
    assert set(LOSSES[name].constants.values()) <= set(LOSS_CONSTANTS)
