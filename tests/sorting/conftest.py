"""A small screen with amorphous and mixed patterns, and one of pure forms."""

import numpy as np
import pytest

from xrpdsim.datasets import make_screening_campaign
from xrpdsim.simulation import polytype, simulate_patterns, virtual_crystal
from xrpdsim.sorting import FormClusterer


@pytest.fixture(scope="session")
def mixed_screen():
    return make_screening_campaign(
        1, 3, 60, preset="bragg-brentano", amorphous_share=0.1, mixture_share=0.1, random_state=4
    )


@pytest.fixture(scope="session")
def pure_screen():
    return make_screening_campaign(1, 3, 40, preset="bragg-brentano", random_state=5)


@pytest.fixture(scope="session")
def mixed_clusterer(mixed_screen):
    """The default, fitted; a test that fits it again takes another one."""
    return FormClusterer().fit(mixed_screen.X)


@pytest.fixture(scope="session")
def pure_clusterer(pure_screen):
    return FormClusterer().fit(pure_screen.X)


@pytest.fixture(scope="session")
def two_similar_forms():
    """Twelve patterns of one form and six of a polytype, similar enough to stay in one group."""
    form = virtual_crystal(random_state=3)
    other = polytype(form, correlation=0.72, random_state=3)
    return np.concatenate(
        [simulate_patterns(form, 12, random_state=0), simulate_patterns(other, 6, random_state=1)]
    )


class AllTheSame:
    """A measure that sees no difference."""

    def __init__(self, probability=0.6):
        self.probability = probability

    def pairwise_proba(self, X, Y=None):
        return np.full((len(X), len(X if Y is None else Y)), self.probability)


@pytest.fixture(scope="session")
def all_the_same():
    return AllTheSame
