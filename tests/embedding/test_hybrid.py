import numpy as np
import pytest
import torch
from scipy.ndimage import uniform_filter1d

from xrpdsim.embedding.architectures import build_module
from xrpdsim.embedding.devices import seeded
from xrpdsim.embedding.hybrid import HybridNet, _snip, _without_baseline
from xrpdsim.preprocessing import BaselineRemover


@pytest.fixture(scope="module")
def patterns():
    rng = np.random.default_rng(0)
    two_theta = 3 + 0.02 * np.arange(1950)
    X = np.zeros((6, 1950))
    for row in X:
        for position, height in zip(rng.uniform(4, 41, 25), rng.exponential(1, 25), strict=True):
            row += height * np.exp(-(((two_theta - position) / 0.08) ** 2))
        row += 0.4 * np.exp(-two_theta / 8) + 0.3 * np.exp(-(((two_theta - 20) / 6) ** 2))
    return torch.as_tensor(1000 * X, dtype=torch.float32)


def net(**params):
    with seeded(0, torch.device("cpu")):
        return HybridNet(1950, **params).eval()


@torch.no_grad()
def test_cosine_is_the_mixture_of_both_views(patterns):
    mask = torch.ones_like(patterns)
    for share in (0.0, 0.3, 1.0):
        network = net(learnt_share=share, centred=True)
        u, v = network.views(patterns, mask)
        z = network(patterns, mask)
        torch.testing.assert_close(z @ z.T, share * u @ u.T + (1 - share) * v @ v.T)


@torch.no_grad()
def test_baseline_is_that_of_the_preprocessing(patterns):
    binned = patterns.unflatten(1, (-1, 2)).mean(2)
    low, span = binned.amin(1, keepdim=True), np.ptp(binned.numpy(), axis=1)[:, None]
    scaled = (binned - low) / torch.as_tensor(span)
    ours = _snip(scaled, torch.ones_like(scaled), 20).numpy()
    grid = 3.01 + 0.04 * np.arange(975)
    remover = BaselineRemover(half_width=0.8, smoothing=0.0, two_theta=grid)
    theirs = remover.fit(scaled.numpy()).baseline(scaled.numpy())
    np.testing.assert_allclose(ours, theirs, atol=1e-3)


@torch.no_grad()
def test_what_lies_under_the_mask_plays_no_part(patterns):
    mask = torch.ones_like(patterns)
    mask[:, :300] = mask[:, 1500:] = mask[:, 800:900] = 0
    network = net(centred=True)
    expected = network(patterns * mask, mask)
    other = torch.where(mask > 0, patterns, torch.full_like(patterns, 7e5))
    torch.testing.assert_close(network(other, mask), expected)


@torch.no_grad()
def test_centred_view_is_the_correlation_over_what_was_measured(patterns):
    mask = torch.ones_like(patterns)
    mask[:, 1400:] = 0
    plain = net(centred=False).views(patterns, mask)[1]
    network = net(centred=True)
    centred = network.views(patterns, mask)[1]
    measured = mask[:, :: network.bin_points][:, :: network.classical_stride].bool()[0]
    expected = np.corrcoef(plain[:, measured].numpy())
    np.testing.assert_allclose((centred @ centred.T).numpy(), expected, atol=1e-5)


@torch.no_grad()
def test_classical_view_is_the_smoothed_power_of_the_signal_over_its_mean_nearby(patterns):
    mask = torch.ones_like(patterns)
    network = net()
    scaled = network._scaled(patterns, mask)
    signal = _without_baseline(*scaled, network.classical_baseline_bins).numpy()

    def mean(width):
        within = uniform_filter1d(np.ones_like(signal), width, axis=1, mode="constant")
        return uniform_filter1d(signal, width, axis=1, mode="constant") / within

    noise = np.abs(np.diff(signal, n=2, axis=1)).mean(axis=1, keepdims=True)
    least = network.local_floor + network.local_noise * noise
    expected = (mean(3) / (mean(network.local_bins) + least)) ** network.classical_power
    for _ in range(2):
        expected = uniform_filter1d(expected, network.classical_bins, axis=1, mode="constant")
    expected = expected[:, :: network.classical_stride]
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    view = network.views(patterns, mask)[1].numpy()
    assert ((view * expected).sum(axis=1) > 0.99999).all()


@torch.no_grad()
def test_how_strong_one_line_is_matters_little(patterns):
    mask = torch.ones_like(patterns)
    texture = patterns.clone()
    texture[:, 900:1000] *= 5
    plain = patterns - patterns.mean(1, keepdim=True)
    changed = texture - texture.mean(1, keepdim=True)
    correlation = torch.cosine_similarity(plain, changed)
    network = net(centred=True)
    views = (network.views(X, mask)[1] for X in (patterns, texture))
    similarity = torch.cosine_similarity(*views)
    assert (similarity > correlation).all()
    assert (similarity > 0.9).all()


@torch.no_grad()
def test_a_factor_changes_nothing_and_a_flat_pattern_is_like_nothing(patterns):
    network, mask = net(), torch.ones_like(patterns)
    torch.testing.assert_close(network(patterns * 1e-12, mask), network(patterns, mask))
    torch.testing.assert_close(network(patterns * 1e12, mask), network(patterns, mask))
    flat = network.views(torch.full((1, 1950), 5.0), torch.ones(1, 1950))[1]
    assert (flat == 0).all()


@pytest.mark.parametrize("n_points", [1, 2, 5, 60, 1950, 3001])
def test_any_number_of_points(n_points):
    module = build_module("hybrid", {"centred": True}, "unit", n_points).eval()
    embeddings = module(torch.rand(3, n_points), torch.ones(3, n_points))
    assert embeddings.shape == (3, module.embedding_dim)
    assert torch.isfinite(embeddings).all()


def test_gradients_reach_every_weight(patterns):
    network = net().train()
    embeddings = network(patterns, torch.ones_like(patterns))
    embeddings.square().mul(torch.arange(embeddings.shape[1])).sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name


def test_shares_outside_0_to_1_are_refused():
    with pytest.raises(ValueError, match="learnt_share"):
        HybridNet(100, learnt_share=1.5)
