import numpy as np
import pytest
import torch
from scipy.ndimage import uniform_filter1d

from xrpdsim.embedding.networks import build_module
from xrpdsim.embedding.networks.hybrid import HybridNet, _scaled, _snip, _without_baseline
from xrpdsim.embedding.training import seeded
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
def test_cosine_is_the_mixture_of_three_views(patterns):
    mask = torch.ones_like(patterns)
    for w, q in ((0.0, 0.5), (0.3, 0.2), (1.0, 0.5)):
        network = net(learnt_share=w, spectrum_share=q)
        u, v, s = network.views(patterns, mask)
        z = network(patterns, mask)
        classical = (1 - q) * v @ v.T + q * s @ s.T
        torch.testing.assert_close(z @ z.T, w * u @ u.T + (1 - w) * classical)


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
    network = net()
    expected = network(patterns * mask, mask)
    other = torch.where(mask > 0, patterns, torch.full_like(patterns, 7e5))
    torch.testing.assert_close(network(other, mask), expected)


@torch.no_grad()
@pytest.mark.parametrize("last", [1950, 1400])
def test_classical_view_is_the_smoothed_power_of_the_signal_over_its_mean_nearby(patterns, last):
    mask = torch.ones_like(patterns)
    mask[:, last:] = 0
    network = net()
    scaled = _scaled(patterns, mask, network.bin_points)
    signal = _without_baseline(*scaled, network.classical_baseline_bins).numpy()
    measured = scaled[-1].numpy()

    def mean(width):
        within = uniform_filter1d(measured, width, axis=1, mode="constant")
        sums = uniform_filter1d(signal, width, axis=1, mode="constant")
        return measured * sums / np.maximum(within, 0.5 / width)

    inside = np.diff(signal[:, : last // 2], n=2, axis=1)
    noise = np.abs(inside).mean(axis=1, keepdims=True)
    least = network.local_floor + network.local_noise * noise
    local = (mean(3) / (mean(network.local_bins) + least)) ** network.classical_power
    for _ in range(2):
        local = uniform_filter1d(local, network.classical_bins, axis=1, mode="constant")
    kept = slice(None, None, network.classical_stride)
    expected = np.corrcoef(local[:, kept][:, measured[0, kept] > 0])
    view = network.views(patterns, mask)[1]
    np.testing.assert_allclose((view @ view.T).numpy(), expected, atol=1e-4)


@torch.no_grad()
def test_spectrum_holds_the_sizes_of_the_short_fourier_components(patterns):
    network = net(first_wave=40)
    _, classical, spectrum = network.views(patterns, torch.ones_like(patterns))
    sizes = np.abs(np.fft.rfft(classical.numpy(), axis=1))[:, 40:]
    np.testing.assert_allclose((spectrum @ spectrum.T).numpy(), np.corrcoef(sizes), atol=1e-4)


@torch.no_grad()
def test_a_shifted_pattern_keeps_its_spectrum(patterns):
    inside = patterns * ((torch.arange(1950) > 50) & (torch.arange(1950) < 1900))
    shifted = torch.roll(inside, 12, dims=1)
    (_, v, s), (_, v_shifted, s_shifted) = (
        net().views(X, torch.ones_like(X)) for X in (inside, shifted)
    )
    kept = torch.cosine_similarity(s, s_shifted)
    assert (kept > 0.9).all()
    assert (kept > torch.cosine_similarity(v, v_shifted) + 0.3).all()


@torch.no_grad()
def test_how_strong_one_line_is_matters_little(patterns):
    mask = torch.ones_like(patterns)
    texture = patterns.clone()
    texture[:, 900:1000] *= 5
    plain = patterns - patterns.mean(1, keepdim=True)
    changed = texture - texture.mean(1, keepdim=True)
    correlation = torch.cosine_similarity(plain, changed)
    network = net()
    views = (network.views(X, mask)[1] for X in (patterns, texture))
    similarity = torch.cosine_similarity(*views)
    assert (similarity > correlation).all()
    assert (similarity > 0.9).all()


@torch.no_grad()
def test_a_factor_changes_nothing_and_a_flat_pattern_is_like_nothing(patterns):
    network, mask = net(), torch.ones_like(patterns)
    torch.testing.assert_close(network(patterns * 1e-12, mask), network(patterns, mask))
    torch.testing.assert_close(network(patterns * 1e12, mask), network(patterns, mask))
    _, *flat = network.views(torch.full((1, 1950), 5.0), torch.ones(1, 1950))
    assert all((view == 0).all() for view in flat)


@pytest.mark.parametrize("n_points", [1, 2, 5, 60, 1950, 3001])
def test_any_number_of_points(n_points):
    module = build_module("hybrid", {}, "unit", n_points).eval()
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


@pytest.mark.parametrize("share", ["learnt_share", "spectrum_share"])
def test_shares_outside_0_to_1_are_refused(share):
    with pytest.raises(ValueError, match=share):
        HybridNet(100, **{share: 1.5})
