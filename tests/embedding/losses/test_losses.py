import math

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from pytorch_metric_learning import losses as oracle
from pytorch_metric_learning.distances import CosineSimilarity, LpDistance
from pytorch_metric_learning.reducers import DoNothingReducer
from torch.nn import functional as F

from xrpdsim.embedding import LOSSES, ContrastiveLoss, NTXentLoss, PairLoss, SigLIPLoss
from xrpdsim.embedding.losses import pair_loss


@pytest.fixture
def batch():
    torch.manual_seed(0)
    embeddings = F.normalize(torch.randn(12, 5, dtype=torch.float64), dim=1)
    # several positives for some, none for the last
    return embeddings, torch.tensor([0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 4])


def test_siglip_by_hand():
    # Three unit vectors in the plane, 0, 60 and 180 degrees: distances 1, 2 and sqrt(3).
    embeddings = torch.tensor([[1.0, 0.0], [0.5, math.sqrt(3) / 2], [-1.0, 0.0]])
    phases = torch.tensor([0, 0, 1])
    t, b = 2.0, 3.0

    def log_sigmoid(x):
        return -math.log1p(math.exp(-x))

    near = log_sigmoid(b - t * 1)
    far = log_sigmoid(-(b - t * 2)) + log_sigmoid(-(b - t * math.sqrt(3)))
    expected = -2 * (near + far) / 3  # each pair twice, divided by n = 3
    assert_allclose(SigLIPLoss(t=t, b=b)(embeddings, phases).item(), expected, rtol=1e-6)

    near = log_sigmoid(b + t * 0.5)
    far = log_sigmoid(-(b - t)) + log_sigmoid(-(b - t * 0.5))
    expected = -2 * (near + far) / 3
    loss = SigLIPLoss("cosine", t=t, b=b)
    assert_allclose(loss(embeddings, phases).item(), expected, rtol=1e-6)


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


def test_siglip_starts_near_no_opinion_on_the_boundary():
    loss = SigLIPLoss()
    assert loss.learnt() == pytest.approx({"t": 10.0, "b": 6.0})
    assert SigLIPLoss("cosine").learnt() == pytest.approx({"t": 10.0, "b": -10.0})


def test_self_pairs_stay_out():
    embeddings = F.normalize(torch.randn(6, 4, dtype=torch.float64), dim=1)
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


@pytest.mark.parametrize("temperature", [5.0, 0.2])
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_ntxent_agrees_with_pytorch_metric_learning(batch, metric, temperature):
    embeddings, phases = batch
    distance = CosineSimilarity() if metric == "cosine" else LpDistance(normalize_embeddings=False)
    expected = oracle.NTXentLoss(temperature=temperature, distance=distance)(embeddings, phases)
    got = NTXentLoss(metric, temperature)(embeddings, phases)
    assert_allclose(got.item(), expected.item(), rtol=1e-7)


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


def test_contrastive_margin_can_be_reached_by_sigmoid_outputs():
    embeddings = torch.stack([torch.zeros(128), torch.ones(128)])
    assert ContrastiveLoss()(embeddings, torch.tensor([0, 1])).item() == 0


def test_unusable_parameters():
    with pytest.raises(ValueError, match="ContrastiveLoss compares embeddings by metric"):
        ContrastiveLoss("cosine")
    with pytest.raises(ValueError, match="t must be above 0"):
        SigLIPLoss(t=0)
    with pytest.raises(ValueError, match="temperature"):
        NTXentLoss(temperature=-1)
    with pytest.raises(ValueError, match="margin"):
        ContrastiveLoss(margin=0)
    with pytest.raises(NotImplementedError):
        PairLoss()(torch.eye(2), torch.arange(2))
