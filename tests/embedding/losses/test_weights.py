"""Weights of patterns in the losses."""

import pytest
import torch
from torch.nn import functional as F

from xrpdsim.embedding import ContrastiveLoss, NTXentLoss, PairLoss, SigLIPLoss

LOSSES = [SigLIPLoss(), SigLIPLoss("cosine"), NTXentLoss(), NTXentLoss("cosine", 0.5)]
LOSSES += [ContrastiveLoss(margin=1.2)]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: f"{type(loss).__name__}-{loss.metric}")
class TestEveryLoss:
    def test_equal_weights_change_nothing(self, loss, batch):
        embeddings, phases = batch
        for weight in (1.0, 2.0):
            weights = torch.full((12,), weight, dtype=torch.float64)
            found = loss(embeddings, phases, weights=weights)
            torch.testing.assert_close(found, loss(embeddings, phases))

    def test_a_pattern_of_weight_0_is_as_if_it_were_not_there(self, loss, batch):
        embeddings, phases = batch
        weights = torch.ones(12, dtype=torch.float64)
        weights[[1, 6, 11]] = 0.0
        kept = weights > 0
        found = loss.mean_over_pairs(embeddings, phases, weights)
        expected = loss.mean_over_pairs(embeddings[kept], phases[kept])
        tolerance = {"rtol": 0.15, "atol": 0} if isinstance(loss, NTXentLoss) else {}
        torch.testing.assert_close(found, expected, **tolerance)

    def test_gradients_are_finite(self, loss, batch):
        embeddings, phases = batch
        embeddings = embeddings.clone().requires_grad_()
        weights = torch.zeros(12, dtype=torch.float64)
        weights[:2] = 1.0  # no pair of two forms
        loss(embeddings, phases, weights=weights).backward()
        assert embeddings.grad.isfinite().all()


def test_siglip_by_hand(batch):
    embeddings, phases = batch
    weights = torch.arange(1.0, 13.0, dtype=torch.float64)
    loss = SigLIPLoss("cosine", t=3.0, b=-1.0)
    total = count = 0.0
    for i in range(12):
        for j in range(12):
            if i != j:
                logit = 3.0 * (embeddings[i] @ embeddings[j]).item() - 1.0
                sign = 1 if phases[i] == phases[j] else -1
                weight = (weights[i] * weights[j]).item()
                total += weight * F.softplus(torch.tensor(-sign * logit)).item()
                count += weight
    found = loss.mean_over_pairs(embeddings, phases, weights).item()
    assert found == pytest.approx(total / count, rel=1e-5)


def test_contrastive_by_hand(batch):
    embeddings, phases = batch
    weights = torch.arange(1.0, 13.0, dtype=torch.float64)
    pairs = torch.tensor([[0, 1], [0, 5], [7, 8], [3, 11]])
    each = torch.stack(
        [ContrastiveLoss(margin=1.2)(embeddings, phases, pair[None]) for pair in pairs]
    )
    of_pairs = weights[pairs].prod(1)
    found = ContrastiveLoss(margin=1.2)(embeddings, phases, pairs, weights)
    torch.testing.assert_close(found, (each * of_pairs).sum() / of_pairs.sum())


def test_a_loss_of_ones_own_need_not_know_them(batch):
    class Own(PairLoss):
        def terms(self, compared, positive, negative):
            return (compared * positive).sum()[None], positive.sum()[None]

    with pytest.raises(NotImplementedError, match="weighted_terms"):
        Own()(*batch, weights=torch.ones(12))
