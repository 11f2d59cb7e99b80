import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from torch import nn

from xrpdsim.embedding.training import FROM_SCRATCH, TrainingSettings, refuse_useless


class Dead(nn.Module):
    """Weights so low that ReLU lets nothing through, whatever the pattern: no gradient, either."""

    def __init__(self, n_points, last=0.0):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(n_points, 4), nn.ReLU())
        nn.init.constant_(self.layers[0].weight, -1.0)
        nn.init.constant_(self.layers[0].bias, -1e3)
        self.last = last

    def forward(self, X, mask):
        return self.layers(X) + self.last


@pytest.mark.parametrize("n_validation_groups", [0, 2])
@pytest.mark.parametrize(
    ("params", "what"),
    [
        ({"module_params": None}, "only zeros"),
        ({"module_params": {"last": 1.0}}, "the same embedding"),
        ({"module_params": None, "loss": "contrastive"}, "the same embedding"),
        ({"module_params": None, "loss": "ntxent"}, "only zeros"),
    ],
)
def test_a_collapsed_training_warns_and_says_what_to_do(
    small, campaign, params, what, n_validation_groups
):
    X, y, _ = campaign()
    embedder = small(architecture=Dead, lr=1e-3, n_validation_groups=n_validation_groups, **params)
    message = rf"training collapsed: the network gives {what} for all of 60 .*Lower lr=0.001"
    with pytest.warns(ConvergenceWarning, match=message) as caught:
        embedder.fit(np.abs(X), y)
    assert caught[0].filename == __file__
    assert np.ptp(embedder.transform(X), axis=0).max() == 0


@pytest.mark.parametrize("loss", ["siglip", "ntxent", "contrastive"])
def test_a_training_that_tells_forms_apart_does_not_warn(small, campaign, loss):
    X, y, _ = campaign()
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        small(loss=loss).fit(X, y)


def test_one_pattern_that_differs_is_no_collapse(small):
    settings = TrainingSettings.from_parameters(small().get_params(), FROM_SCRATCH)
    embeddings = np.zeros((5, 3))
    embeddings[3, 1] = 0.01
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        refuse_useless(embeddings, settings)
    with pytest.warns(ConvergenceWarning, match="differ by 1e-06 at most"):
        refuse_useless(embeddings / 1e4, settings)
    embeddings[0, 0] = np.inf
    with pytest.raises(ValueError, match="training diverged: the embeddings are not numbers"):
        refuse_useless(embeddings, settings)
