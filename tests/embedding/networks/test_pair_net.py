import numpy as np
import pytest
import torch

from xrpdsim.embedding.networks import HybridNet, PairNet, pattern_channels


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(0)
    return PairNet(features=6, lags=4, self_lags=3, channels=(8, 8), hidden=8).eval()


@pytest.fixture(scope="module")
def stems(net):
    with torch.inference_mode():
        return net.stem(torch.rand(6, 4, 61, generator=torch.Generator().manual_seed(1)))


def test_the_order_of_a_pair_does_not_matter(net, stems):
    score = torch.tensor([0.1, 0.9])
    with torch.inference_mode():
        one, other = net(stems[:2], stems[2:4], score), net(stems[2:4], stems[:2], score)
    assert torch.equal(one, other)


@pytest.mark.parametrize(("lowest", "highest"), [(-4, 4), (0, 3), (-15, 15), (0, 0)])
@pytest.mark.parametrize("n", [5, 24, 31, 60])
def test_correlations_are_dot_products_at_each_lag(net, lowest, highest, n):
    a, b = torch.rand(2, 3, n, 6, generator=torch.Generator().manual_seed(3))
    found = net._correlations(a, b, range(lowest, highest + 1)).numpy()
    expected = np.zeros((3, n, highest - lowest + 1))
    for column, lag in enumerate(range(lowest, highest + 1)):
        for x in range(max(0, -lag), min(n, n - lag)):
            expected[:, x, column] = (a[:, x] * b[:, x + lag]).sum(dim=1) / 6**0.5
    # sums of six products in single precision: relative errors of some 6 x 6e-8
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_what_was_not_measured_has_no_features(net):
    channels = torch.rand(1, 4, 40)
    channels[:, -1] = (torch.arange(40) >= 20).float()
    stem = net.stem(channels)
    assert (stem[:, :10] == 0).all()
    assert (stem[:, 10:, -1] == 1).all()


@pytest.mark.parametrize("n_bins", [3, 10, 41, 975])
def test_any_number_of_points(net, n_bins):
    with torch.inference_mode():
        stems = net.stem(torch.rand(2, 4, n_bins))
        assert net(stems[:1], stems[1:], torch.zeros(1)).shape == (1,)


def test_channels_are_those_of_the_hybrid_network():
    X = 100 * torch.rand(3, 200, generator=torch.Generator().manual_seed(2))
    mask = torch.ones(3, 200)
    mask[0, :50] = 0
    hybrid = HybridNet(200)
    assert torch.equal(pattern_channels(X * mask, mask), hybrid.inputs(X * mask, mask).channels)
