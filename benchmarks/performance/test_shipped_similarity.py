"""Both looks of the shipped similarity, and learning from an archive."""

import numpy as np
import pytest

from xrpdsim import PairwisePhaseClassifier
from xrpdsim.similarity import learn_from_archive


@pytest.fixture(scope="module")
def shipped():
    return PairwisePhaseClassifier.from_pretrained("organic-2")


@pytest.fixture(scope="module")
def X(campaign):
    return campaign.X[:256].astype(np.float32)


def test_loading(ratio, numbers):
    ratio(
        "loading organic-2", lambda: PairwisePhaseClassifier.from_pretrained("organic-2"), numbers
    )


def test_first_look(ratio, product, shipped, X):
    ratio("first look at 256 patterns", lambda: shipped.embedder_.transform(X), product)


def test_what_the_second_look_takes_once_a_pattern(ratio, product, shipped, X):
    task = lambda: shipped.second_look_.stems(X)  # noqa: E731
    ratio("second look, once for 256 patterns", task, product)


def test_second_looks(ratio, product, shipped, X):
    look = shipped.second_look_
    stems, first = look.stems(X), np.full(500, 0.7)
    i, j = np.random.default_rng(0).integers(len(X), size=(2, 500))
    ratio("500 second looks", lambda: look.log_odds(stems, stems, i, j, first), product)


def test_learning_from_an_archive(ratio, product, campaign):
    X, y = campaign.X[:300], campaign.y[:300]
    ratio("learning from 300 patterns", lambda: learn_from_archive(X, y), product, rounds=3)
