import joblib
import numpy as np
import pytest
import torch


def fit_transform(embedder, X, y):
    return embedder.fit(X, y).transform(X), embedder.history_


@pytest.mark.parametrize("loss", ["siglip", "contrastive"])
def test_same_seed_same_bits(small, campaign, loss):
    X, y, _ = campaign()
    embeddings, history = fit_transform(small(loss=loss), X, y)
    again, history_again = fit_transform(small(loss=loss), X, y)
    np.testing.assert_array_equal(again, embeddings)
    assert history_again == history
    other, _ = fit_transform(small(loss=loss, random_state=1), X, y)
    assert (other != embeddings).any()


def test_same_bits_over_process_workers(small, campaign):
    X, y, _ = campaign()
    embedder = small(n_threads=1)
    expected, history = fit_transform(embedder, X, y)
    # a method of the library's own: workers need not import this file
    workers = joblib.Parallel(n_jobs=2, backend="loky")(
        joblib.delayed(embedder.fit)(X, y) for _ in range(2)
    )
    for fitted in workers:
        np.testing.assert_array_equal(fitted.transform(X), expected)
        assert fitted.history_ == history


def test_global_generators_are_left_alone(small, campaign):
    X, y, _ = campaign()
    torch_state, numpy_state = torch.random.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    n_threads = torch.get_num_threads()
    for loss in ("siglip", "contrastive"):
        fit_transform(small(loss=loss, n_threads=n_threads + 1), X, y)
    assert (torch.random.get_rng_state() == torch_state).all()
    assert (np.random.get_state()[1] == numpy_state).all()  # noqa: NPY002
    assert torch.get_num_threads() == n_threads


def test_neither_order_of_calls_nor_generators_matter(small, campaign):
    X, y, _ = campaign()
    expected, _ = fit_transform(small(), X, y)
    torch.manual_seed(99)
    torch.rand(7)
    np.testing.assert_array_equal(fit_transform(small(), X, y)[0], expected)


def test_random_state_instances_go_on(small, campaign):
    X, y, _ = campaign()
    random = np.random.RandomState(0)
    first, _ = fit_transform(small(random_state=random), X, y)
    second, _ = fit_transform(small(random_state=random), X, y)
    assert (first != second).any()
