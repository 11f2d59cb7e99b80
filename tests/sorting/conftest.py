"""A small screen with amorphous and mixed patterns, and one of pure forms."""

import pytest

from xrpdsim.datasets import make_screening_campaign
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
