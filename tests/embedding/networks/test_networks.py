import numpy as np
import pytest
import torch
from torch import nn

from xrpdsim.embedding import SchuetzkeNet, SMolNet
from xrpdsim.embedding.networks import build_module
from xrpdsim.embedding.training import seeded


def whole(n_patterns, n_points):
    X = torch.rand(n_patterns, n_points, generator=torch.Generator().manual_seed(0))
    return X, torch.ones_like(X)


def test_smolnet_is_that_of_the_paper():
    net = SMolNet(1950)
    kernels = [m.kernel_size[0] for m in net.modules() if isinstance(m, nn.Conv1d)]
    assert len(kernels) == 4
    assert (min(kernels), max(kernels)) == (8, 128)
    dense = [m for m in net.modules() if isinstance(m, nn.Linear)]
    assert [m.out_features for m in dense] == [2048, 2048, 128]
    assert [m.p for m in net.modules() if isinstance(m, nn.Dropout)] == [0.2] * 4
    assert sum(isinstance(m, nn.BatchNorm1d) for m in net.modules()) == 4


def test_schuetzke_net_is_the_published_one():
    net = SchuetzkeNet(1950).eval()
    convolutions = [m for m in net.modules() if isinstance(m, nn.Conv1d)]
    assert [m.out_channels for m in convolutions] == [6, 16, 16, 32, 32, 64, 64, 1]
    assert [m.kernel_size[0] for m in convolutions] == [5] * 7 + [1]
    assert all(m.bias is None for m in convolutions)
    embeddings = net(*whole(2, 1950))
    assert embeddings.shape == (2, 122)
    assert (embeddings >= 0).all()


def test_schuetzke_net_reaches_both_ends_of_the_sigmoid():
    lowest = {}
    for final_relu in (None, True):
        params = {} if final_relu is None else {"final_relu": final_relu}
        lowest[final_relu] = np.inf
        for seed in range(8):
            with seeded(seed, torch.device("cpu")):
                module = build_module("schuetzke", params, "sigmoid", 1950).eval()
            embeddings = module(*whole(4, 1950))
            lowest[final_relu] = min(lowest[final_relu], embeddings.min().item())
            assert ((embeddings > 0) & (embeddings < 1)).all()
    assert lowest[True] >= 0.5
    assert lowest[None] < 0.5


@pytest.mark.parametrize("name", ["smolnet", "schuetzke"])
@pytest.mark.parametrize("n_points", [1, 2, 5, 60, 1950, 3001])
def test_any_number_of_points(name, n_points):
    params = {"hidden": 8} if name == "smolnet" else {}
    module = build_module(name, params, "unit", n_points).eval()
    embeddings = module(*whole(3, n_points))
    assert embeddings.shape == (3, module.embedding_dim)
    assert torch.isfinite(embeddings).all()


def test_unit_vectors():
    module = build_module("smolnet", {"hidden": 8}, "unit", 50).eval()
    norms = module(*whole(4, 50)).norm(dim=1)
    torch.testing.assert_close(norms, torch.ones(4))


def test_missing_windows_give_features_of_zero_and_whole_scans_none_the_less():
    net = SMolNet(400, hidden=8).eval()
    X, mask = whole(2, 400)
    mask[1, 200:] = 0
    signal, measured = (X * mask)[:, None], mask[:, None]
    for branch in net.branches:
        features = branch(signal, measured).view(2, 16, -1)
        torch.testing.assert_close(features[:1], branch(signal[:1], None).view(1, 16, -1))
        # pooled windows of 32 points; the widest kernel reaches 64 beyond
        assert (features[1, :, -3:] == 0).all()
        assert (features[1, :, :4] != 0).any()


def test_what_lies_under_the_mask_does_not_matter():
    for name in ("smolnet", "schuetzke"):
        module = build_module(name, {"hidden": 8} if name == "smolnet" else {}, "unit", 100).eval()
        X, mask = whole(2, 100)
        mask[:, :30] = 0
        torch.testing.assert_close(module(X, mask), module(X * mask, mask), rtol=0, atol=0)


class Own(nn.Module):
    def __init__(self, n_points, width=3):
        super().__init__()
        self.dense = nn.Linear(n_points, width)

    def forward(self, signal, where):
        return self.dense(signal * where)


class Flat(nn.Module):
    def forward(self, X, mask):
        return X.sum(1)


def test_networks_of_ones_own():
    built = Own(20, width=5)
    assert build_module(Own, {"width": 4}, "unit", 20).embedding_dim == 4
    module = build_module(built, None, "unit", 20)
    assert module.embedding_dim == 5
    assert module.network is not built
    assert built.training


@pytest.mark.parametrize(
    ("architecture", "params", "error", "message"),
    [
        ("vgg", None, ValueError, "unknown; choose one of"),
        (3, None, TypeError, "must be a name, a torch module"),
        (Own(20), {"width": 4}, TypeError, "built already"),
        (Own, {"depth": 4}, TypeError, "depth.*It takes n_points, width"),
        ("smolnet", {"depth": 4}, TypeError, "SMolNet does not take module_params"),
        (Flat, None, ValueError, "Flat must return a tensor of shape"),
    ],
)
def test_unusable_architectures(architecture, params, error, message):
    with pytest.raises(error, match=message):
        build_module(architecture, params, "unit", 20)
