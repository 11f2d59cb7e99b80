import numpy as np
import torch
from torch import nn

from xrpdsim.embedding import SchuetzkeNet
from xrpdsim.embedding.networks import build_module
from xrpdsim.embedding.training import seeded


def test_schuetzke_net_is_the_published_one(whole):
    net = SchuetzkeNet(1950).eval()
    convolutions = [m for m in net.modules() if isinstance(m, nn.Conv1d)]
    assert [m.out_channels for m in convolutions] == [6, 16, 16, 32, 32, 64, 64, 1]
    assert [m.kernel_size[0] for m in convolutions] == [5] * 7 + [1]
    assert all(m.bias is None for m in convolutions)
    embeddings = net(*whole(2, 1950))
    assert embeddings.shape == (2, 122)
    assert (embeddings >= 0).all()


def test_schuetzke_net_reaches_both_ends_of_the_sigmoid(whole):
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
