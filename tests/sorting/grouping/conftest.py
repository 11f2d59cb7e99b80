import numpy as np
import pytest

from xrpdsim.datasets import make_screening_campaign
from xrpdsim.similarity.named import similarity_by_name
from xrpdsim.similarity.probability import PatternProbabilities
from xrpdsim.sorting import FormClusterer
from xrpdsim.sorting.grouping.pair_probabilities import EmbeddedPairProbabilities


@pytest.fixture(scope="session")
def large_screen():
    """Eight forms, cut scans, mixtures and amorphous patterns among 400."""
    return make_screening_campaign(
        2, 8, 400, preset="bragg-brentano", amorphous_share=0.05, mixture_share=0.05,
        random_state=1,
    )  # fmt: skip


@pytest.fixture(scope="session")
def sorted_at_once(large_screen):
    return FormClusterer().fit(large_screen.X)


@pytest.fixture(scope="session")
def pairs(mixed_screen):
    """Probabilities by row numbers, and the matrix, of a screen with cut, flat and equal scans."""
    X = mixed_screen.X.copy()
    X[0, 900:] = np.nan
    X[1, :1000] = np.nan
    X[2] = 7.0
    X[3] = X[4]
    measure = PatternProbabilities(similarity_by_name("organic-1"), X)
    return EmbeddedPairProbabilities(measure, X, 25, lambda blocks, _: blocks), measure(X)
