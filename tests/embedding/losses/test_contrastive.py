import pytest
import torch
from numpy.testing import assert_allclose
from pytorch_metric_learning import losses as oracle
from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.reducers import DoNothingReducer

from xrpdsim.embedding import ContrastiveLoss


def test_contrastive_agrees_with_pytorch_metric_learning(batch):
    # There the loss of a pair is linear in distance and shortfall; Hadsell squares and halves both.
    embeddings, phases = batch
    margin = 1.2
    pairs = oracle.ContrastiveLoss(
        pos_margin=0,
        neg_margin=margin,
        distance=LpDistance(normalize_embeddings=False),
        reducer=DoNothingReducer(),
    )(embeddings, phases)
    positive = pairs["pos_loss"]["losses"].square() / 2
    negative = pairs["neg_loss"]["losses"].square() / 2
    loss = ContrastiveLoss(margin=margin)
    expected = (positive.mean() + negative.mean()) / 2
    assert_allclose(loss(embeddings, phases).item(), expected.item(), rtol=1e-6)

    drawn = torch.stack([torch.cat(i) for i in zip(*_indices(pairs), strict=True)], dim=1)
    expected = torch.cat([positive, negative]).mean()
    assert_allclose(loss(embeddings, phases, drawn).item(), expected.item(), rtol=1e-6)


def _indices(pairs):
    return pairs["pos_loss"]["indices"], pairs["neg_loss"]["indices"]


def test_contrastive_margin_can_be_reached_by_sigmoid_outputs():
    embeddings = torch.stack([torch.zeros(128), torch.ones(128)])
    assert ContrastiveLoss()(embeddings, torch.tensor([0, 1])).item() == 0


def test_unusable_parameters():
    with pytest.raises(ValueError, match="ContrastiveLoss compares embeddings by metric"):
        ContrastiveLoss("cosine")
    with pytest.raises(ValueError, match="margin"):
        ContrastiveLoss(margin=0)
