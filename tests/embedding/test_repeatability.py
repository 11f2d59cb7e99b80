import joblib
import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import cross_validate

from xrpdsim import LeaveTwoGroupsOut, PairwisePhaseClassifier, pair_scoring
from xrpdsim.embedding import SiameseXRPDEmbedder


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


@pytest.mark.parametrize("n_threads", [1, 2, None])
def test_same_bits_over_python_threads(small, campaign, n_threads):
    """torch has one generator a process: fits beside each other must not draw from one another."""
    X, y, _ = campaign()
    seeds = (0, 1, 0, 2)
    embedders = [small(n_threads=n_threads, random_state=seed) for seed in seeds]
    expected = [fit_transform(clone(embedder), X, y) for embedder in embedders]
    state = torch.random.get_rng_state()
    fitted = joblib.Parallel(n_jobs=4, backend="threading")(
        joblib.delayed(embedder.fit)(X, y) for embedder in embedders
    )
    for embedder, (embeddings, history) in zip(fitted, expected, strict=True):
        np.testing.assert_array_equal(embedder.transform(X), embeddings)
        assert embedder.history_ == history
    assert (torch.random.get_rng_state() == state).all()


def test_loading_beside_a_fit_changes_neither(small, campaign, tmp_path):
    X, y, _ = campaign()
    expected, _ = fit_transform(small(n_threads=1), X, y)
    path = tmp_path / "embedder.safetensors"
    small(n_threads=1).fit(X, y).save(path)
    calls = [joblib.delayed(small(n_threads=1).fit)(X, y)]
    calls += [joblib.delayed(SiameseXRPDEmbedder.load)(path) for _ in range(20)]
    for embedder in joblib.Parallel(n_jobs=4, backend="threading")(calls):
        np.testing.assert_array_equal(embedder.transform(X), expected)


def test_cross_validation_in_threads_gives_the_serial_scores(small, campaign):
    X, y, compound = campaign()

    def scores(**run):
        with joblib.parallel_config(**run):
            return cross_validate(
                PairwisePhaseClassifier(small(n_threads=1, max_epochs=1)),
                X,
                y,
                groups=compound,
                cv=LeaveTwoGroupsOut(max_splits=3),
                scoring=pair_scoring,
                error_score="raise",
            )["test_auroc"]

    serial = scores(backend="sequential")
    np.testing.assert_array_equal(scores(backend="threading", n_jobs=3), serial)


def test_global_generators_are_left_alone(small, campaign):
    X, y, _ = campaign()
    torch_state = torch.random.get_rng_state()
    _, numpy_state, position, *_ = np.random.get_state()  # noqa: NPY002
    n_threads = torch.get_num_threads()
    for loss in ("siglip", "contrastive"):
        for random_state in (0, None):
            options = {"n_threads": n_threads + 1, "random_state": random_state}
            fit_transform(small(loss=loss, **options), X, y)
    assert (torch.random.get_rng_state() == torch_state).all()
    assert (np.random.get_state()[1] == numpy_state).all()  # noqa: NPY002
    assert np.random.get_state()[2] == position  # noqa: NPY002
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
