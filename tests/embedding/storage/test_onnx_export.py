import importlib
import sys

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError
from torch import nn

from xrpdsim.embedding import SiameseXRPDEmbedder

onnxruntime = pytest.importorskip("onnxruntime")
N_POINTS = 1950


def difficult_patterns():
    """Patterns scaled to [0, 1] with each kind of trouble, and one without."""
    random = np.random.default_rng(0)
    position, height = random.uniform(0, N_POINTS, (12, 15)), random.uniform(0.1, 1, (12, 15))
    shape = np.exp(-0.5 * ((np.arange(N_POINTS) - position[:, :, None]) / 4) ** 2)
    X = (height[:, :, None] * shape).sum(1) + random.random((12, N_POINTS)) / 20
    X = (X / X.max(axis=1, keepdims=True)).astype(np.float32)
    X[0, :311] = np.nan
    X[1, 1207:] = np.nan
    X[2, 800:1001] = np.nan
    X[3] = 0.5
    X[4] = 0
    X[5, 100:] = np.nan
    X[6, 500] = np.nan
    return X


def untrained(architecture, loss, **module_params):
    X = np.nan_to_num(difficult_patterns())
    embedder = SiameseXRPDEmbedder(
        architecture,
        loss,
        module_params=module_params,
        max_epochs=1,
        n_validation_groups=0,
        device="cpu",
        random_state=0,
    )
    return embedder.fit(X, np.arange(len(X)) // 2)


MAKERS = {
    "hybrid": lambda: untrained("hybrid", "siglip", baseline_bins=4, channels=(8, 8, 8, 8)),
    "organic-1": lambda: SiameseXRPDEmbedder.from_pretrained("organic-1", device="cpu"),
    "smolnet": lambda: untrained("smolnet", "siglip", hidden=64),
    "smolnet-contrastive": lambda: untrained("smolnet", "contrastive", hidden=64),
    "schuetzke": lambda: untrained("schuetzke", "siglip"),
    "schuetzke-contrastive": lambda: untrained("schuetzke", "contrastive"),
}


# the shipped network is a larger "hybrid"
SLOW = {"organic-1": pytest.mark.slow}
PARAMS = [pytest.param(name, marks=SLOW.get(name, ())) for name in MAKERS]


@pytest.fixture(scope="module", params=PARAMS)
def exported(request, tmp_path_factory):
    """An embedder, what onnxruntime makes of its file, and the folder of the file."""
    embedder = MAKERS[request.param]()
    folder = tmp_path_factory.mktemp("onnx")
    embedder.to_onnx(folder / "embedder.onnx")
    session = onnxruntime.InferenceSession(
        folder / "embedder.onnx", providers=["CPUExecutionProvider"]
    )
    return embedder, session, folder


def both(exported, X):
    embedder, session, _ = exported
    return embedder.transform(X), session.run(None, {"patterns": X.astype(np.float32)})[0]


def test_difficult_patterns(exported):
    expected, found = both(exported, difficult_patterns())
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_any_number_of_patterns(exported):
    X = difficult_patterns()
    for rows in (X[:1], X[:2], X[:5], np.tile(X, (9, 1))):
        expected, found = both(exported, rows)
        np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("scale", [1e-20, 1e-6, 1e3, 1e9, 1e20])
def test_tiny_and_huge_scales(exported, scale):
    if exported[0].architecture != "hybrid":
        pytest.skip("the others want patterns from 0 to 1; on larger ones rounding grows with them")
    expected, found = both(exported, difficult_patterns() * np.float32(scale))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_what_the_file_says_of_itself(exported):
    embedder, session, folder = exported
    metadata = session.get_modelmeta().custom_metadata_map
    assert metadata["metric"] == embedder.metric_
    assert (metadata["two_theta_first"], metadata["two_theta_last"]) == ("3", "41.98")
    assert metadata["n_points"] == str(session.get_inputs()[0].shape[1]) == str(N_POINTS)
    assert [path.name for path in folder.iterdir()] == ["embedder.onnx"]


class Learnt(nn.Module):
    def __init__(self, n_points):
        super().__init__()
        self.dense = nn.Linear(2 * n_points, 3)

    def forward(self, X, mask):
        return self.dense(torch.cat([X, mask], dim=1))


class Unexportable(Learnt):
    def forward(self, X, mask):
        return super().forward(X, mask) if X.sum().item() > 1 else super().forward(-X, mask)


def test_a_network_of_ones_own(small, campaign, tmp_path):
    X, y, _ = campaign()
    X[3, :20] = np.nan
    embedder = small(architecture=Learnt, module_params=None).fit(X, y)
    state = torch.random.get_rng_state()
    embedder.to_onnx(tmp_path / "own.onnx")
    assert (torch.random.get_rng_state() == state).all()
    session = onnxruntime.InferenceSession(tmp_path / "own.onnx")
    found = session.run(None, {"patterns": X.astype(np.float32)})[0]
    np.testing.assert_allclose(found, embedder.transform(X), atol=1e-5)


def test_nothing_is_left_of_an_export_that_failed(small, campaign, tmp_path):
    X, y, _ = campaign()
    (tmp_path / "own.onnx").write_text("as before")
    embedder = small(architecture=Unexportable, module_params=None).fit(X, y)
    with pytest.raises(ValueError, match="Unexportable cannot be exported"):
        embedder.to_onnx(tmp_path / "own.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["own.onnx"]
    assert (tmp_path / "own.onnx").read_text() == "as before"


def test_before_fit(small, tmp_path):
    with pytest.raises(NotFittedError):
        small().to_onnx(tmp_path / "a.onnx")


@pytest.mark.parametrize("missing", ["onnx", "onnxscript"])
def test_without_the_extra(small, campaign, tmp_path, monkeypatch, missing):
    X, y, _ = campaign()
    embedder = small().fit(X, y)
    importlib.import_module("xrpdsim.embedding.storage.onnx_export")
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError, match=rf"needs {missing}: .*pip install xrpdsim\[onnx\]"):
        embedder.to_onnx(tmp_path / "a.onnx")
    assert not list(tmp_path.iterdir())
