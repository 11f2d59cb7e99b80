import numpy as np
import pytest
import torch
from torch import nn

from xrpdsim.embedding import SiameseXRPDEmbedder, SMolNet
from xrpdsim.embedding.networks import build_module, outline
from xrpdsim.embedding.networks.embedding_module import takes_mask


@pytest.mark.parametrize("name", ["smolnet", "schuetzke"])
@pytest.mark.parametrize("n_points", [1, 2, 5, 60, 1950, 3001])
def test_any_number_of_points(name, n_points, whole):
    params = {"hidden": 8} if name == "smolnet" else {}
    module = build_module(name, params, "unit", n_points).eval()
    embeddings = module(*whole(3, n_points))
    assert embeddings.shape == (3, module.embedding_dim)
    assert torch.isfinite(embeddings).all()


def test_unit_vectors(whole):
    module = build_module("smolnet", {"hidden": 8}, "unit", 50).eval()
    norms = module(*whole(4, 50)).norm(dim=1)
    torch.testing.assert_close(norms, torch.ones(4))


def test_what_lies_under_the_mask_does_not_matter(whole):
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


@pytest.mark.parametrize("n_points", [1, 7, 100, 1950])
@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("smolnet", {"hidden": 8, "kernel_sizes": (3, 8), "stride": 3, "pooling": 5}),
        ("schuetzke", {}),
        ("hybrid", {"hidden": 8, "learnt_dim": 4, "bin_points": 3, "kernel_sizes": (9, 4, 3, 2)}),
    ],
)
def test_the_outline_of_a_network_is_the_network_without_its_values(name, params, n_points):
    state = torch.random.get_rng_state()
    found = outline(name, params, "unit", n_points)
    assert (torch.random.get_rng_state() == state).all()
    assert all(tensor.is_meta for tensor in found.values())
    module = build_module(name, params, "unit", n_points)
    expected = dict(module.state_dict())
    expected |= {f"-{k}": v for k, v in module.named_buffers() if k not in expected}
    assert {k: (v.shape, v.dtype) for k, v in found.items()} == {
        k: (v.shape, v.dtype) for k, v in expected.items()
    }


class WithoutMask(nn.Module):
    def __init__(self, n_points, width=3):
        super().__init__()
        self.dense = nn.Linear(n_points, width)

    def forward(self, signal):
        return self.dense(signal)


class WithAnOption(WithoutMask):
    def forward(self, signal, scale=2.0):
        return scale * self.dense(signal)


class WithKeyword(WithoutMask):
    def forward(self, signal, *, mask):
        return self.dense(signal) + mask.sum()


class WithMask(WithoutMask):
    def forward(self, signal, mask=None):
        return self.dense(signal) + mask.sum()


class WithAnything(WithoutMask):
    def forward(self, *tensors):
        return self.dense(tensors[0]) + tensors[1].sum()


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (nn.Linear(5, 3), False),
        (nn.Sequential(nn.Linear(5, 3), nn.Mish()), False),
        (WithoutMask(5), False),
        (WithAnOption(5), False),
        (WithMask(5), True),
        (WithAnything(5), True),
        (WithKeyword(5), False),
        (SMolNet(100, hidden=4), True),
    ],
)
def test_whether_a_network_takes_a_mask(network, expected):
    assert takes_mask(network) is expected


@pytest.mark.parametrize("network", [WithoutMask, WithAnOption, nn.Sequential(nn.Linear(120, 4))])
def test_a_network_without_a_mask_trains(small, campaign, network, tmp_path):
    X, y, _ = campaign()
    cut, zero = X.copy(), X.copy()
    cut[::2, 60:], zero[::2, 60:] = np.nan, 0
    embedder = small(architecture=network, module_params=None).fit(cut, y)
    # what was not measured is 0 to it
    np.testing.assert_array_equal(embedder.transform(cut), embedder.transform(zero))
    embedder.save(tmp_path / "own")
    loaded = SiameseXRPDEmbedder.load(tmp_path / "own", architecture=network)
    np.testing.assert_array_equal(loaded.transform(cut), embedder.transform(cut))


def test_a_network_that_takes_something_else_is_refused_in_one_sentence(small, campaign):
    class Nothing(WithoutMask):
        def forward(self):
            return self.dense.weight

    X, y, _ = campaign()
    for network in (WithKeyword, Nothing):
        with pytest.raises(TypeError, match=r"forward must take the two tensors X and mask, or X"):
            small(architecture=network, module_params=None).fit(X, y)


def test_another_number_of_points_in_module_params_is_refused():
    with pytest.raises(ValueError, match="n_points=100, but the patterns have 120; leave it out"):
        build_module("smolnet", {"n_points": 100}, "unit", 120)
    assert build_module("schuetzke", {"n_points": 120}, "unit", 120).embedding_dim
