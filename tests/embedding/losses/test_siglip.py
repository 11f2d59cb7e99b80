import math

import pytest
import torch
from numpy.testing import assert_allclose

from xrpdsim.embedding import SigLIPLoss


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


def test_siglip_starts_near_no_opinion_on_the_boundary():
    loss = SigLIPLoss()
    assert loss.learnt() == pytest.approx({"t": 10.0, "b": 6.0})
    assert SigLIPLoss("cosine").learnt() == pytest.approx({"t": 10.0, "b": -10.0})


@pytest.mark.parametrize("b", [float("nan"), float("inf")])
def test_b_must_be_finite(b):
    with pytest.raises(ValueError, match="b must be a finite number"):
        SigLIPLoss(b=b)


def test_t_must_be_positive():
    with pytest.raises(ValueError, match="t must be above 0"):
        SigLIPLoss(t=0)
