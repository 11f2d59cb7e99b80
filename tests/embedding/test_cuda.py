"""What only a machine with a CUDA device can show."""

import pickle

import numpy as np
import pytest
import torch

from xrpdsim.embedding import SiameseXRPDEmbedder

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


@pytest.mark.parametrize("loss", ["siglip", "ntxent", "contrastive"])
def test_trained_on_cuda_runs_without(small, campaign, tmp_path, monkeypatch, loss):
    X, y, _ = campaign()
    X[0, :20] = np.nan
    embedder = small(loss=loss, device="cuda").fit(X, y)
    assert next(embedder.net_.module_.parameters()).is_cuda
    embeddings = embedder.transform(X)
    pickled = pickle.dumps(embedder)
    embedder.save(tmp_path / "embedder")
    again = pickle.loads(pickled)
    assert next(again.net_.module_.parameters()).is_cuda

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.warns(UserWarning, match="runs on the CPU"):
        others = [pickle.loads(pickled), SiameseXRPDEmbedder.load(tmp_path / "embedder")]
    for other in others:
        np.testing.assert_allclose(other.transform(X), embeddings, atol=1e-4)


def test_same_seed_same_bits_on_cuda(small, campaign):
    X, y, _ = campaign()
    state = torch.cuda.get_rng_state()
    first, second = (small(device="cuda").fit(X, y).transform(X) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert (torch.cuda.get_rng_state() == state).all()
