import pytest
from numpy.testing import assert_allclose
from pytorch_metric_learning import losses as oracle
from pytorch_metric_learning.distances import CosineSimilarity, LpDistance

from xrpdsim.embedding import NTXentLoss


@pytest.mark.parametrize("temperature", [5.0, 0.2])
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_ntxent_agrees_with_pytorch_metric_learning(batch, metric, temperature):
    embeddings, phases = batch
    distance = CosineSimilarity() if metric == "cosine" else LpDistance(normalize_embeddings=False)
    expected = oracle.NTXentLoss(temperature=temperature, distance=distance)(embeddings, phases)
    got = NTXentLoss(metric, temperature)(embeddings, phases)
    assert_allclose(got.item(), expected.item(), rtol=1e-7)


def test_the_temperature_must_be_positive():
    with pytest.raises(ValueError, match="temperature"):
        NTXentLoss(temperature=-1)
