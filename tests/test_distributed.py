"""Folds on a cluster: the same figures as in a row."""

import numpy as np
import pytest
from joblib import parallel_config
from sklearn.model_selection import cross_validate

from xrpdsim import DeGelderSimilarity, LeaveTwoGroupsOut, PairwisePhaseClassifier, pair_scoring

distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster),
    ):
        yield cluster


def campaign():
    rng = np.random.default_rng(0)
    y = np.array([[c, f] for c in "abcdefg" for f in "12" for _ in range(4)], dtype=object)
    lines = {tuple(label): rng.exponential(size=200) ** 3 for label in y}
    X = np.array([lines[tuple(label)] for label in y])
    return (X * rng.uniform(0.7, 1.3, X.shape)).astype(np.float32), y


def estimators():
    from xrpdsim import SiameseXRPDEmbedder

    embedder = SiameseXRPDEmbedder(
        module_params={"hidden": 32},
        max_epochs=2,
        n_validation_groups=2,
        n_threads=1,
        device="cpu",
        random_state=0,
    )
    return [DeGelderSimilarity(), PairwisePhaseClassifier(embedder)]


def run(estimator):
    X, y = campaign()
    results = cross_validate(
        estimator,
        X,
        y,
        groups=y[:, 0],
        cv=LeaveTwoGroupsOut(max_splits=4),
        scoring=pair_scoring,
        error_score="raise",
        n_jobs=2,
    )
    return {name: values for name, values in results.items() if name.startswith("test_")}


@pytest.mark.parametrize("number", [0, 1], ids=["classical", "trained"])
def test_cross_validate_on_a_cluster(cluster, number):
    with parallel_config(backend="sequential"):
        expected = run(estimators()[number])
    with parallel_config(backend="dask"):
        found = run(estimators()[number])
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values)


def test_benchmark_command_on_a_cluster(cluster, tmp_path):
    import json

    from xrpdsim.commands import main

    def figures(out):
        return {
            path.name: {
                name: value
                for name, value in json.loads(path.read_text())["fold"].items()
                if not name.endswith("seconds")
            }
            for path in (out / "folds").iterdir()
        }

    arguments = ["benchmark", "--patterns", "120", "--methods", "naive,degelder", "--folds", "3"]
    assert main([*arguments, "--jobs", "1", "--out", str(tmp_path / "row")]) == 0
    scheduler = ["--scheduler", cluster.scheduler_address]
    assert main([*arguments, *scheduler, "--out", str(tmp_path / "cluster")]) == 0
    assert figures(tmp_path / "cluster") == figures(tmp_path / "row")
    assert len(figures(tmp_path / "row")) == 6


def test_process_workers_repeat_bit_for_bit():
    with parallel_config(backend="sequential"):
        expected = run(estimators()[1])
    with parallel_config(backend="loky", inner_max_num_threads=1):
        found = run(estimators()[1])
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values)
