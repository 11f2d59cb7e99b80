import numpy as np
import pytest
import torch

from xrpdsim.embedding.training._optimizers import optimizer_options


def test_adam_is_fused_unless_something_else_is_asked_for():
    assert optimizer_options("Adam", None) == {
        "optimizer": torch.optim.Adam,
        "optimizer__fused": True,
    }
    assert "optimizer__fused" not in optimizer_options("Adam", {"foreach": True})
    assert "optimizer__fused" not in optimizer_options("AdamW", {"weight_decay": 0.1})


@pytest.mark.parametrize(
    ("optimizer", "params", "error", "message"),
    [
        ("Adm", None, ValueError, "'Adm' is no optimiser of torch.optim"),
        ("lr_scheduler", None, ValueError, "is no optimiser"),
        (dict, None, TypeError, "must be a name or a torch Optimizer class"),
        ("SGD", {"lr": 0.1}, ValueError, "the parameter lr of the embedder"),
        ("SGD", {"mass": 0.1}, TypeError, "SGD does not take mass .* takes momentum"),
    ],
)
def test_bad_ones(optimizer, params, error, message):
    with pytest.raises(error, match=message):
        optimizer_options(optimizer, params)


class Half(torch.optim.SGD):
    """Steps of half the length."""

    def __init__(self, params, lr):
        super().__init__(params, lr / 2)


def test_the_optimiser_counts(small, campaign):
    X, y, _ = campaign()
    by_name = small(optimizer="SGD", lr=0.01).fit(X, y).transform(X)
    by_class = small(optimizer=torch.optim.SGD, lr=0.01).fit(X, y).transform(X)
    own = small(optimizer=Half, lr=0.02).fit(X, y).transform(X)
    np.testing.assert_array_equal(by_class, by_name)
    np.testing.assert_array_equal(own, by_name)
    assert np.ptp(by_name, axis=0).max() > 0.1  # it did not collapse
    assert (small(lr=0.01).fit(X, y).transform(X) != by_name).any()


def test_weight_decay_shrinks_the_weights(small, campaign):
    X, y, _ = campaign()

    def norm(**params):
        embedder = small(optimizer="AdamW", **params).fit(X, y)
        return embedder.net_.module_.network.dense[0].weight.norm().item()

    assert norm(optimizer_params={"weight_decay": 5.0}) < 0.9 * norm()
