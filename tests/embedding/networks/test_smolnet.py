import pytest
import torch
from torch import nn

from xrpdsim.embedding import SMolNet


def test_smolnet_is_that_of_the_paper():
    net = SMolNet(1950)
    kernels = [m.kernel_size[0] for m in net.modules() if isinstance(m, nn.Conv1d)]
    assert len(kernels) == 4
    assert (min(kernels), max(kernels)) == (8, 128)
    dense = [m for m in net.modules() if isinstance(m, nn.Linear)]
    assert [m.out_features for m in dense] == [2048, 2048, 128]
    assert [m.p for m in net.modules() if isinstance(m, nn.Dropout)] == [0.2] * 4
    assert sum(isinstance(m, nn.BatchNorm1d) for m in net.modules()) == 4


@pytest.mark.parametrize("dense_norm", [True, False])
def test_batch_normalisation_may_stand_between_the_dense_layers(dense_norm):
    net = SMolNet(400, hidden=8, dense_norm=dense_norm)
    norms = [isinstance(layer, nn.BatchNorm1d) for layer in net.dense]
    assert sum(norms) == 2 * dense_norm
    assert net(torch.rand(3, 400), torch.ones(3, 400)).shape == (3, 128)


def test_missing_windows_give_features_of_zero_and_whole_scans_none_the_less(whole):
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
